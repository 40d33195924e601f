"""Goods that customers bring back lie in the lots that their sale took, however often and in whatever way they come."""

from __future__ import annotations

from pathlib import Path

from edge.counter.till.commands import (
    AddLine,
    AddReturn,
    Pay,
    RefundedLine,
    RefundSale,
    RefundWithoutReceipt,
    VoidLastSale,
)
from edge.goods.stock.commands import RecordMovement, SetSellingPlace
from tests.flow.goods.test_stock import JUICE, LAGER, Bar, bar
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, run

SOON, LATE = "2027-02-01", "2027-03-01"
OF_A, OF_B = (f"0105449000000996172703011{serial}" for serial in ("0A", "0B"))
"""The same juice as `JUICE`, by the codes of two lots."""


def lots(one: Bar) -> dict[str, int]:
    """Whole units on hand, by lot."""
    found: dict[str, int] = {}
    for row in one.item("juice").rows:
        found[row.lot] = found.get(row.lot, 0) + row.total // 1000
    return found


async def received(one: Bar, lot: str, units: int, expiry: str = LATE) -> None:
    await one.do(RecordMovement("juice", "in", units=units * 1000, lot=lot, expiry=expiry))


async def back(one: Bar, *lines: RefundedLine, sale: int = 1) -> None:
    await one.do(RefundSale(sale, lines=lines, reason="sour"), MANAGER)


def test_what_comes_back_one_by_one_fills_each_lot_to_what_it_had(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await received(one, "A", 2, SOON)
            await received(one, "B", 5)
            await one.sell(JUICE, 4000)
            for expected in ({"B": 4}, {"B": 5}, {"A": 1, "B": 5}, {"A": 2, "B": 5}):
                await back(one, RefundedLine(1, 1000))
                assert lots(one) == expected

    run(scenario())


def test_what_was_scanned_goes_back_to_the_lot_on_it_and_the_rest_to_the_others(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await received(one, "A", 5)
            await received(one, "B", 5)
            for code in (OF_A, OF_B):
                await one.do(AddLine(code), CASHIER)
            await one.do(AddLine(JUICE, quantity=2000), CASHIER)
            await one.do(Pay("card"), CASHIER)
            assert lots(one) == {"A": 2, "B": 4}
            await back(one, RefundedLine(3, 2000))
            assert lots(one) == {"A": 4, "B": 4}
            await back(one, RefundedLine(2, 1000))
            assert lots(one) == {"A": 4, "B": 5}
            await back(one, RefundedLine(1, 1000, damaged=True))
            assert lots(one) == {"A": 4, "B": 5}, "came back, and was thrown away"

    run(scenario())


def test_a_refund_that_is_void_takes_again_what_it_brought(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await received(one, "A", 5)
            await received(one, "B", 5)
            for code in (OF_A, OF_B):
                await one.do(AddLine(code), CASHIER)
            await one.do(Pay("card"), CASHIER)
            await back(one, RefundedLine(1, 1000, damaged=True), RefundedLine(2, 1000))
            assert lots(one) == {"A": 4, "B": 5}
            await one.do(VoidLastSale("wrong"), MANAGER)
            assert lots(one) == {"A": 4, "B": 4}

    run(scenario())


def test_an_exchange_and_its_void_move_the_lots_of_the_first_sale(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await received(one, "A", 5, SOON)
            await received(one, "B", 5)
            await one.do(AddLine(OF_B, quantity=2000), CASHIER)
            await one.do(Pay("card"), CASHIER)
            await one.do(AddReturn(1, lines=(RefundedLine(1, 1000),)), MANAGER)
            await one.do(AddLine(LAGER), CASHIER)
            await one.do(Pay("card"), CASHIER)
            assert lots(one) == {"A": 5, "B": 4}
            await one.do(VoidLastSale("wrong"), MANAGER)
            assert lots(one) == {"A": 5, "B": 3}

    run(scenario())


def test_goods_lie_again_at_the_place_they_were_sold_from(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(RecordMovement("juice", "in", units=5000, location="rooftop", lot="A", expiry=LATE))
            await one.do(SetSellingPlace("1", "rooftop"))
            await one.sell(JUICE, 2000)
            await one.do(SetSellingPlace("1", "main"))
            await back(one, RefundedLine(1, 2000))
            assert [(row.location, row.total) for row in one.item("juice").rows] == [("rooftop", 5000)]

    run(scenario())


def test_a_lot_that_comes_back_without_a_receipt_has_the_last_day_of_its_lot(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path, text="till.refunds_without_receipt = true\n" + CONFIG) as one:
            await received(one, "A", 5)
            await one.do(AddLine(OF_A), CASHIER)
            await one.do(RefundWithoutReceipt(reason="found at home"), MANAGER)
            assert [(row.lot, row.expiry, row.total) for row in one.item("juice").rows] == [("A", LATE, 6000)]

    run(scenario())
