"""What another place has too much of is carried first; nothing is ordered that would be over its last day."""

from __future__ import annotations

import threading
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.queries import read_purchase, read_purchases
from edge.goods.purchasing.rules import Foreseen, Need, Spare, SuggestedTransfer, SupplierOffer
from edge.goods.purchasing.suggesting import nightly_orders
from edge.goods.purchasing.suggesting.needs import Foresight, read_suggestions
from edge.goods.purchasing.suggesting.nightly_orders import NightlyOrders
from edge.goods.purchasing.suggesting.order_suggestions import carry_first, suggest
from edge.goods.stock.commands import RecordMovement, SetLevels, SetLocation, TransferLine, TransferStock
from edge.goods.stock.queries import low_places, low_stock
from tests.shop_fixture import SYSTEM, done, open_shop, run

LAGER = Product("lager", {"en": "Lager"}, ("5449000000996",), 500)
WINE = Product("wine", {"en": "Wine"}, ("4006381333948",), 900)
TODAY = "2027-01-15"
PLACES = ("main", "bar", "roof")
amounts = st.integers(0, 200_000)
needs = st.lists(
    st.builds(Need, st.sampled_from("ab"), st.sampled_from(PLACES), amounts, st.just(0), amounts, amounts),
    max_size=5,
    unique_by=lambda one: (one.sku, one.location),
)
spares = st.lists(
    st.builds(Spare, st.sampled_from("ab"), st.sampled_from(PLACES), amounts),
    max_size=5,
    unique_by=lambda one: (one.sku, one.location),
)


@given(needs, spares)
def test_no_place_gives_more_than_it_can_spare_or_gets_more_than_it_wants(
    wanted: list[Need], offered: list[Spare]
) -> None:
    left, transfers = carry_first(wanted, offered)
    for spare in offered:
        given_away = [one for one in transfers if (one.sku, one.from_location) == (spare.sku, spare.location)]
        assert sum(one.quantity for one in given_away) <= spare.quantity
    for before, after in zip(wanted, left, strict=True):
        got = sum(one.quantity for one in transfers if (one.sku, one.to_location) == (before.sku, before.location))
        assert after.available == before.available + got
        assert got <= before.missing
    assert all(one.from_location != one.to_location and one.quantity % 1000 == 0 for one in transfers)
    again, more = carry_first(left, [])
    assert (again, more) == (left, []), "once it is carried, nothing more is"


@pytest.mark.parametrize(("maximum", "carried"), [(0, 38_000), (35_000, 33_000)])
def test_no_more_is_carried_than_fills_a_place_up(maximum: int, carried: int) -> None:
    need = Need("lager", "main", 2_000, 0, par=40_000, reorder=10_000, quantity=100_000, maximum=maximum)
    _, transfers = carry_first([need], [Spare("lager", "roof", 200_000)])
    assert [one.quantity for one in transfers] == [carried]


def test_whose_least_order_the_place_has_no_room_for_is_passed_over_for_who_delivers() -> None:
    offers = {
        "water": [SupplierOffer("north", "water", "", 100), SupplierOffer("cellar", "water", "", 600)],
        "juice": [SupplierOffer("north", "juice", "", 100)],
    }
    water = Need("water", "roof", 8_000, 0, par=48_000, reorder=12_000, maximum=96_000)
    (order,) = suggest([water], offers, {"north": 20_000}).orders
    assert (order.supplier, order.lines[0].quantity) == ("cellar", 40_000)
    juice = Need("juice", "roof", 0, 0, par=10_000, reorder=5_000, maximum=10_000)
    both = suggest([water, juice], offers, {"north": 20_000})
    assert [one.supplier for one in both.orders] == ["cellar"]
    assert [(one.sku, one.rule) for one in both.unmet] == [("juice", "least_order")], "nobody else has it"
    enough = suggest([water, juice], offers, {"north": 5_000})
    assert [one.supplier for one in enough.orders] == ["north"], "together they are enough"


def test_who_comes_later_delivers_where_the_least_order_of_who_comes_in_time_is_out_of_reach() -> None:
    offers = {
        "milk": [
            SupplierOffer("soon", "milk", "", 100, lead_time_days=1),
            SupplierOffer("late", "milk", "", 100, lead_time_days=9),
        ]
    }
    foreseen = Foreseen(days=3, up_to=9_000, lost=(0, 0, 0, 0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000))
    need = Need("milk", "main", 2_000, 0, par=10_000, reorder=5_000, maximum=10_000, foreseen=foreseen)
    assert [one.supplier for one in suggest([need], offers, {}).orders] == ["soon"]
    assert [one.supplier for one in suggest([need], offers, {"soon": 90_000}).orders] == ["late"]


