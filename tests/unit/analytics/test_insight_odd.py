"""What was odd is told by product, by hour and by register, and no more once someone judged it."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.insight.anomalies import BY_THE_SCORE, KINDS, read_anomalies
from edge.analytics.insight.commands import JudgeAnomaly
from edge.analytics.insight.outlook import read_outlook
from edge.analytics.insight.queries import read_groups
from edge.analytics.insight.rules import DaySpan
from edge.analytics.insight.watches import WATCHES
from edge.counter.till.commands import AddLine, Pay, RefundSale
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.i18n import LANGUAGES, translate
from edge.lib.units.dates import after
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_insight import DAY_S, follow

DAYS = 20
PARIS = "Europe/Paris"


def test_waste_and_refunds_are_odd_by_product_hour_and_register(tmp_path: Path) -> None:
    """Every day three cartons are sold and one spoils; on the last one forty spoil, and eight sales are given back,
    where there was one before."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(
                shop, SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=60),)), SYSTEM
            )
            await done(shop, MoveStock("received", (Moved("milk", 1_000_000),)), SYSTEM)
            number = 0
            for day in range(DAYS):
                last = day == DAYS - 1
                for _ in range(8 if last else 3):
                    await done(shop, AddLine(MILK), CASHIER)
                    await done(shop, Pay("card"), CASHIER)
                    number += 1
                for sold in range(number - 7, number + 1) if last else (1,) if day == 1 else ():
                    await done(shop, RefundSale(sold), MANAGER)
                number += day == 1  # a paper of its own
                await done(shop, MoveStock("spoiled", (Moved("milk", -40_000 if last else -1_000),)), SYSTEM)
                if not last:
                    clock.advance(DAY_S)
            follow(shop, db := shop._writer._db)
            (today,) = db.execute("SELECT max(business_date) FROM receipt").fetchone()
            span = DaySpan(after(today, -DAYS), today)
            found = {(one.kind, one.key): one for one in read_anomalies(db, span, zone=PARIS) if one.day == today}
            assert found["waste_product", "milk"].value == 40_000 and found["waste_product", "milk"].usual == 1_000
            assert found["waste_hour", "09"].value == 40 * 60
            assert found["refunds_product", "milk"].value == -8_000
            assert found["refunds", ""].value == -8 * 120
            assert ("refunds_register", "1") not in found, "one register is the whole shop"
            db.execute("INSERT INTO figure_day VALUES ('refunds_register', ?, '2', 1, 0, -120, 0, 0, 0)", (span.first,))
            by_register = [one for one in read_anomalies(db, span) if one.kind == "refunds_register"]
            assert [(one.key, one.day, one.value) for one in by_register] == [("1", today, -8 * 120)]
            assert found["refunds_hour", "09"].days >= 14
            assert not any(one.calls for (kind, _), one in found.items() if kind in BY_THE_SCORE)
            assert found["waste", "system"].calls, "one of a kind calls somebody"
            assert read_groups(db, "hour", span, PARIS)[0].sums.minor == ((DAYS - 1) * 3 - 1) * 120

    run(scenario())


def test_one_tap_says_whether_something_was_wrong_and_it_is_told_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            for day in range(DAYS):
                for _ in range(30 if day == DAYS - 2 else 3):
                    await done(shop, AddLine(MILK), CASHIER)
                    await done(shop, Pay("card"), CASHIER)
                clock.advance(DAY_S)
            follow(shop, db := shop._writer._db)
            (last,) = db.execute("SELECT max(business_date) FROM receipt").fetchone()
            span, boss = DaySpan(after(last, -6), after(last, 1)), MANAGER.with_rights("manage")
            odd = [one for one in read_anomalies(db, span) if one.calls]
            assert {(one.kind, one.day) for one in odd} == {("sales", after(last, -1)), ("register", after(last, -1))}
            before = read_outlook(db, after(last, 1)).odd
            (watch,) = (one for one in WATCHES if one.kind == "anomaly")
            assert before == 2 and list(watch.read(db, shop.now_us(), after(last, 1)))
            for one, wrong in zip(odd, (True, False), strict=True):
                await done(shop, JudgeAnomaly(one.kind, one.key, one.day, wrong), boss)
            told = {one.kind: one.judged for one in read_anomalies(db, span) if one.day == odd[0].day}
            assert {told[one.kind] for one in odd} == {True, False} and read_outlook(db, after(last, 1)).odd == 0
            assert not list(watch.read(db, shop.now_us(), after(last, 1))), "nobody is called again"
            await done(shop, JudgeAnomaly(odd[0].kind, odd[0].key, odd[0].day, False), boss)
            again = next(one for one in read_anomalies(db, span) if one.kind == odd[0].kind)
            assert again.judged is False, "who erred says it anew: the last word counts"

    run(scenario())


def test_every_kind_has_words() -> None:

    for language in LANGUAGES:
        assert all(translate(language, f"odd.{kind}") != f"odd.{kind}" for kind in KINDS)
