"""Habits of other people's files: blank headings, foreign money in cells, prices of whole lines, money called points.

The headings of SumUp, Hike, Cova and Lightspeed X follow their public pages; the rows are made up here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.switching.file_reader import look_at
from edge.goods.ingest.mapping.headers import guess_fields, is_without_tax
from edge.lib.i18n import ENGLISH
from tests.unit.backoffice.test_switching_other_tills import asked

BLANKS = """\
My Shop,,,,,
Sales by item,,,,,
,,,,,
Date,,Item,Qty,,Net Sales
2026-07-28,,Latte,2,,9.00
,,Mug,1,,14.00
2026-07-29,,Latte,1,,4.50
Total,,,4,,27.50
"""
SUMUP = """\
Date,Transaction ID,Payment method,Quantity,Description,Currency,Price (Gross),Discount,Price (Net),Tax,Tax rate
2026-07-28 09:15:00,T1,Card,2,Mug,EUR,24.00,0.00,20.00,4.00,20%
2026-07-28 10:15:00,T2,Card,1,Tea,EUR,6.00,0.00,5.00,1.00,20%
"""
OF_ONE = """\
Date,Order ID,Item,Quantity,Unit price (incl. tax),Unit price (excl. tax),Tax
2026-07-28,T1,Mug,2,12.00,10.00,2.00
2026-07-28,T2,Tea,1,6.00,5.00,1.00
"""
COVA = """\
Date,Invoice #,Product,Catalog SKU,Classification,Net Sold,Gross Sales,Discounts,Net Sales,Cost,Profit,Taxes
07/28/2026,1001,Blue Dream 1g,BD1,Flower,2,24.00,4.00,20.00,10.00,10.00,2.60
07/29/2026,1002,Papers,PAP,Accessories,1,3.00,0,3.00,1,2,0.39
"""


@pytest.mark.parametrize(("text", "minor"), ((BLANKS, 2750), (SUMUP, 3000), (OF_ONE, 3000), (COVA, 2300)))
def test_lines_come_to_what_was_sold(tmp_path: Path, text: str, minor: int) -> None:
    look = look_at(asked(tmp_path, text))
    assert (look.kind, look.questions) == ("sales_lines", ())
    assert [(one.taken_minor, one.left_minor) for one in look.sums] == [(minor, 0)]


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    (
        ("sales_lines", "Date,Item,Qty,Net Sales,Transaction ID\n2026-07-28,Latte,1,{},R1\n", "other_currency"),
        ("receipts", "Date,Receipt number,Total,Payment method\n2026-07-28,R1,{},Cash\n", "other_currency"),
        ("sales_days", "Date,Net Sales,Tax\n2026-07-28,{},0\n", "other_currency"),
        ("gift_cards", "Gift Card Number,Balance,Status\nGIFT-0001-01,{},Active\n", "card_currency"),
        ("customers", "Name,Email,Amount owed\nAda,ada@example.com,{}\n", "other_currency"),
    ),
)
@pytest.mark.parametrize("amount", ("$9.00", "9.00 USD", "£9.00"))
def test_money_of_another_currency_is_left_out(tmp_path: Path, kind: str, text: str, why: str, amount: str) -> None:
    look = look_at(asked(tmp_path, text.format(amount)))
    assert look.kind == kind
    assert [(one.why, one.rows, one.minor) for one in look.left] == [(why, 1, 900)]
    assert [(one.file_minor, one.taken_minor, one.left_minor) for one in look.sums if one.file_minor] == [(900, 0, 900)]
    ours = look_at(asked(tmp_path, text.format("€9.00")))
    assert not ours.left and ours.sums[0].taken_minor == 900


def test_of_two_prices_the_one_with_tax_is_an_inclusive_shops(tmp_path: Path) -> None:
    header = ("name", "sku", "price_exclude_tax", "price_include_tax")
    assert header[guess_fields(header, ENGLISH)["price"][0]] == "price_include_tax"
    assert is_without_tax("price_exclude_tax"), "alone, it asks"


def test_a_loyalty_balance_in_money_is_not_points(tmp_path: Path) -> None:
    text = "first_name,email,loyalty_balance\nAda,ada@example.com,12.50\nBob,bob@example.com,40\n"
    look = look_at(asked(tmp_path, text))
    assert (look.counts["points"], [(one.why, one.rows) for one in look.left]) == (40, [("points", 1)])


def test_a_debt_in_hebrew_is_a_debt(tmp_path: Path) -> None:
    text = 'מספר לקוח;שם לקוח;טלפון;דוא"ל;יתרת חוב\n77;עדה לב;03-5550001;ada@example.com;120.50\n'
    look = look_at(asked(tmp_path, text, "cp1255"))
    assert (look.counts["owing"], look.sums[0].taken_minor) == (1, 12050)