def test_no_more_is_ordered_than_sells_before_its_last_day() -> None:
    offers = {"milk": [SupplierOffer("dairy", "milk", "", 100, pack=6)]}
    need = Need("milk", "main", 2_000, 0, par=60_000, reorder=10_000, sells=20_000)
    (line,) = suggest([need], offers, {}).orders[0].lines
    assert (line.quantity, line.why[-1].code) == (18_000, "shelf_life")
    hardly = suggest([Need("milk", "main", 2_000, 0, par=60_000, reorder=10_000, sells=5_000)], offers, {})
    assert (hardly.orders, [one.rule for one in hardly.unmet]) == ((), ["shelf_life"])


def test_what_the_storage_has_too_much_of_is_carried_before_any_is_ordered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((LAGER,)),
                SetLocation("storage", {"en": "Storage"}, "storage"),
                buying.SetSupplier("brewery", {"en": "Brewery"}),
                buying.SetSupplierPrice("brewery", "lager", 100),
                RecordMovement("lager", "in", units=50_000, location="storage"),
                RecordMovement("lager", "in", units=2_000),
                SetLevels("lager", "storage", 20_000, 5_000),
                SetLevels("lager", "main", 40_000, 10_000),
            ):
                await done(shop, command, SYSTEM)
            found = read_suggestions(shop.reader, "2027-01-15")
            assert found.transfers == (SuggestedTransfer("lager", "storage", "main", 30_000),)
            assert [line.quantity for order in found.orders for line in order.lines] == [], "32 are enough by then"
            carried = TransferStock("storage", "main", (TransferLine("lager", 30_000),))
            await done(shop, carried, SYSTEM)
            assert read_suggestions(shop.reader, "2027-01-15").transfers == ()

    run(scenario())


def test_what_is_filled_up_only_once_it_is_gone_is_suggested_then(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((LAGER,)),
                buying.SetSupplier("brewery", {"en": "Brewery"}),
                buying.SetSupplierPrice("brewery", "lager", 100),
                SetLevels("lager", "main", 24_000),
                RecordMovement("lager", "in", units=1_000),
            ):
                await done(shop, command, SYSTEM)
            assert read_suggestions(shop.reader, TODAY).orders == (), "one is left"
            await done(shop, RecordMovement("lager", "out", units=1_000), SYSTEM)
            (order,) = read_suggestions(shop.reader, TODAY).orders
            assert [(one.sku, one.quantity) for one in order.lines] == [("lager", 24_000)]

    run(scenario())


def test_at_night_what_is_suggested_is_drafted_once_and_small_orders_are_approved(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((LAGER, WINE)),
                buying.SetSupplier("brewery", {"en": "Brewery"}, nightly=True, auto_approve_below_minor=4_000),
                buying.SetSupplier("cellar", {"en": "Cellar"}, nightly=True),
                buying.SetSupplierPrice("brewery", "lager", 100),
                buying.SetSupplierPrice("cellar", "wine", 100),
                *(SetLevels(sku, "main", 40_000, 10_000) for sku in ("lager", "wine")),
            ):
                await done(shop, command, SYSTEM)
            part = NightlyOrders(shop, "Europe/Paris", lambda at_us: "2027-01-15")
            assert await part.draft("2027-01-15") == [1, 2]
            assert await part.draft("2027-01-16") == [], "what is drafted counts as ordered"
            states = {one.supplier: (one.state, one.automatic) for one in read_purchases(shop.reader, "").orders}
            assert states == {"brewery": ("approved", True), "cellar": ("draft", True)}

    run(scenario())


