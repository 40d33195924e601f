"""Ontario's monthly workbook: its sums, the same bytes again, and headings that are data."""

from __future__ import annotations

import io
from decimal import Decimal
from importlib.resources import files

import pytest
from openpyxl import load_workbook

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.ontario.workbook import (
    SHEETS,
    OntarioMonth,
    OntarioMovement,
    OntarioProduct,
    check_month,
    month_workbook,
    read_template,
    read_workbook,
)

OURS = read_template()
BUD = OntarioProduct(
    sku="bud",
    upc="0123456789012",
    name='Bud & "3.5 g" <x>',
    opening=10_000,
    flows={"received": 24_000, "sold": 9_000, "customer_returns": 1_000, "destroyed": 2_000},
    net_sales_minor=24_950,
)
GONE = OntarioMovement(day="2026-11-03", sku="bud", upc="", name="Bud", units=2_000, reason="waste", document="")
MONTH = OntarioMonth(products=(BUD,), movements={"destructions": (GONE,)})


def test_another_program_opens_it_and_finds_six_sheets() -> None:
    book = load_workbook(io.BytesIO(month_workbook(MONTH, OURS)))
    assert len(book.sheetnames) == len(SHEETS) == 6
    federal = [list(row) for row in book["Federal"].iter_rows(values_only=True)]
    assert federal[0][:4] == ["SKU", "UPC", "Product", "Opening inventory"]
    assert federal[1][:4] == ["bud", "0123456789012", 'Bud & "3.5 g" <x>', 10]
    assert federal[1][-1] == 24, "10 + 24 + 1 - 9 - 2"
    sales = [list(row) for row in book["Monthly sales"].iter_rows(values_only=True)]
    assert sales[1][3:] == [9, 1, 8, 249.5]


def test_the_same_month_gives_the_same_bytes() -> None:
    assert month_workbook(MONTH, OURS) == month_workbook(MONTH, OURS)


def test_a_month_opens_where_the_last_one_closed() -> None:
    data = month_workbook(MONTH, OURS)
    assert check_month(data, OURS, {"bud": Decimal(10)}) == {"bud": Decimal(24)}
    with pytest.raises(FiscalFault, match="closed at 9"):
        check_month(data, OURS, {"bud": Decimal(9)})


def test_a_cell_that_says_another_thing_is_found() -> None:
    rows = read_workbook(month_workbook(MONTH, OURS))["Federal"]
    assert rows[0]["Destroyed"] == "2"
    data = month_workbook(MONTH, OURS)
    broken = OntarioProduct(sku="bud", upc="", name="", opening=10_000, flows={"sold": 1_000}, net_sales_minor=0)
    other = month_workbook(OntarioMonth(products=(broken, broken), movements={}), OURS)
    with pytest.raises(FiscalFault, match="twice"):
        check_month(other, OURS, {})
    with pytest.raises(FiscalFault, match="can't be read"):
        check_month(data[:200], OURS, {})


@pytest.mark.parametrize(
    ("was", "now", "named"),
    [
        ('["SKU", "sku"]', '["Lot", "lot"]', "heading 'Lot'"),
        ("[sales]", "[sails]", "sheet sa"),
        ('title = "Federal"', 'title = "Fed/eral"', "sheet federal"),
        ("columns = ", "colums = ", "template"),
    ],
)
def test_a_heading_that_has_no_figure_is_refused_by_name(was: str, now: str, named: str) -> None:
    text = files("edge.lib.fiscal.ontario").joinpath("template.toml").read_text()
    with pytest.raises(FiscalFault, match=named):
        read_template(text.replace(was, now, 1).encode())


def test_the_authoritys_own_headings_are_used() -> None:
    text = files("edge.lib.fiscal.ontario").joinpath("template.toml").read_text()
    other = read_template(text.replace("Opening inventory", "Stock at start").encode())
    assert "Stock at start" in read_workbook(month_workbook(MONTH, other))["Federal"][0]
