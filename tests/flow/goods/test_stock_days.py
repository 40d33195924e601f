"""What was on hand, promised and worth at the end of days that are over."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import Follower
from edge.core.journal.verify import verify
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing.commands import CorrectReceipt
from edge.goods.stock import commands as stock
from edge.goods.stock.counting.bulk_counts import SyncLines
from edge.goods.stock.counting.count_reader import ReadCounts, read
from edge.goods.stock.lists.history import StockThen, every_then, projector, stock_history, stock_then
from edge.goods.stock.lists.stock_export import export
from edge.goods.stock.queries import read_item
from edge.lib.tables import open_table
from tests.shop_fixture import SYSTEM, FakeClock, agreed, done, open_shop, run

LAGER = Product("lager", {"en": "Lager", "he": "בירה"}, ("5449000000996",), 500, box=24)
DAY_S = 86_400
FIRST, SECOND, THIRD, FOURTH = "2027-01-15", "2027-01-16", "2027-01-17", "2027-01-18"


async def followed(shop: CommandBus) -> None:
    """Until the days are as far as the journal is."""
    follower = Follower(shop, projector)
    while await follower._turn():
        pass


def days(shop: CommandBus, **asked: str) -> list[tuple[str, int, int, int | None]]:
    found = stock_history(shop.reader, "milk", **asked)
    return [(day.business_date, day.on_hand // 1000, day.reserved // 1000, day.value_milli) for day in found]


async def three_days(shop: CommandBus, clock: FakeClock) -> None:
    await done(shop, stock.SetLocation("rooftop", {"en": "Rooftop"}, "bar"), SYSTEM)
    await done(shop, stock.RecordMovement("milk", "in", units=10_000, unit_cost_minor=100, document="DN 1"), SYSTEM)
    await done(shop, stock.ReserveStock("web-1", (stock.ReserveLine("milk", 4_000),)), SYSTEM)
    await done(shop, stock.RecordMovement("beer", "in", units=1_000), SYSTEM)
    clock.advance(DAY_S)
    await agreed(shop, stock.RecordMovement("milk", "out", units=2_000), SYSTEM)
    lines = (stock.TransferLine("milk", 3_000),)
    await agreed(shop, stock.TransferStock("main", "rooftop", lines), SYSTEM)
    await done(shop, stock.FulfilReservation("web-1", (stock.ReserveLine("milk", 1_000),)), SYSTEM)
    clock.advance(DAY_S)
    await done(shop, stock.RecordMovement("milk", "in", units=8_000, unit_cost_minor=200), SYSTEM)
    await done(shop, stock.ReleaseStock("web-1"), SYSTEM)


def test_each_day_keeps_what_there_was_at_its_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await three_days(shop, clock)
            await followed(shop)
            a_unit = 100_000  # thousandths of a cent
            assert days(shop) == [
                (FIRST, 10, 4, 10 * a_unit),
                (SECOND, 8, 3, 8 * a_unit),
                (THIRD, 16, 0, 16 * 150_000),
            ]
            assert days(shop, from_date=SECOND, to_date=SECOND) == [(SECOND, 8, 3, 8 * a_unit)]
            assert days(shop, location="rooftop") == [
                (FIRST, 0, 0, 0),
                (SECOND, 3, 0, 3 * a_unit),
                (THIRD, 3, 0, 450_000),
            ]
            then = stock_then(shop.reader, SECOND)
            assert (then.items, then.after) == (list(every_then(shop.reader, SECOND)), "")
            assert then.items == [
                StockThen("beer", "main", 1_000, 0, None),
                StockThen("milk", "main", 5_000, 3_000, 5 * a_unit),
                StockThen("milk", "rooftop", 3_000, 0, 3 * a_unit),
            ]
            page = stock_then(shop.reader, SECOND, limit=1)
            assert ([one.sku for one in page.items], page.after) == (["beer"], "beer")
            assert stock_then(shop.reader, "2026-12-31").items == []

            receipt = shop.reader.execute("SELECT min(seq) FROM stock_receipt WHERE sku = 'milk'").fetchone()[0]
            clock.advance(DAY_S)
            await done(shop, CorrectReceipt(receipt, "milk", unit_cost_minor=120), SYSTEM)
            await followed(shop)
            assert days(shop)[:3] == days(shop, to_date=THIRD), "what was, stays"
            assert (days(shop)[3][1], (days(shop)[3][3] or 0) > 16 * 150_000) == (16, True)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_clock_that_was_ahead_leaves_no_day_wrong(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, stock.RecordMovement("milk", "in", units=10_000, unit_cost_minor=100), SYSTEM)
            clock.at_us += 3 * DAY_S * 1_000_000
            await done(shop, stock.RecordMovement("milk", "out", units=1_000), SYSTEM)
            await done(shop, stock.ReserveStock("web-1", (stock.ReserveLine("milk", 4_000),)), SYSTEM)
            clock.at_us -= 2 * DAY_S * 1_000_000
            await done(shop, stock.RecordMovement("milk", "out", units=2_000), SYSTEM)
            await done(shop, stock.ReleaseStock("web-1"), SYSTEM)
            await followed(shop)
            found = {day: on_hand for day, on_hand, _, _ in days(shop)}
            assert found[max(found)] == 7, "whatever day it is, seven are there"
            assert days(shop)[-1][2] == 0
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_the_stock_as_a_table_is_taken_back_as_a_count_that_changes_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, SetProducts((LAGER,)), SYSTEM)
            came = stock.RecordMovement("lager", "in", 2, 5_000, lot="L7", expiry="2027-03-01", unit_cost_minor=90)
            await done(shop, came, SYSTEM)
            await three_days(shop, clock)
            await followed(shop)
            now, then = tmp_path / "stock.csv", tmp_path / "then.xlsx"
            export(shop.reader, now, "csv", "EUR", "he")
            export(shop.reader, then, "xlsx", "EUR", "en", SECOND)
            text = now.read_text(encoding="utf-8-sig")
            assert "lager,בירה,main,L7,2027-03-01,2,5,24,53,0.90,47.70" in text, text
            found = read(ReadCounts(str(now)))
            assert (found.faulty, len(found.lines)) == (0, 4)
            before = [read_item(shop.reader, sku) for sku in ("lager", "milk", "beer")]
            await done(shop, SyncLines(found.lines), SYSTEM)
            assert [read_item(shop.reader, sku) for sku in ("lager", "milk", "beer")] == before
            with open_table(then, "en") as opened:
                rows = [list(row.cells) for row in opened.rows]
            assert ["milk", "Milk", "rooftop", "3", "0", "3.00"] in rows, rows

    run(scenario())


@pytest.mark.parametrize(
    ("cells", "units"),
    [
        (("1,250", "0,750"), [1_250, 750]),
        (("1,250", "3.5"), [1_250_000, 3_500]),
        (("1,250", "12"), [12_000]),
    ],
)
def test_a_count_of_a_thousand_is_not_one_and_a_quarter(
    tmp_path: Path, cells: tuple[str, ...], units: list[int]
) -> None:
    rows = "".join(f"sku-{at};{cell}\n" for at, cell in enumerate(cells))
    path = tmp_path / "counts.csv"
    path.write_text(f"sku;quantity\n{rows}")
    found = read(ReadCounts(str(path)))
    assert [line.units for line in found.lines] == units
    assert [(fault.value, fault.reason) for fault in found.faults] == (
        [] if len(units) == 2 else [("1,250", "stock_quantity_wrong")]
    )


@pytest.mark.parametrize(
    ("cells", "country", "days"),
    [
        (("03/04/2027",), "FR", ["2027-04-03"]),
        (("03/04/2027",), "US", ["2027-03-04"]),
        (("03/04/2027", "12/25/2027"), "FR", ["2027-03-04", "2027-12-25"]),
        (("03/04/2027", "25/12/27"), "US", ["2027-04-03", "2027-12-25"]),
        (("25/12/2027", "25/11/2027", "12/25/2027"), "US", ["2027-12-25", "2027-11-25"]),
        (("03.04.2027", "2027-04-03"), "US", ["2027-04-03", "2027-04-03"]),
    ],
)
def test_the_expiry_dates_of_a_file_are_read_as_its_column_and_country_write_them(
    tmp_path: Path, cells: tuple[str, ...], country: str, days: list[str]
) -> None:
    rows = "".join(f"sku-{at};1;L{at};{cell}\n" for at, cell in enumerate(cells))
    path = tmp_path / "counts.csv"
    path.write_text(f"sku;quantity;lot;expiry\n{rows}")
    found = read(ReadCounts(str(path), country=country))
    assert [line.expiry for line in found.lines] == days
    assert [fault.value for fault in found.faults] == list(cells[len(days) :]), "what doesn't fit is told"
