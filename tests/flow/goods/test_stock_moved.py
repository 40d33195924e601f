"""What people move, and what expires: when a manager hears of it, also by category."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.analytics.notify.preferences import NotificationPreferences
from edge.core.journal.projections import differences
from edge.core.messages import Done
from edge.foundation.alerts.commands import RaiseAlert
from edge.foundation.alerts.queries import Alert
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import RemoveCategories, SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock import commands as stock
from edge.goods.stock.alert_limits import AlertLimits
from edge.goods.stock.watches import watches
from tests.catch_up import catch_up
from tests.flow.foundation.test_alerts import Watching, watched
from tests.flow.goods.test_stock import GOODS, LAGER, STAFF, bar
from tests.notify_fixture import HOUR_S, telling
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, open_shop, run


def test_a_manager_hears_of_much_at_once_and_of_counts_that_differ(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as one:

            def told(kind: str) -> list[dict[str, Any]]:
                watch = one.shop.registry.watches[kind]
                return [dict(found.values) for found in watch.read(one.shop.reader, clock.at_us, "2027-01-15")]

            await one.do(stock.RecordMovement("lager", "in", boxes=40, reason="delivery"))
            await one.do(stock.RecordMovement("lager", "out", boxes=2), STAFF)
            await catch_up(one.shop)
            assert not told("large_movement"), "what comes in, and what is usual"
            await one.do(stock.RecordMovement("lager", "waste", boxes=5, cause="breakage"), STAFF)
            await one.sell(LAGER, 90_000)
            count = await one.do(stock.StartCount())
            await one.do(stock.CountLine(count, "lager", units=900_000))
            await one.agreed(stock.PostCount(count))
            await catch_up(one.shop)
            assert [found["moved"] for found in told("large_movement")] == ["-120"], "a sale is none"
            assert [found["others"] for found in told("count_difference")] == [0]
            clock.advance(25 * 3600)
            assert not told("large_movement") and not told("count_difference")

    run(scenario())


BY_CATEGORY = """
[alerts]
large_units = 6
expiry_days = 5
[[alerts.category]]
id = "drinks"
large_units = 30
large_boxes = 2
[[alerts.category]]
id = "beer"
expiry_days = 2
"""


def test_what_is_much_and_what_is_soon_is_said_by_category(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock, CONFIG + BY_CATEGORY) as one:

            def told(kind: str) -> list[str]:
                found = one.shop.registry.watches[kind].read(one.shop.reader, clock.at_us, "2027-01-15")
                return sorted(f"{each.values['sku']} {each.values.get('moved', '')}".strip() for each in found)

            drinks, beer = Category("drinks", {"en": "Drinks"}), Category("beer", {"en": "Beer"}, "drinks")
            await one.do(SetCategories((drinks, beer)))
            await one.do(SetProducts((msgspec.structs.replace(GOODS[0], category="beer"),)))
            for sku, expiry in (("lager", "2027-01-18"), ("juice", "2027-01-19")):
                await one.do(stock.RecordMovement(sku, "in", units=400_000, reason="delivery", expiry=expiry))
            for sku, units in (("lager", 29), ("lager", 31), ("juice", 5), ("juice", 7)):
                await one.do(stock.RecordMovement(sku, "waste", units=units * 1000, cause="breakage"), STAFF)
            await catch_up(one.shop)
            assert told("large_movement") == ["juice -7", "lager -31"], "that of the category above holds"
            assert told("stock_expiring") == ["juice"], "beer is spoken of two days ahead, not five"
            await one.do(SetProducts((GOODS[0],)))
            assert await one.do(RemoveCategories((beer,))) == ("beer",), "the configuration names it: it stays"

    run(scenario())


SECOND_LOOK = """
[alerts]
second_look_units = 50
[[alerts.category]]
id = "drinks"
second_look_units = 0
second_look_percent = 1
"""


def test_what_is_far_off_is_said_by_category_wherever_a_second_look_is_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock, CONFIG + SECOND_LOOK) as one:
            drinks, beer = Category("drinks", {"en": "Drinks"}), Category("beer", {"en": "Beer"}, "drinks")
            await one.do(SetCategories((drinks, beer)))
            await one.do(SetProducts((msgspec.structs.replace(GOODS[0], category="beer"),)))
            for sku in ("lager", "juice"):
                await one.do(stock.RecordMovement(sku, "in", units=100_000, reason="delivery"))
            count = await one.do(stock.StartCount())
            found = {}
            for sku, units in (("lager", 98), ("juice", 60)):
                found[sku] = (await one.do(stock.CountLine(count, sku, units=units * 1000))).look_again
            assert found == {"lager": True, "juice": False}, "two bottles of a hundred; forty of the rest are let be"
            read = one.shop.registry.queries["stock_count"].read(one.shop.reader, count)
            assert {line.sku: line.look_again for line in read.lines} == found, "as the page shows it"
            assert await one.refused(stock.PostCount(count)) == "count_look_again"
            await one.agreed(stock.PostCount(count))
            await catch_up(one.shop)
            watch = one.shop.registry.watches["count_difference"]
            (told,) = watch.read(one.shop.reader, clock.at_us, "2027-01-15")
            assert (told.values["sku"], told.values["others"]) == ("lager", 0), "a manager hears of the beer alone"

    run(scenario())


def test_movements_of_the_day_are_gone_over_once_for_all_who_ask(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as one:
            await one.do(stock.RecordMovement("lager", "in", boxes=40, reason="delivery"))
            await one.do(stock.RecordMovement("lager", "waste", boxes=5, cause="breakage"), STAFF)
            await catch_up(one.shop)
            asked: list[str] = []
            one.shop.reader.set_trace_callback(asked.append)
            for kind in ("large_movement", "count_difference", "large_movement"):
                list(one.shop.registry.watches[kind].read(one.shop.reader, clock.at_us, "2027-01-15"))
            one.shop.reader.set_trace_callback(None)
            assert sum("LEFT JOIN product" in sql for sql in asked) == 1
            await one.do(stock.RecordMovement("lager", "waste", boxes=6, cause="breakage"), STAFF)
            await catch_up(one.shop)
            watch = one.shop.registry.watches["large_movement"]
            told = [each.values["moved"] for each in watch.read(one.shop.reader, clock.at_us, "2027-01-15")]
            assert told == ["-120", "-144"], "what was moved since, behind what was"

    run(scenario())


def test_what_was_low_is_so_until_a_tenth_above(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as one:

            def said() -> list[tuple[str, bool, str, str]]:
                found = one.shop.registry.watches["stock_low"].read(one.shop.reader, clock.at_us, "2027-01-15")
                return [(each.subject, each.lingers, each.severity, each.stays) for each in found]

            async def has(units: int) -> None:
                await one.do(stock.RecordMovement("lager", "adjust", units=units * 1000))
                await catch_up(one.shop)

            await has(9)
            assert said() == [("lager", False, "high", "")], "its minimum is ten"
            await has(10)
            assert said() == [("lager", True, "high", "")], "not raised at ten, and not over either"
            await has(11)
            assert said() == [("lager", True, "high", "")]
            await has(12)
            assert said() == []
            await has(5)
            assert said() == [("lager", False, "critical", "critical")]
            await has(6)
            assert said() == [("lager", False, "high", "")]

    run(scenario())


def test_what_runs_out_is_one_alert_that_becomes_graver(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, _, watching):
            goods = Product("ale", {"en": "Ale"}, (), 900, minimum=20_000)
            for command in (SetProducts((goods,)), stock.RecordMovement("ale", "in", units=19_000)):
                assert isinstance(await shop.do(command, SYSTEM), Done)

            async def has(units: int) -> Alert | None:
                assert isinstance(await shop.do(stock.RecordMovement("ale", "adjust", units=units), SYSTEM), Done)
                await catch_up(shop)
                return (await watching.look(400)).get("stock_low ale")

            low = await has(19_000)
            assert low and (low.severity, low.turn) == ("high", 0)
            critical = await has(9_000)
            assert critical and (critical.id, critical.severity) == (low.id, "critical")
            assert (critical.turn, critical.turn_why) == (1, "worse"), "it is told of once more"
            barely = await has(11_000)
            assert barely and barely.severity == "critical", "it is not left by a bottle"
            back = await has(12_000)
            assert back and (back.id, back.severity, back.worst, back.turn) == (low.id, "high", "critical", 1)
            assert await has(40_000) is None, "and that is over"

    run(scenario())


def test_goods_that_run_out_a_second_time_while_they_are_low_are_on_the_page_and_told_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as one:
            shop, watching = one.shop, Watching(one.shop, tmp_path, one.clock)
            await one.do(SetProducts((Product("ale", {"en": "Ale"}, (), 900, minimum=20_000),)))
            told = []
            for units in (9, 19, 2, 18, 1):
                await one.do(stock.RecordMovement("ale", "adjust", units=units * 1000))
                await catch_up(shop)
                alert = (await watching.look(24 * HOUR_S))["stock_low ale"]
                before = len(one.email.sent)
                await one.after()
                told.append((units, alert.severity, alert.worst, alert.turn, len(one.email.sent) - before))
            watching.close()
            low, out = ("high", "critical"), ("critical", "critical")
            # nobody saw to it: who is alone is asked again in two rounds while it is critical (the turn stays 0)
            assert told == [(9, *out, 0, 1), (19, *low, 0, 0), (2, *out, 0, 1), (18, *low, 0, 0), (1, *out, 0, 1)]
            assert list(differences(shop.reader, shop.registry)) == []

    run(scenario())


def test_what_nothing_watches_any_more_is_over(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with watched(tmp_path) as (shop, _, watching):
            for kind in ("fridge_warm", "message"):
                assert isinstance(await shop.do(RaiseAlert(kind, "ale", "critical", {"title": kind}), SYSTEM), Done)
            await watching.part.end_unwatched()
            assert set(await watching.look()) == {"message ale"}, "what a person said is theirs to close"

    run(scenario())


def test_what_older_versions_said_of_goods_nearly_gone_goes_on_and_is_told_to_nobody_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with telling(tmp_path) as one:
            watching = Watching(one.shop, tmp_path, one.clock)
            await one.do(SetProducts((Product("ale", {"en": "Ale"}, (), 900, minimum=20_000),)))
            await one.do(stock.RecordMovement("ale", "in", units=2_000))
            values = {"name": "Ale", "total": "2", "sku": "ale"}
            await one.do(RaiseAlert("stock_low", "ale", "high", values))  # older versions ended it minutes later
            before = await one.do(RaiseAlert("stock_critical", "ale", "critical", values))
            await one.after(3)
            assert len(one.email.sent) == 1
            await catch_up(one.shop)
            await watching.part.end_unwatched()
            found = await watching.look(400)
            assert (found["stock_low ale"].id, found["stock_low ale"].severity) == (before, "critical")
            await one.after(3)
            assert len(one.email.sent) == 1, "neither that it is over nor that it is so"
            await one.do(stock.RecordMovement("ale", "adjust", units=40_000))
            await catch_up(one.shop)
            assert "stock_low ale" not in await watching.look(400)
            await one.after(3)
            assert one.email.titles[-1].startswith("Resolved:")
            assert list(differences(one.shop.reader, one.shop.registry)) == []
            watching.close()

    run(scenario())


def test_too_much_is_so_until_a_tenth_below(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as one:
            await one.do(stock.SetLevels("lager", "main", par=20_000, reorder=5_000))
            told = []
            for units in (30, 31, 28, 27, 28):  # half more than twenty, and a tenth below that
                await one.do(stock.RecordMovement("lager", "adjust", units=units * 1000))
                found = one.shop.registry.watches["stock_excess"].read(one.shop.reader, clock.at_us, "2027-01-15")
                told.append([(each.subject, each.values["total"], each.values["par"]) for each in found])
            assert told == [[], [("lager@main", "31", "20")], [("lager@main", "28", "20")], [], []]

    run(scenario())


def test_of_more_that_runs_low_than_is_raised_the_least_is_first_and_none_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        monkeypatch.setattr(import_module("edge.goods.stock.watches"), "CONDITIONS_LIMIT", 2)
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            left = {"ale": 9_000, "beer": 8_000, "cola": 7_000, "water": 3_000, "zest": 4_000, "yuzu": 2_000}
            goods = tuple(Product(sku, {"en": sku}, (), 900, minimum=10_000) for sku in left)
            moves = (stock.RecordMovement(sku, "in", units=units) for sku, units in left.items())
            for command in (SetProducts(goods), *moves):
                outcome = await shop.do(command, SYSTEM)
                assert isinstance(outcome, Done), outcome
            await catch_up(shop)

            found = list(shop.registry.watches["stock_low"].read(shop.reader, clock.at_us, "2027-01-15"))
            assert [one.subject for one in found if not one.lingers] == ["yuzu", "water"]
            assert {one.subject for one in found if one.lingers} == {"zest", "cola", "beer", "ale"}

    run(scenario())


def test_who_chose_nothing_is_told_that_goods_run_low() -> None:
    (severity,) = (one.severity for one in watches(AlertLimits()) if one.kind == "stock_low")
    assert NotificationPreferences().wants(severity, "stock_low")


def test_what_is_sold_below_zero_is_told_of_once_a_product_and_place_where_stock_is_kept(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as one:

            def told() -> list[tuple[str, Any]]:
                found = one.shop.registry.watches["stock_negative"].read(one.shop.reader, clock.at_us, "2027-01-15")
                return [(each.subject, each.values["total"]) for each in found]

            await one.sell(LAGER, 3000)
            await catch_up(one.shop)
            assert not told(), "nobody here keeps stock: all that is sold is below zero"
            await one.do(stock.RecordMovement("juice", "in", units=4000, lot="L1", reason="delivery"))
            await catch_up(one.shop)
            assert told() == [("lager@main", "-3")], "nobody ever received it or set a level"
            await one.sell(LAGER, 1000)
            assert told() == [("lager@main", "-4")], "the same alert, not another"
            await one.do(stock.RecordMovement("lager", "in", units=9000, reason="delivery"))
            assert not told()

    run(scenario())


def test_what_never_came_takes_no_place_of_what_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("edge.goods.stock.watches"), "NEVER_CAME_LIMIT", 2)
    monkeypatch.setattr(import_module("edge.goods.stock.watches"), "CONDITIONS_LIMIT", 3)

    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as one:
            sodas = {f"soda{n}": f"soda{n}" for n in range(4)}
            await one.do(SetProducts(tuple(Product(sku, {"en": sku}, (code,), 100) for sku, code in sodas.items())))
            await one.do(stock.RecordMovement("lager", "in", units=1000, reason="delivery"))
            await one.sell(LAGER, 2000)
            for count, code in enumerate(sodas.values(), 2):
                await one.sell(code, count * 1000)
            await catch_up(one.shop)
            found = list(one.shop.registry.watches["stock_negative"].read(one.shop.reader, clock.at_us, "2027-01-15"))
            raised, lingering = ([each.subject for each in found if each.lingers == so] for so in (False, True))
            assert raised == ["lager@main", "soda3@main", "soda2@main"]
            assert lingering == ["soda1@main", "soda0@main"], "what is open stays, and none is raised anew"

    run(scenario())


def test_what_is_weighed_is_in_its_own_unit_whatever_it_is_packed_in(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            rice = Product("rice", {"en": "Rice"}, (), 300, unit="kg", container="bag")
            await one.do(SetProducts((rice, Product("chips", {"en": "Chips"}, (), 300, container="bag"))))
            for sku, units in (("rice", 2500), ("chips", 3000)):
                await one.do(stock.RecordMovement(sku, "in", units=units, reason="delivery"))
            assert (one.item("rice").container, one.item("rice").unit) == ("", "kg"), "2.5 kg, and not 2.5 bags"
            assert one.item("chips").container == "bag"

    run(scenario())