def test_what_runs_low_by_day_is_drafted_at_once_and_waits_in_one_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((LAGER, WINE)),
                buying.SetSupplier("cellar", {"en": "Cellar"}, nightly=True),
                *(buying.SetSupplierPrice("cellar", sku, 100) for sku in ("lager", "wine")),
                *(SetLevels(sku, "main", 40_000, 10_000) for sku in ("lager", "wine")),
                *(RecordMovement(sku, "in", units=20_000) for sku in ("lager", "wine")),
            ):
                await done(shop, command, SYSTEM)
            part = NightlyOrders(shop, "Europe/Paris", lambda at_us: TODAY)
            assert await part.look(TODAY, 10) == [], "the night's turn, and nothing is low"
            await done(shop, RecordMovement("lager", "out", units=11_000), SYSTEM)
            assert await part.look(TODAY, 11) == [1]
            await done(shop, RecordMovement("wine", "out", units=12_000), SYSTEM)
            assert await part.look(TODAY, 12) == [1], "the order that waits already"
            assert await part.look(TODAY, 13) == []
            (order,) = read_purchases(shop.reader, "").orders
            found = read_purchase(shop.reader, order.number)
            assert found is not None
            assert {line.sku: line.quantity for line in found.lines} == {"lager": 31_000, "wine": 32_000}

    run(scenario())


def test_a_night_whose_drafts_fail_is_made_up_for_at_the_next_look(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((LAGER,)),
                buying.SetSupplier("cellar", {"en": "Cellar"}, nightly=True),
                buying.SetSupplierPrice("cellar", "lager", 100),
                SetLevels("lager", "main", 40_000, 10_000),
            ):
                await done(shop, command, SYSTEM)
            part = NightlyOrders(shop, "Europe/Paris", lambda at_us: TODAY)
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(nightly_orders, "best_suggestions", Mock(side_effect=OSError))
                with pytest.raises(OSError):
                    await part.look(TODAY, 4)
            assert await part.look(TODAY, 5) == [1]
            assert await part.look(TODAY, 6) == []

    run(scenario())


def test_what_runs_low_is_looked_for_in_a_thread_of_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            tea = Product("tea", {"en": "Tea"}, (), 900, minimum=5_000)
            for command in (
                SetProducts((LAGER, tea)),
                SetLevels("lager", "main", 40_000, 10_000),
                *(RecordMovement(sku, "in", units=2_000) for sku in ("lager", "tea")),
            ):
                await done(shop, command, SYSTEM)
            assert low_places(shop.reader) == [("lager", "main"), ("tea", "")]
            assert low_places(shop.reader) == sorted((one.sku, one.location) for one in low_stock(shop.reader))
            threads = []
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(nightly_orders, "low_places", lambda db: threads.append(threading.get_ident()) or [])
                await NightlyOrders(shop, "Europe/Paris", lambda at_us: TODAY).look(TODAY, 1)
            assert threads and threading.get_ident() not in threads

    run(scenario())


def test_what_a_person_took_out_of_a_draft_stays_out_when_something_else_runs_low(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            skus = ("lager", "tea", "wine")
            tea = Product("tea", {"en": "Tea"}, (), 900)
            for command in (
                SetProducts((LAGER, tea, WINE)),
                buying.SetSupplier("cellar", {"en": "Cellar"}, nightly=True),
                *(buying.SetSupplierPrice("cellar", sku, 100) for sku in skus),
                *(SetLevels(sku, "main", 40_000, 10_000) for sku in skus),
                RecordMovement("wine", "in", units=20_000),
            ):
                await done(shop, command, SYSTEM)
            part = NightlyOrders(shop, "Europe/Paris", lambda at_us: TODAY)
            assert await part.look(TODAY, 4) == [1]
            await done(shop, buying.SetPurchaseLines(1, (buying.OrderLine("tea", 40_000),)), SYSTEM)
            await done(shop, RecordMovement("wine", "out", units=12_000), SYSTEM)
            assert await part.look(TODAY, 5) == [2], "the first one is a person's now"
            found = [read_purchase(shop.reader, number) for number in (1, 2)]
            assert [[line.sku for line in one.lines] for one in found if one] == [["tea"], ["wine"]]

    run(scenario())


def test_what_is_put_into_a_draft_that_waits_makes_up_for_the_least_order_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((LAGER, WINE)),
                buying.SetSupplier("cellar", {"en": "Cellar"}, nightly=True, minimum_order_minor=5_000, fee_minor=700),
                *(buying.SetSupplierPrice("cellar", sku, 100) for sku in ("lager", "wine")),
                *(SetLevels(sku, "main", 20_000, 10_000, maximum=100_000) for sku in ("lager", "wine")),
                RecordMovement("wine", "in", units=20_000),
            ):
                await done(shop, command, SYSTEM)
            part = NightlyOrders(shop, "Europe/Paris", lambda at_us: TODAY)
            assert await part.look(TODAY, 4) == [1]
            await done(shop, RecordMovement("wine", "out", units=12_000), SYSTEM)
            (more,) = read_suggestions(shop.reader, TODAY).orders
            assert (more.total_minor, more.fee_minor) == (1_200, 0)
            assert await part.look(TODAY, 5) == [1]
            found = read_purchase(shop.reader, 1)
            assert found is not None
            assert {line.sku: line.quantity for line in found.lines} == {"lager": 50_000, "wine": 12_000}

    run(scenario())


