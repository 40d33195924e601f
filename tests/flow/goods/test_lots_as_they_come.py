"""Lots as they come, are counted, carried and sold: which row each unit is in, and what is asked before that."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay
from edge.goods.purchasing.commands import AddReceiptCost, ReceiptLine, ReceivePurchaseOrder
from edge.goods.stock import commands as stock
from edge.goods.stock.checks import stock_check
from edge.goods.stock.counting.bulk_counts import CountedStock, SyncLines
from edge.goods.transfers.commands import DraftTransfer
from tests.flow.counter.test_receipts import Store
from tests.flow.goods.test_stock import LAGER, STAFF, Bar, bar
from tests.shop_fixture import CASHIER, SYSTEM, open_shop, run

DAY, LATER = "2027-03-01", "2027-04-01"
OF_A = "01054490000009961727030110A"


def rows(one: Bar, sku: str = "juice") -> dict[tuple[str, str, str], int]:
    """Whole units by place, lot and last day."""
    return {(row.location, row.lot, row.expiry): row.total // 1000 for row in one.item(sku).rows}


async def come(one: Bar, units: int, lot: str = "", expiry: str = "", sku: str = "juice", place: str = "main") -> None:
    await one.do(stock.RecordMovement(sku, "in", units=units * 1000, lot=lot, expiry=expiry, location=place))


def test_a_lot_that_was_sold_before_it_came_is_whole_once_it_has_come(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(AddLine(OF_A), CASHIER)
            await one.do(Pay("card"), CASHIER)
            await come(one, 5, "B", LATER)
            assert rows(one) == {("main", "A", ""): -1, ("main", "B", LATER): 5}, "another lot does not mend that"
            assert [found.check for found in stock_check(one.shop.reader)] == ["lot_below_zero"]
            await come(one, 5, "A", DAY)
            assert rows(one) == {("main", "A", DAY): 4, ("main", "B", LATER): 5}
            assert stock_check(one.shop.reader) == []

    run(scenario())


@pytest.mark.parametrize("how", ["count", "sheet", "adjusted"])
def test_what_is_found_beyond_the_lots_has_none_and_what_lacks_is_of_the_first_to_expire(
    tmp_path: Path, how: str
) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:

            async def found(units: int) -> None:
                if how == "adjusted":
                    await one.do(stock.RecordMovement("juice", "adjust", units=units * 1000))
                elif how == "sheet":
                    await one.do(SyncLines((CountedStock("juice", units=units * 1000),)))
                else:
                    number = await one.do(stock.StartCount())
                    await one.do(stock.CountLine(number, "juice", units=units * 1000))
                    await one.do(stock.PostCount(number))

            await come(one, 5, "A", DAY)
            await found(7)
            assert rows(one) == {("main", "A", DAY): 5, ("main", "", ""): 2}
            await found(4)
            assert rows(one) == {("main", "A", DAY): 2, ("main", "", ""): 2}

    run(scenario())


def test_a_lot_that_is_counted_by_its_name_keeps_what_was_found_of_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await come(one, 5, "A", DAY)
            await one.agreed(stock.RecordMovement("juice", "in", units=2000, lot="A", expiry=LATER))
            await one.do(stock.RecordMovement("juice", "adjust", units=9000, lot="A"))
            assert rows(one) == {("main", "A", DAY): 5, ("main", "A", LATER): 4}

    run(scenario())


def test_a_lot_has_one_last_day_wherever_and_whenever_it_comes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await come(one, 2, "A", DAY, place="rooftop")
            other = stock.RecordMovement("juice", "in", units=1000, lot="A", expiry=LATER)
            assert await one.refused(other) == "lot_date_differs"
            await come(one, 1, "A")
            assert rows(one) == {("main", "A", DAY): 1, ("rooftop", "A", DAY): 2}, "nobody said a day: it is its own"
            for place, units in (("main", 1000), ("rooftop", 2000)):
                await one.do(stock.RecordMovement("juice", "out", units=units, location=place))
            assert await one.refused(other) == "lot_date_differs", "also once none is left"
            old = stock.RecordMovement("juice", "in", units=1000, lot="OLD", expiry="2027-01-10")
            await one.agreed(old)
            again = stock.RecordMovement("juice", "in", units=1000, lot="OLD")
            assert await one.refused(again) == "expiry_past", "its own day is over"

    run(scenario())


def test_of_goods_without_a_day_what_came_first_is_sold_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.sell(LAGER)
            await come(one, 1, sku="lager")
            await come(one, 5, "A", sku="lager")
            await come(one, 5, sku="lager")
            await one.sell(LAGER, 2000)
            assert rows(one, "lager") == {("main", "A", ""): 3, ("main", "", ""): 5}, "a row that was empty begins anew"

    run(scenario())


def test_two_lots_are_carried_in_one_go_and_no_line_is_counted_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await come(one, 5, "A", DAY)
            await come(one, 5, "B", LATER)
            of_a, of_b = (stock.TransferLine("juice", 2000, lot) for lot in "AB")
            await one.do(stock.TransferStock("main", "rooftop", (of_a, of_b)))
            carried = {("rooftop", "A", DAY): 2, ("rooftop", "B", LATER): 2}
            assert rows(one) == {("main", "A", DAY): 3, ("main", "B", LATER): 3, **carried}
            plain = stock.TransferLine("juice", 1000)
            for lines in ((of_a, of_a), (of_a, plain), (plain, of_a), (plain, plain)):
                assert await one.refused(stock.TransferStock("main", "rooftop", lines)) == "line_twice"
                assert await one.refused(DraftTransfer("uptown", lines)) == "line_twice"
            assert await one.do(DraftTransfer("uptown", (of_a, of_b)))
            await one.do(stock.ReserveStock("table 5", (stock.ReserveLine("juice", 4000),)))
            assert await one.refused(stock.TransferStock("main", "rooftop", (of_a, of_b))) == "stock_promised"

    run(scenario())


def test_a_place_that_a_till_sells_from_is_not_put_into_quarantine(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(stock.SetSellingPlace("1", "rooftop"))
            outcome = await one.shop.do(stock.SetLocation("rooftop", {"en": "Rooftop"}, "quarantine"), SYSTEM)
            assert outcome == Refused("location_sells", {"location": "rooftop", "register": "1"})

    run(scenario())


def test_a_lot_is_recalled_and_let_go_however_its_number_is_typed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await come(one, 5, "A", DAY)
            await one.do(stock.RecallLot("juice", " a "))
            assert await one.refused(AddLine(OF_A), CASHIER) == "lot_recalled"
            assert [row.recalled for row in one.item("juice").rows] == [True]
            assert await one.refused(stock.RecallLot("juice", "  ")) == "lot_missing"
            await one.do(stock.LiftRecall("juice", "a"))
            await one.do(AddLine(OF_A), CASHIER)
            assert await one.refused(stock.LiftRecall("juice", "A")) == "lot_not_recalled"

    run(scenario())


@pytest.mark.parametrize("note", ["DN 7", " DN 7", "dn 7 ", "DN  7"])
def test_a_delivery_note_counts_once_however_it_is_typed(tmp_path: Path, note: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            store = await Store(shop).begin()
            number = await store.order()
            await store.receive(number, "DN 7", ReceiptLine("lager", 5_000))
            again = ReceivePurchaseOrder(number, note, (ReceiptLine("lager", 5_000),))
            twice = Refused("delivery_note_twice", {"note": "DN 7", "order": number})
            assert await shop.do(again, STAFF) == twice
            assert store.item().on_hand == 5_000
            await store.do(AddReceiptCost(50, supplier="brewery", delivery_note=note))
            assert store.item().average_micro == 110_000_000, "freight finds it as well"
            assert await store.refused(ReceivePurchaseOrder(number, " ", again.lines)) == "delivery_note_missing"

    run(scenario())
