"""What is used counts as what is sold; waste has its reasons; and net by product follows each line's own tax."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.analytics.forecast.history.demand_history import read_history
from edge.analytics.insight.kpis import read_kpis
from edge.analytics.insight.queries import read_groups
from edge.analytics.insight.rules import DaySpan
from edge.analytics.insight.usage import read_predictions, read_usage
from edge.analytics.insight.waste import read_waste, read_waste_report
from edge.counter.till.commands import AddLine, AddReturn, Pay, RefundSale, VoidLastSale
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import Moved, MoveStock, RecordMovement
from edge.lib.units.dates import after
from tests.shop_fixture import BEER, CASHIER, MANAGER, MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_insight import DAY_S, follow

DAYS = 30
NET = {"beer": 1_000, "milk": 200}
"""Without the tax in it: 12.00 at 20 %, 2.11 at 5.5 %."""


def products() -> SetProducts:
    milk = Product("milk", {"en": "Milk"}, (MILK,), 211, "reduced", cost_minor=60)
    beer = Product("beer", {"en": "Beer"}, (BEER,), 1_200, "standard", min_age=0, cost_minor=525)
    return SetProducts((milk, beer, Product("herbs", {"en": "Herbs"})))


@pytest.mark.parametrize("till", [True, False])
def test_what_is_used_goes_too(tmp_path: Path, till: bool) -> None:
    """Six a day are used and one is sold; also in a kitchen without a till."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, products(), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 1_000_000),)), SYSTEM)
            for _ in range(DAYS):
                await done(shop, RecordMovement("milk", "out", units=6_000, reason="used"), SYSTEM)
                if till:
                    await done(shop, AddLine(MILK), CASHIER)
                    await done(shop, Pay("cash"), CASHIER)
                clock.advance(DAY_S)
            follow(shop, db := shop._writer._db)
            (last,) = db.execute("SELECT max(business_date) FROM demand_day").fetchone()
            today, a_day = after(last, 1), 7_000 if till else 6_000
            usage = read_usage(db, "milk", DaySpan(after(last, -DAYS + 1), last))
            assert usage and (usage.mean, usage.open_days) == (a_day, DAYS)
            (soon,) = read_predictions(db, today)
            assert (soon.sku, soon.use) == ("milk", a_day)
            assert soon.days_left == -(-soon.available // a_day)
            history = read_history(db, today, "FR", 7)
            assert history is not None and history.values[0, -7:].tolist() == [a_day] * 7, "forecasts rest on it"

    run(scenario())


def test_a_day_on_which_something_is_used_while_the_tills_rest_is_no_open_day(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, products(), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 1_000_000),)), SYSTEM)
            await done(shop, AddLine(MILK), CASHIER)
            await done(shop, Pay("cash"), CASHIER)
            clock.advance(DAY_S)
            await done(shop, RecordMovement("milk", "out", units=6_000, reason="used"), SYSTEM)
            follow(shop, db := shop._writer._db)
            assert db.execute("SELECT count(*) FROM demand_open").fetchone() == (1,)

    run(scenario())


def test_waste_by_product_and_reason_also_where_nobody_knows_the_cost(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await done(shop, products(), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 50_000), Moved("herbs", 50_000))), SYSTEM)
            for units, why in ((1_000, "broken"), (1_000, "broken"), (3_000, "expired")):
                for sku in ("milk", "herbs"):
                    await done(shop, RecordMovement(sku, "waste", units=units, reason=why), SYSTEM)  # type: ignore[arg-type]
            follow(shop, db := shop._writer._db)
            (today,) = db.execute("SELECT max(business_date) FROM figure_move").fetchone()
            day = DaySpan(today, today)
            told = {(one.sku, one.reason): (one.quantity, one.cost_minor, one.moves) for one in read_waste(db, day)}
            assert told == {
                ("milk", "broken"): (2_000, 120, 2),
                ("milk", "expired"): (3_000, 180, 1),
                ("herbs", "broken"): (2_000, None, 2),
                ("herbs", "expired"): (3_000, None, 1),
            }
            report = read_waste_report(db, day, today)
            assert (report.cost_minor, report.uncosted) == (300, 3)
            assert {one.key: (one.sums.minor, one.sums.count) for one in report.causes} == {
                "broken": (120, 4),
                "expired": (180, 2),
            }
            assert report.places and report.persons and report.hours

    run(scenario())


def test_waste_of_unknown_cost_alone_is_told_by_cause_place_person_and_hour(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await done(shop, products(), SYSTEM)
            await done(shop, MoveStock("received", (Moved("herbs", 50_000),)), SYSTEM)
            await done(shop, RecordMovement("herbs", "waste", units=2_000, reason="spoiled"), SYSTEM)
            follow(shop, db := shop._writer._db)
            (today,) = db.execute("SELECT max(business_date) FROM figure_move").fetchone()
            report = read_waste_report(db, DaySpan(today, today), today)
            assert (report.cost_minor, report.uncosted) == (0, 1)
            assert [one.key for one in report.causes] == ["spoiled"]
            assert report.places and report.persons and report.hours

    run(scenario())


@pytest.mark.parametrize("exchanged", [False, True])
def test_what_comes_back_takes_back_the_net_of_each_product(tmp_path: Path, exchanged: bool) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await done(shop, products(), SYSTEM)

            async def sell() -> None:
                await done(shop, AddLine(MILK), CASHIER)
                await done(shop, AddLine(BEER), CASHIER)
                await done(shop, Pay("card"), CASHIER)

            def net() -> dict[str, int]:
                follow(shop, db := shop._writer._db)
                return {one.key: one.sums.net_minor for one in read_groups(db, "product", day)}

            await sell()
            (today,) = shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()
            day = DaySpan(today, today)
            assert net() == NET
            if exchanged:
                await done(shop, AddLine(MILK), CASHIER)
                await done(shop, AddReturn(1, register="1"), MANAGER)
                await done(shop, Pay("card"), MANAGER)
                assert net() == {"beer": 0, "milk": 200}
            else:
                await done(shop, RefundSale(1), MANAGER)
                assert net() == {"beer": 0, "milk": 0}

    run(scenario())


def test_the_share_that_was_refunded_is_of_what_was_not_undone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            await done(shop, products(), SYSTEM)
            for _ in range(3):
                await done(shop, AddLine(MILK), CASHIER)
                await done(shop, Pay("card"), CASHIER)
            await done(shop, VoidLastSale("no"), MANAGER)
            await done(shop, RefundSale(1), MANAGER)
            follow(shop, db := shop._writer._db)
            (today,) = shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()
            told = {one.name: one for one in read_kpis(db, DaySpan(today, today))}["refunded"]
            assert (told.numerator, told.denominator, told.value) == (211, 422, 500)

    run(scenario())
