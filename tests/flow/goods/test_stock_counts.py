"""A place where some goods are counted by their lot and some without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.stock import commands as stock
from edge.goods.stock.counting.stock_counts import CountResult, PostedCount
from edge.goods.stock.lists.listings import NotCounted, StockCount, read_count
from tests.catch_up import catch_up
from tests.flow.goods.test_stock import LAGER, STAFF, Bar, bar
from tests.shop_fixture import FakeClock, run

LATE = "2027-06-30"


async def deliver(one: Bar, lot: str, units: int) -> None:
    expiry = LATE if lot else ""
    await one.do(stock.RecordMovement("lager", "in", units=units * 1000, lot=lot, expiry=expiry))


def held(one: Bar) -> dict[str, int]:
    return {row.lot: row.total // 1000 for row in one.item("lager").rows if row.total}


def told(one: Bar, count: int) -> StockCount:
    found = read_count(one.shop.reader, count)
    assert found is not None
    return found


def lines(one: Bar, count: int) -> dict[str, tuple[int | None, int | None]]:
    """What each line expects, and by how much it differs, by its lot."""
    return {line.lot: (line.expected, line.difference) for line in told(one, count).lines}


@pytest.mark.parametrize("lot_first", [True, False])
def test_boxes_counted_by_their_lot_and_loose_bottles_without_one_add_up(tmp_path: Path, lot_first: bool) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await deliver(one, "L7", 24)
            await deliver(one, "", 6)
            count = await one.do(stock.StartCount())
            by_lot = stock.CountLine(count, LAGER, units=24_000, lot="L7")
            loose = stock.CountLine(count, LAGER, units=5_000)
            for line in (by_lot, loose) if lot_first else (loose, by_lot):
                await one.do(line, STAFF)
            assert lines(one, count) == {"L7": (24_000, 0), "": (6000, -1000)}
            assert await one.do(stock.PostCount(count)) == PostedCount(2, 1, 0)
            assert held(one) == {"L7": 24, "": 5}

    run(scenario())


@pytest.mark.parametrize("followed", [True, False], ids=["listed", "not listed yet"])
def test_what_is_sold_between_the_bottles_and_the_boxes_stays_sold(tmp_path: Path, followed: bool) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with bar(tmp_path, clock) as one:
            await deliver(one, "L7", 24)
            await deliver(one, "", 6)
            count = await one.do(stock.StartCount())
            assert (await one.do(stock.CountLine(count, LAGER, units=6_000), STAFF)).expected == 30_000
            clock.advance(60)
            await one.sell(LAGER, 2000)  # of the lot, as it expires
            await one.do(stock.RecordMovement("lager", "out", units=1_000, exact=True))  # of the loose ones
            if followed:
                await catch_up(one.shop)
            found = await one.do(stock.CountLine(count, LAGER, units=22_000, lot="L7"), STAFF)
            assert found == CountResult("lager", 22_000, 0, 1, False, 22_000, 0)
            assert lines(one, count) == {"L7": (22_000, 0), "": (6000, 0)}
            assert await one.do(stock.PostCount(count)) == PostedCount(2, 0, 0)
            assert held(one) == {"L7": 22, "": 5}

    run(scenario())


def test_a_line_without_a_lot_is_of_all_lots_where_none_is_counted_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await deliver(one, "L7", 24)
            await deliver(one, "", 6)
            count = await one.do(stock.StartCount())
            assert (await one.do(stock.CountLine(count, LAGER, units=29_000))).difference == -1000
            assert told(one, count).rest == ()
            await one.do(stock.PostCount(count))
            assert held(one) == {"L7": 23, "": 6}, "what is short leaves as it expires"

    run(scenario())


def test_what_was_not_counted_is_listed_and_emptied_only_by_confirmation(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            for lot, units in (("L7", 24), ("L8", 12), ("", 6)):
                await deliver(one, lot, units)
            await one.do(stock.RecordMovement("juice", "in", units=3000, expiry=LATE))
            for empty, left in ((False, {"L7": 24, "L8": 12, "": 6}), (True, {"L7": 24})):
                count = await one.do(stock.StartCount(blind=empty))
                assert (told(one, count).not_counted, len(told(one, count).rest)) == (2, 4)
                await one.do(stock.CountLine(count, LAGER, units=24_000, lot="L7"), STAFF)
                rest = (("juice", "", 3000), ("lager", "", 6000), ("lager", "L8", 12_000))
                open_rest = tuple(NotCounted(sku, lot, None if empty else there) for sku, lot, there in rest)
                assert (told(one, count).not_counted, told(one, count).rest) == (2, open_rest)
                posted = await one.do(stock.PostCount(count, empty_rest=empty))
                kept = () if empty else tuple(NotCounted(*goods) for goods in rest)
                assert posted == PostedCount(1, 0, 0 if empty else 2, kept)
                assert held(one) == left
                assert one.item("juice").on_hand == (0 if empty else 3000)

    run(scenario())
