"""A bar's evening: two boxes come, bottles go, one breaks, some go upstairs, and a count finds a difference."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.__main__ import main
from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Refused
from edge.counter.till.commands import (
    AddLine,
    Pay,
    RefundedLine,
    RefundSale,
    SetBasketAside,
    TakeBasketUp,
    VoidLastSale,
    VoidLine,
)
from edge.counter.till.lines.parked_baskets import read_parked
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product
from edge.goods.stock import commands as stock
from edge.goods.stock import queries
from edge.goods.stock.checks import stock_check
from edge.goods.stock.counting.bulk_counts import CountedStock, SyncLines
from edge.goods.stock.counting.stock_counts import CountResult, PostedCount
from edge.goods.stock.lists.listings import NotCounted, read_count, read_locations
from edge.goods.stock.moving.posting import StockAfter
from edge.goods.stock.queries import StockItem
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, SYSTEM, FakeClock, agreed, open_shop, run

DAY = "2027-01-15"
"""The day of business by the fixture's clock."""
STAFF = CASHIER.with_rights("stock")
LAGER, JUICE = "4006381333948", "5449000000996"
GOODS = (
    Product("lager", {"en": "Lager"}, (LAGER,), 500, box=24, minimum=10_000),
    Product("juice", {"en": "Juice"}, (JUICE,), 300, box=12, expiry_days=30),
)


class Bar:
    """A shop with boxes and lots in it."""

    def __init__(self, shop: CommandBus) -> None:
        self.shop = shop

    async def do(self, command: Command, actor: Actor = SYSTEM) -> Any:
        outcome = await self.shop.do(command, actor)
        assert isinstance(outcome, Done), outcome
        return outcome.result

    async def agreed(self, command: Command, actor: Actor = SYSTEM) -> Any:
        return (await agreed(self.shop, command, actor)).result

    async def refused(self, command: Command, actor: Actor = SYSTEM) -> str:
        outcome = await self.shop.do(command, actor)
        assert isinstance(outcome, Refused), outcome
        return outcome.code

    async def sell(self, code: str, quantity: int = 1000) -> None:
        await self.do(AddLine(code, quantity=quantity), CASHIER)
        await self.do(Pay("card"), CASHIER)

    def item(self, sku: str) -> StockItem:
        found = queries.read_item(self.shop.reader, sku)
        assert found is not None
        return found

    def shape(self, sku: str) -> tuple[int, int]:
        """Closed boxes and loose units."""
        item = self.item(sku)
        return item.boxes, item.units // 1000


@asynccontextmanager
async def bar(folder: Path, clock: FakeClock | None = None, text: str = CONFIG) -> AsyncIterator[Bar]:
    async with open_shop(folder, clock, text=text) as shop:
        one = Bar(shop)
        await one.do(SetProducts(GOODS))
        await one.do(stock.SetLocation("rooftop", {"en": "Rooftop"}, "bar"))
        yield one
        assert verify(shop.reader, shop.registry).faults == ()
        assert not [found for found in stock_check(shop.reader) if found.check == "rows_differ"]


