"""Taxes: whatever the table, what the customer pays is the net plus the taxes, to the last cent."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.lib.tax.rules import Rate, TaxClass, Taxed, TaxTable, taxes

VAT20, VAT55 = Rate("VAT", 20_000), Rate("VAT", 5_500)
GST, QST = Rate("GST", 5_000), Rate("QST", 9_975)
CLASSES = (
    TaxClass("standard", (VAT20,)),
    TaxClass("reduced", (VAT55,)),
    TaxClass("two", (GST, QST)),
    TaxClass("zero", (Rate("VAT", 0),)),
    TaxClass("exempt"),
)
LINES = st.lists(st.tuples(st.sampled_from([entry.id for entry in CLASSES]), st.integers(-(10**7), 10**7)), max_size=30)


def table(inclusive: bool, rounding: str) -> TaxTable:
    return TaxTable(inclusive, rounding, CLASSES)  # type: ignore[arg-type]


TABLES = st.builds(table, st.booleans(), st.sampled_from(["line", "total"]))


def tax_of(rows: tuple[Taxed, ...]) -> int:
    return sum(row.tax_minor for row in rows)


@given(st.sampled_from(["line", "total"]), LINES)
def test_prices_with_taxes_are_exactly_net_plus_tax(rounding: str, lines: list[tuple[str, int]]) -> None:
    """Per class of one component: the rows split what the customer pays, and nothing is lost."""
    rows = taxes(table(True, rounding), [line for line in lines if line[0] in ("standard", "reduced")])
    gross = sum(minor for id, minor in lines if id in ("standard", "reduced"))
    assert sum(row.net_minor + row.tax_minor for row in rows) == gross


@given(TABLES, LINES)
def test_each_tax_is_within_a_cent_a_line_of_the_exact_one(chosen: TaxTable, lines: list[tuple[str, int]]) -> None:
    for row in taxes(chosen, lines):
        exact = row.net_minor * row.rate / 100_000
        assert abs(row.tax_minor - exact) <= 1 + len(lines)


@given(st.booleans(), LINES)
def test_rounding_the_total_does_not_depend_on_the_order_of_the_lines(
    inclusive: bool, lines: list[tuple[str, int]]
) -> None:
    chosen = table(inclusive, "total")
    assert {taxes(chosen, order) for order in (lines, lines[::-1], sorted(lines))} == {taxes(chosen, lines)}


@given(TABLES, LINES)
def test_what_is_given_back_is_what_was_taken(chosen: TaxTable, lines: list[tuple[str, int]]) -> None:
    there = taxes(chosen, lines)
    back = taxes(chosen, [(id, -minor) for id, minor in lines])
    assert [(row.name, -row.net_minor, -row.tax_minor) for row in back] == [
        (row.name, row.net_minor, row.tax_minor) for row in there
    ]


def test_a_line_at_a_time_or_the_whole_receipt() -> None:
    """Three things at 0.05 with 20 % on top: 0.01 each, or 0.03 on 0.15; at 0.02, nothing each, or 0.01 on 0.06."""
    lines = [("standard", 2)] * 3
    assert taxes(table(False, "line"), lines) == (Taxed("VAT", 20_000, 6, 0),)
    assert taxes(table(False, "total"), lines) == (Taxed("VAT", 20_000, 6, 1),)
    # inclusive: 0.02 of which 0.00; 0.06 of which 0.01
    assert taxes(table(True, "line"), lines) == (Taxed("VAT", 20_000, 6, 0),)
    assert taxes(table(True, "total"), lines) == (Taxed("VAT", 20_000, 5, 1),)


def test_quebec_has_two_taxes_on_the_same_net() -> None:
    assert taxes(table(False, "total"), [("two", 10_000)]) == (
        Taxed("GST", 5_000, 10_000, 500),  # as the store names them: the federal one comes first
        Taxed("QST", 9_975, 10_000, 998),
    )


def test_two_taxes_inside_a_price_split_what_is_inside() -> None:
    (gst, qst) = taxes(table(True, "total"), [("two", 11_498)])
    assert (qst.net_minor, gst.net_minor) == (10_000, 10_000)
    assert (qst.tax_minor, gst.tax_minor) == (998, 500)


def test_what_is_exempt_is_in_no_row_and_what_is_taxed_at_zero_is() -> None:
    rows = taxes(table(True, "total"), [("exempt", 500), ("zero", 300)])
    assert rows == (Taxed("VAT", 0, 300, 0),)


def test_the_largest_rate_comes_first_whatever_was_scanned_first() -> None:
    lines = [("reduced", 100), ("standard", 100), ("zero", 100)]
    orders = {tuple(row.rate for row in taxes(table(True, "total"), order)) for order in permutations(lines)}
    assert orders == {(20_000, 5_500, 0)}


def test_a_class_that_is_not_in_the_table_is_never_guessed() -> None:
    with pytest.raises(KeyError, match="luxury"):
        taxes(table(True, "total"), [("luxury", 100)])
