"""Files of people as they are: one bad number of stock, guarded codes, a line for Excel. Their own files are beside the
project; where they are not, what stands here is the same kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.queries import find_by_code, find_by_sku
from edge.goods.stock.queries import read_stock
from tests.importing import csv_file, import_file
from tests.shop_fixture import FakeClock, open_shop, run

ROOT = Path(__file__).resolve().parents[3]
GUARDED = '''sku,barcode,name,price
G1,"=""4006381334013""",Guarded,1.00
G2,'4006381334020,Apostrophe,1.10
G3,4006 3813 3403 7,Blanks,1.20
G4,400-6381-33404-4,Dashes,1.30
G5,4006381334051,Plain,1.40
G6,0,Zero,1.50
G7,n/a,None,1.60
G8,4006 3813 3403 8,Wrong,1.70
G9,AB-12 34,Of the shop,1.80
'''
STOCK = """sku,name,price,on hand,unit
S1,First,1.00,5,
S2,Half a crate,1.00,0.5,
S3,Third,1.00,7,
S4,Flour,1.00,0.5,kg
"""


def reported(name: str, file: str) -> Path:
    """A file that somebody reported."""
    found = next((path for at in (ROOT, ROOT.parent) if (path := at / "shared/data/reported" / name).is_dir()), None)
    if found is None:
        pytest.skip(f"missing: shared/data/reported/{name}")
    return found / file


def test_one_number_of_stock_that_can_be_none_is_left_out_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            job, notes = await import_file(shop, csv_file(tmp_path, STOCK + 'S5,Thousands,1.00,"1,250",\n'))
            assert (job.state, job.counts) == ("done", {"new": 5, "stocked": 3})
            assert [(one.line, one.field, one.value, one.reason) for one in notes] == [
                (3, "on hand", "0.5", "pieces_whole"),
                (6, "on hand", "1.25", "pieces_whole"),
            ]
            stock = [read_stock(shop.reader, f"S{n}") for n in range(1, 6)]
            assert stock == [5_000, 0, 7_000, 500, 0]

    run(scenario())


@pytest.mark.parametrize(("file", "goods"), [("small.csv", 4), ("large.csv", 1500)])
def test_the_stock_lists_that_were_reported_are_taken(file: str, goods: int, tmp_path: Path) -> None:
    text = reported("05-one-stock-cell", file).read_text()

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            job, notes = await import_file(shop, csv_file(tmp_path, text))
            assert (job.state, job.counts["new"], job.counts["stocked"]) == ("done", goods, goods - 1)
            assert [(one.value, one.reason) for one in notes] == [("0.5", "pieces_whole")]

    run(scenario())


def test_a_code_behind_a_guard_is_that_code(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            job, notes = await import_file(shop, csv_file(tmp_path, GUARDED))
            assert job.counts == {"new": 9}
            found = [find_by_code(shop.reader, f"0400638133{n}") for n in ("4013", "4020", "4037", "4044", "4051")]
            assert [one.sku if one else "" for one in found] == ["G1", "G2", "G3", "G4", "G5"]
            for sku, codes in (("G6", ()), ("G7", ()), ("G9", ("AB-12 34",))):
                product = find_by_sku(shop.reader, sku)
                assert product is not None and product.codes == codes
            assert [(one.line, one.field, one.reason) for one in notes] == [(9, "barcode", "check_digit")]

    run(scenario())


@pytest.mark.parametrize("mark", ["", '"'])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_line_that_tells_excel_the_separator_is_no_header(separator: str, mark: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            text = f"{mark}sep=;{mark}\nbarcode;name;price\n4006381334068;Milk, fresh;1.19\n".replace(";", separator)
            text = text.replace("Milk, fresh", '"Milk, fresh"')
            job, notes = await import_file(shop, csv_file(tmp_path, text))
            assert (job.counts, notes) == ({"new": 1}, [])
            milk = find_by_code(shop.reader, "04006381334068")
            assert milk is not None and milk.price_minor == 119

    run(scenario())