def test_what_is_about_to_run_out_is_to_be_ordered_though_no_one_gave_it_a_level(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((LAGER, WINE)),
                buying.SetSupplier("cellar", {"en": "Cellar"}),
                buying.SetSupplierPrice("cellar", "lager", 100, pack=6),
                *(RecordMovement(sku, "in", units=4_000) for sku in ("lager", "wine")),
            ):
                await done(shop, command, SYSTEM)
            soon = Foreseen(20_000, 3_000, 1, 90, soon=True)
            foreseen = {(sku, "main"): soon for sku in ("lager", "wine")}
            told = Foresight(lambda _: ("lager", "wine"), lambda _, __: foreseen)
            found = read_suggestions(shop.reader, TODAY, foresight=told)
            (line,) = (line for order in found.orders for line in order.lines)
            assert (line.sku, line.quantity) == ("lager", 18_000), "sixteen are missing, in packs of six"
            assert {"runs_out", "unwatched"} <= {why.code for why in line.why}
            assert [(one.sku, one.rule) for one in found.unmet] == [("wine", "no_supplier")]
            assert found.count == 2
            assert not read_suggestions(shop.reader, TODAY).count, "without a forecast nobody wants any of them"
            nightly = NightlyOrders(shop, "UTC", lambda _: TODAY)
            assert await nightly.draft(TODAY) == [], "and a night orders only what the shop watches itself"

    run(scenario())


def test_of_what_no_one_counts_no_one_knows_how_much_to_order() -> None:
    soon = Foreseen(20_000, 3_000, 1, 90, soon=True)
    found = suggest([Need("gin", "main", -2_000, 0, foreseen=soon)], {}, {})
    assert [(one.sku, one.missing, one.rule) for one in found.unmet] == [("gin", 20_000, "below_zero")]


def test_where_more_will_be_wanted_the_forecast_says_how_much(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetProducts((LAGER, WINE)),
                SetLocation("roof", {"en": "Roof"}, "bar"),
                buying.SetSupplier("cellar", {"en": "Cellar"}, lead_time_days=4),
                *(buying.SetSupplierPrice("cellar", sku, 100) for sku in ("lager", "wine")),
                *(SetLevels(sku, "main", 40_000, 10_000) for sku in ("lager", "wine")),
                SetLevels("wine", "roof", 4_000, 1_000),
            ):
                await done(shop, command, SYSTEM)
            foreseen = {
                ("lager", "main"): Foreseen(55_000, 20_000, 0, 97),
                ("wine", "roof"): Foreseen(9_000, 6_000, 1, 70, imported=30),
            }
            told = Foresight(lambda _: ("lager", "wine"), lambda _, __: foreseen)
            found = read_suggestions(shop.reader, TODAY, foresight=told)
            lines = {(line.sku, order.location): line for order in found.orders for line in order.lines}
            assert lines["lager", "main"].quantity == 55_000
            assert [why.code for why in lines["lager", "main"].why] == ["below_reorder", "runs_out", "forecast"]
            assert lines["wine", "main"].quantity == 40_000, "nothing is foreseen of it there: its levels count"
            assert lines["wine", "roof"].quantity == 9_000
            for sku, location, units in (("lager", "main", 25_000), ("wine", "main", 40_000), ("wine", "roof", 5_000)):
                await done(shop, RecordMovement(sku, "in", units=units, location=location), SYSTEM)
            (order,) = read_suggestions(shop.reader, TODAY, foresight=told).orders
            (line,) = order.lines
            assert (order.location, line.quantity) == ("roof", 4_000), "above its point, and wanted earlier"
            assert [why.code for why in line.why] == ["below_foreseen", "runs_out", "forecast", "imported"]
            assert line.why[3].values == {"days": 30}, "it says that the forecast stands on another system's days"
            assert line.why[1].values == {"days": 1, "chance": 70}
            assert not read_suggestions(shop.reader, TODAY).orders, "without a forecast nothing of it is wanted yet"

    run(scenario())