def test_an_evening_from_the_delivery_to_the_count(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            after = await one.do(
                stock.RecordMovement(LAGER, "in", boxes=2, reason="delivery", unit_cost_minor=150, document="DN 7"),
                STAFF,
            )
            assert after == StockAfter("lager", "main", 2, 0, 48_000, 2, 0)
            await one.sell(LAGER, 3000)
            assert one.shape("lager") == (1, 21), "a box was opened by itself"
            after = await one.do(stock.RecordMovement("lager", "waste", units=1000, cause="breakage"), STAFF)
            assert (after.boxes, after.units, after.units_change) == (1, 20_000, -1000)
            await one.do(stock.TransferStock("main", "rooftop", (stock.TransferLine("lager", 30_000),)), STAFF)
            rows = {row.location: (row.boxes, row.units) for row in one.item("lager").rows}
            assert rows == {"main": (0, 14_000), "rooftop": (1, 6000)}, "the closed box went up closed"
            count = await one.do(stock.StartCount("main"))
            found = await one.do(stock.CountLine(count, "lager", units=13_000), STAFF)
            assert found == CountResult("lager", 13_000, 0, 1, False, 14_000, -1000)
            await one.sell(LAGER, 2000)
            assert await one.do(stock.PostCount(count)) == PostedCount(1, 1, 0)
            item = one.item("lager")
            assert (item.on_hand, item.average_micro, item.value_milli) == (41_000, 150_000_000, 41 * 150_000)
            assert await one.refused(stock.CountLine(count, "lager", units=1000)) == "no_count"

    run(scenario())


def test_what_somebody_cannot_mean_is_refused_and_nothing_moves(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            move = stock.RecordMovement
            for command, code in (
                (move("nothing", "in", units=1000), "unknown_sku"),
                (move("milk", "in", boxes=1), "no_boxes"),
                (move("lager", "in"), "quantity_zero"),
                (move("lager", "in", units=1500), "pieces_moved_whole"),
                (move("lager", "in", units=1_000_001_000), "quantity_large"),
                (move("lager", "out", units=1000), "stock_short"),
                (move("lager", "out", units=1000, down_to_zero=True), "quantity_zero"),
                (move("lager", "in", units=1000, location="moon"), "no_location"),
                (move("juice", "in", units=1000, expiry="2026-02-30"), "expiry_wrong"),
                (move("juice", "in", units=1000, expiry="2026-02-20"), "expiry_past"),
                (stock.TransferStock("main", "main", (stock.TransferLine("lager", 1000),)), "transfer_to_itself"),
                (stock.SetLevels("lager", par=1000, reorder=2000), "levels_crossed"),
                (stock.SetLevels("lager", maximum=2000), "levels_unset"),
                (stock.SetLevels("lager", par=2000, reorder=1000, maximum=1000), "maximum_crossed"),
                (stock.SetLevels("lager", par=2000, reorder=1000, quantity=2001, maximum=3000), "quantity_crossed"),
                (stock.RetireLocation("main"), "main_stays"),
                (stock.PostCount(7), "no_count"),
                (stock.CloseBox("lager"), "too_few_units"),
                (stock.LiftRecall("juice", "L1"), "lot_not_recalled"),
            ):
                assert await one.refused(command) == code, command
            assert await one.refused(move("lager", "adjust", units=5000), STAFF) == "right_denied"
            assert await one.refused(move("lager", "in", units=5000), CASHIER) == "right_denied"
            assert (await one.agreed(move("juice", "in", units=1000, expiry="2026-02-20"))).total == 1000
            assert one.item("lager").on_hand == 0

    run(scenario())


def test_a_lot_with_another_last_day_is_asked_about_and_taken_once_confirmed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.RecordMovement("juice", "in", units=2000, lot="A", expiry="2027-03-01"))
            other = stock.RecordMovement("juice", "in", units=1000, lot="A", expiry="2027-04-01")
            assert await one.refused(other) == "lot_date_differs"
            assert one.item("juice").on_hand == 2000
            await one.agreed(msgspec.structs.replace(other))
            assert {row.expiry: row.units for row in one.item("juice").rows} == {"2027-03-01": 2000, "2027-04-01": 1000}

    run(scenario())


def test_what_stands_apart_is_on_hand_and_not_available(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.SetLocation("apart", {"en": "Apart"}, "quarantine"))
            await one.do(stock.RecordMovement("lager", "in", units=5000))
            await one.do(stock.TransferStock("main", "apart", (stock.TransferLine("lager", 2000),)))
            assert (one.item("lager").on_hand, one.item("lager").available) == (5000, 3000)

    run(scenario())


def test_loose_units_are_closed_into_a_box_and_no_more_than_there_are(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.RecordMovement("lager", "in", units=50_000))
            assert await one.refused(stock.CloseBox("lager", 3)) == "too_few_units"
            assert one.shape("lager") == (0, 50), "nothing is half-done"
            after = await one.do(stock.CloseBox("lager", 2))
            assert (after.boxes, after.units, one.item("lager").on_hand) == (2, 2000, 50_000)
            assert await one.refused(stock.CloseBox("milk")) == "no_boxes"

    run(scenario())


def test_what_expires_first_is_sold_first_and_a_recalled_lot_stops_at_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            for lot, expiry in (("B", "2027-03-01"), ("A", "2027-02-01"), ("OLD", "2027-01-01")):
                move = stock.RecordMovement("juice", "in", units=5000, lot=lot, expiry=expiry)
                await one.agreed(move)
            await one.sell(JUICE, 6000)
            assert {row.lot: row.units for row in one.item("juice").rows} == {"OLD": 5000, "B": 4000}
            await one.do(stock.RecallLot("juice", "B", "glass"))
            scanned = AddLine("01054490000009961727030110B")
            assert await one.refused(scanned, CASHIER) == "lot_recalled"
            await one.sell(JUICE)
            assert {row.lot: row.units for row in one.item("juice").rows} == {"OLD": 5000, "B": 4000, "": -1000}
            watches = [watch for kind, watch in one.shop.registry.watches.items() if kind.startswith("stock_")]
            kinds = {watch.kind for watch in watches for _ in watch.read(one.shop.reader, 0, DAY)}
            assert kinds == {"stock_recalled", "stock_expired"}
            await one.do(stock.LiftRecall("juice", "B"))
            await one.do(scanned, CASHIER)
            await one.do(Pay("card"), CASHIER)
            assert {row.lot: row.units for row in one.item("juice").rows} == {"OLD": 5000, "B": 3000, "": -1000}
            near = queries.expiring(one.shop.reader, DAY, 60)
            assert [(found.lot, found.days) for found in near] == [("OLD", -14), ("B", 45)]

    run(scenario())


def test_a_lot_recalled_behind_its_scan_is_not_paid_before_its_line_is_struck(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            scanned = "01054490000009961727030110B"
            await one.do(AddLine(scanned), CASHIER)
            await one.do(SetBasketAside("table 5"), CASHIER)
            await one.do(AddLine(scanned), CASHIER)
            await one.do(AddLine(LAGER), CASHIER)
            await one.do(stock.RecallLot("juice", "B", "glass"))
            refused = Refused("lot_recalled", {"name": "Juice", "lot": "B"})
            assert await one.shop.do(Pay("card"), CASHIER) == refused
            part = await one.shop.do(Pay("cash", 100), CASHIER)
            assert part == refused, "before any money is taken: then a line is struck no more"
            await one.do(VoidLine(1), CASHIER)
            await one.do(Pay("card"), CASHIER)
            (parked,) = read_parked(one.shop.reader)
            await one.do(TakeBasketUp(parked.number), CASHIER)
            assert await one.shop.do(Pay("card"), CASHIER) == refused, "nor one that was set aside meanwhile"
            assert queries.read_stock(one.shop.reader, "juice") == 0
            await one.do(stock.LiftRecall("juice", "B"))
            await one.do(Pay("card"), CASHIER)
            assert queries.read_stock(one.shop.reader, "juice") == -1000

    run(scenario())


def test_goods_that_come_back_go_to_the_lot_they_came_from(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.RecordMovement("juice", "in", units=2000, lot="A", expiry="2027-02-01"))
            await one.do(stock.RecordMovement("juice", "in", units=5000, lot="B", expiry="2027-03-01"))
            before = one.item("juice").rows
            await one.sell(JUICE, 3000)
            await one.do(VoidLastSale("wrong"), MANAGER)
            assert one.item("juice").rows == before
            await one.sell(JUICE, 3000)
            await one.do(RefundSale(3, lines=(RefundedLine(1, 2000, damaged=True),), reason="sour"), MANAGER)
            assert {row.lot: row.units for row in one.item("juice").rows} == {"B": 4000}

    run(scenario())


def test_promises_are_kept_apart_and_end_by_themselves(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as one:
            await one.do(stock.RecordMovement("lager", "in", units=10_000))
            line = (stock.ReserveLine("lager", 6000),)
            await one.do(stock.ReserveStock("cart 1", line, expires_us=clock.at_us + 60_000_000))
            assert await one.refused(stock.ReserveStock("cart 2", line)) == "not_available"
            assert (one.item("lager").reserved, one.item("lager").available) == (6000, 4000)
            assert await one.refused(stock.RecordMovement("lager", "out", units=5000)) == "stock_promised"
            await one.agreed(stock.RecordMovement("lager", "out", units=5000))
            assert [found.check for found in stock_check(one.shop.reader)] == ["reserved_short"]
            await one.do(stock.FulfilReservation("cart 1", (stock.ReserveLine("lager", 2000),)))
            assert one.item("lager").reserved == 4000
            clock.advance(61)
            assert await one.do(stock.ReleaseExpired()) == 1
            assert one.item("lager").reserved == 0
            await one.do(stock.ExpectStock("order 5", line))
            assert one.item("lager").on_order == 6000
            await one.do(stock.ExpectStock("order 5", ()))
            assert one.item("lager").on_order == 0

    run(scenario())


def test_a_level_that_is_crossed_is_told_until_it_is_well_above(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.RecordMovement("lager", "in", units=11_000, location="rooftop"))
            await one.do(stock.SetLevels("lager", "rooftop", par=20_000, reorder=10_000))
            assert one.item("lager").status == "normal"
            await one.do(stock.RecordMovement("lager", "out", units=1000, location="rooftop"))
            assert one.item("lager").status == "low"
            await one.do(stock.RecordMovement("lager", "in", units=1000, location="rooftop"))
            assert one.item("lager").status == "low", "only a tenth above is enough"
            (short,) = queries.low_stock(one.shop.reader)
            assert (short.location, short.total, short.boxes_to_order) == ("rooftop", 11_000, 1)
            page = queries.list_stock(one.shop.reader, status="low")
            assert [item.sku for item in page.items] == ["lager"]
            await one.sell(MILK)
            assert queries.list_stock(one.shop.reader, status="critical").items == [], "nobody watches milk"
            assert [item.sku for item in queries.list_stock(one.shop.reader, status="negative").items] == ["milk"]
            assert queries.list_stock(one.shop.reader, among="no list").items == []

    run(scenario())


def test_a_register_sells_from_the_place_it_was_given(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.RecordMovement("lager", "in", units=5000, location="rooftop"))
            await one.do(stock.SetSellingPlace("1", "rooftop"))
            await one.sell(LAGER, 2000)
            assert {row.location: row.total for row in one.item("lager").rows} == {"rooftop": 3000}
            await one.do(VoidLastSale("wrong"), MANAGER)
            assert one.item("lager").on_hand == 5000
            await one.do(stock.RecordMovement("lager", "out", units=5000, location="rooftop"))
            assert await one.refused(stock.RetireLocation("rooftop")) == "location_sells"
            await one.do(stock.SetLocation("cellar", {"en": "Cellar"}, "quarantine"))
            assert await one.refused(stock.SetSellingPlace("1", "cellar")) == "not_sold_from"

    run(scenario())


def test_several_people_count_one_place(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.RecordMovement("lager", "in", boxes=2))
            await one.do(stock.RecordMovement("juice", "in", units=3000))
            dana, noa = (msgspec.structs.replace(STAFF, name=name) for name in ("dana", "noa"))
            count = await one.do(stock.StartCount(blind=True))
            found = await one.do(stock.CountLine(count, "lager", boxes=1), dana)
            assert (found.expected, found.look_again) == (None, True), "blind, and far off"
            assert (await one.do(stock.CountLine(count, "lager", units=2000), dana)).quantity == 26_000
            assert await one.refused(stock.CountLine(count, "lager", units=1000), noa) == "counted_by_other"
            assert await one.refused(stock.PostCount(count)) == "count_look_again"
            await one.do(stock.CountLine(count, "lager", boxes=1, units=4000, mode="replace"), noa)
            told = read_count(one.shop.reader, count)
            assert told is not None and (told.lines[0].expected, told.lines[0].looks) == (None, 2)
            assert await one.do(stock.PostCount(count)) == PostedCount(1, 1, 1, (NotCounted("juice", "", 3000),))
            assert (one.shape("lager"), one.item("juice").on_hand) == ((1, 4), 3000), "what was not counted stays"
            count = await one.do(stock.StartCount())
            await one.do(stock.CountLine(count, "lager", boxes=1, units=4000), dana)
            await one.do(stock.PostCount(count, empty_rest=True))
            assert (one.shape("lager"), one.item("juice").on_hand) == ((1, 4), 0)

    run(scenario())


def test_a_new_box_size_keeps_what_is_there_and_a_place_goes_only_empty(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.RecordMovement("lager", "in", boxes=2, location="rooftop"))
            await one.do(SetProducts((msgspec.structs.replace(GOODS[0], box=6),)))
            assert one.shape("lager") == (0, 48)
            after = await one.do(stock.CloseBox("lager", 3, "rooftop"))
            assert (after.boxes, after.units) == (3, 30_000)
            assert await one.refused(stock.RetireLocation("rooftop")) == "location_holds"
            await one.do(stock.RecordMovement("lager", "adjust", location="rooftop"))
            await one.do(stock.RetireLocation("rooftop"))
            assert [place.is_active for place in read_locations(one.shop.reader)] == [True, False]

    run(scenario())


def test_the_command_line_says_what_of_the_stock_wants_a_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.sell(LAGER, 3000)

    run(scenario())
    (tmp_path / "config.toml").write_text(CONFIG)
    assert main(["--config", str(tmp_path / "config.toml"), "verify", "--stock"]) == 0
    assert "STOCK  lager at main: below zero, -3 instead of 0. Count it." in capsys.readouterr().out


def test_the_code_of_a_case_is_so_many_units_whatever_is_done_with_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            case, six = Pack("5010000000011", 24), Pack("5010000000028", 6)
            await one.do(SetProducts((msgspec.structs.replace(GOODS[0], packs=(case, six)),)))
            after = await one.do(stock.RecordMovement(case.code, "in", units=2_000))
            assert (after.boxes, after.total) == (2, 48_000), "two closed boxes"
            after = await one.do(stock.RecordMovement(six.code, "out", units=1_000))
            assert (after.boxes, after.units) == (1, 18_000)
            await one.do(stock.TransferStock("main", "rooftop", (stock.TransferLine(six.code, 2_000),)))
            held = {row.location: row.total for row in one.item("lager").rows}
            assert held == {"main": 30_000, "rooftop": 12_000}
            number = await one.do(stock.StartCount())
            found: CountResult = await one.do(stock.CountLine(number, case.code, units=1_000))
            assert (found.quantity, found.boxes) == (24_000, 1)
            found = await one.do(stock.CountLine(number, six.code, units=1_000))
            assert (found.quantity, found.boxes) == (30_000, 1)
            await one.do(SyncLines((CountedStock(six.code, units=3_000, location="rooftop"),)))
            assert {row.location: row.total for row in one.item("lager").rows}["rooftop"] == 18_000

    run(scenario())
