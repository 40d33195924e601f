"""Amounts as other systems and people write them: what is in front of the mark or behind it may be missing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from edge.analytics.forecast.history.day_forms import day_of, form_of
from edge.goods.ingest.mapping.cell_parsers import code, price_minor
from edge.lib.units.amounts import amount_of, mark_of


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(
            (".50", "0.50"),
            ("-.50", "-0.50"),
            (",5", "0.5"),
            ("€ .99", "0.99"),
            ("5,-", "5"),
            ("5.--", "5"),
            ("5,–", "5"),
        ),
        *(("3.50-", "-3.50"), ("−3,50", "-3.50"), ("CHF 1’250.50", "1250.50"), ("٣٫٥٠", "3.50"), ("(.25)", "-0.25")),
    ],
)
def test_a_part_of_one_or_an_amount_without_cents_is_what_it_says(text: str, amount: str) -> None:
    assert amount_of(text, mark_of([text])) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "minor"), [(".50", 50), (",99", 99), ("5,-", 500), ("€ 5.-", 500), ("1’250.50", 125_050)]
)
def test_a_price_is_read_in_the_same_forms(text: str, minor: int) -> None:
    assert price_minor(text, "EUR", None) == minor


@pytest.mark.parametrize(
    "text", ['=T("4006381334013")', "+4006381334013", "4006381334013,00", "４００６３８１３３４０１３"]
)
def test_a_code_that_a_spreadsheet_wrapped_is_the_code(text: str) -> None:
    assert code(text) == "04006381334013"


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "TBD", "n.a.", "no barcode", "0000000000000"])
def test_a_word_for_nothing_is_no_code(text: str) -> None:
    assert code(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        *("18-Jul-26", "18. Juli 2026", "18 de julio de 2026", "20260718130500", "46221,5", "1784379570"),
        *("1784379570000", "18 lipca 2026", "18 июля 2026", "Sat 18 Jul 2026", "18/07/2026 00h12"),
    ],
)
def test_days_as_other_systems_and_languages_write_them(text: str) -> None:
    assert day_of(text, form_of([text]) or "") == "2026-07-18"
