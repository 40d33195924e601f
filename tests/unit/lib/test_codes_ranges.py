"""Codes of scales: the weight or the price inside, as each country writes it, and as a shop says for itself."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.lib.codes.code import Code, ScanError
from edge.lib.codes.gtin import check_digit, is_gtin, price_check_digit
from edge.lib.codes.parse import parse_scan
from edge.lib.codes.ranges import COUNTRIES, Range, layout
from edge.lib.codes.rules import make_rules
from edge.runtime.config.codes import Country


def checked(digits: str) -> str:
    return digits + str(check_digit(digits))


def code(scan: str, country: str | None = None, own: tuple[Range, ...] = ()) -> Code:
    got = parse_scan(scan, rules=make_rules(country, own))
    assert isinstance(got, Code), got
    return got


@pytest.mark.parametrize(
    ("country", "digits", "weight_g", "price_minor", "count", "item"),
    [
        ("se", "201234561250", None, 1250, None, "123456"),
        ("se", "211234561250", None, 12500, None, "123456"),
        ("se", "221234561250", None, 125000, None, "123456"),
        ("se", "231234561250", 1250, None, None, "123456"),
        ("se", "241234561250", 12500, None, None, "123456"),
        ("se", "251234561250", 125000, None, None, "123456"),
        ("no", "201234561250", None, 1250, None, "123456"),
        ("fi", "231234561250", 1250, None, None, "123456"),
        ("ee", "241234561250", 12500, None, None, "123456"),
        ("dk", "211234012345", None, 12345, None, "1234"),
        ("dk", "261234001250", 1250, None, None, "1234"),
        ("dk", "271234501250", 1250, None, None, "12345"),
        ("de", f"221234{price_check_digit('01299')}01299", None, 1299, None, "1234"),
        ("de", f"251234{price_check_digit('00006')}00006", None, None, 6, "1234"),
        ("de", f"281234{price_check_digit('01250')}01250", 1250, None, None, "1234"),
        ("gb", f"2012345{price_check_digit('1299')}1299", None, 1299, None, "12345"),
        ("us", f"0212345{price_check_digit('1299')}1299", None, 1299, None, "12345"),
        ("ca-wide", "021234512999", None, 12999, None, "12345"),
        ("fr", "211234501250", 1250, None, None, "12345"),
        ("il", "231234501299", None, 1299, None, "12345"),
    ],
)
def test_what_a_scale_wrote(
    country: str, digits: str, weight_g: int | None, price_minor: int | None, count: int | None, item: str
) -> None:
    got = code(checked(digits), country)
    assert (got.weight_g, got.price_minor, got.count) == (weight_g, price_minor, count)
    assert got.kind == ("weighed" if weight_g else "priced" if price_minor else "product")
    assert item in got.keys
    assert got.gtin is not None
    assert is_gtin(got.gtin)


@pytest.mark.parametrize(
    ("country", "begins", "values"),
    [("de", "281234", ("00384", "01250")), ("us", "0212345", ("0499", "1299")), ("gb", "2054321", ("0001", "9999"))],
)
def test_two_labels_of_one_item_are_looked_up_alike(country: str, begins: str, values: tuple[str, str]) -> None:
    one, other = (code(checked(f"{begins}{price_check_digit(value)}{value}"), country) for value in values)
    assert (one.gtin, one.keys) == (other.gtin, other.keys)
    assert (one.weight_g, one.price_minor) != (other.weight_g, other.price_minor)


def test_without_a_country_they_are_plain_numbers() -> None:
    got = code(checked("211234501250"))
    assert (got.kind, got.weight_g, got.gtin) == ("product", None, checked("211234501250").zfill(14))


def test_a_upca_of_a_scale_as_twelve_digits() -> None:
    scan = checked(f"212345{price_check_digit('0499')}0499")
    assert len(scan) == 12
    assert code(scan, "us").price_minor == 499
    assert code(f"0{scan}", "us").price_minor == 499
    assert code(f"]E00{scan}", "us").price_minor == 499


def test_a_price_that_does_not_fit_its_check_digit() -> None:
    right = price_check_digit("0499")
    scan = checked(f"212345{(right + 1) % 10}0499")
    got = parse_scan(scan, rules=make_rules("us"))
    assert isinstance(got, ScanError)
    assert got.what == "code_price_check"


def test_the_item_itself_has_no_measure() -> None:
    """The code under which the item may stand in the catalogue asks for the weight, as any weighed product does."""
    got = code(checked("211234500000"), "fr")
    assert (got.kind, got.weight_g, got.gtin) == ("product", None, checked("211234500000").zfill(14))


def test_own_ranges_come_first_and_may_be_short() -> None:
    own = (Range("2112IIIIWWWWC", step=10), Range("2IIWWWWC"))
    assert code(checked("211234560125"), "fr", own).weight_g == 1250
    assert code(checked("211334501250"), "fr", own).weight_g == 1250
    assert code(checked("2120345"), "fr", own).weight_g == 345


@pytest.mark.parametrize("country", sorted(COUNTRIES))
@given(number=st.integers(0, 10**12 - 1))
def test_a_measure_is_never_more_than_its_digits_say(country: str, number: int) -> None:
    got = parse_scan(checked(f"{number:012d}"), rules=make_rules(country))
    if isinstance(got, Code) and (got.weight_g or got.price_minor):
        assert 0 < (got.weight_g or got.price_minor or 0) <= 999_999 * 100
        assert f"{number:012d}"[:2] in {"02", *(f"2{digit}" for digit in range(10))}


@pytest.mark.parametrize(
    "pattern",
    ["", "2", "29IIIIIWWWWWW", "29IIIIIWWWWW", "29IIIIIIIIIIC", "29IIWWIIWWWWC", "29IIIVWWWWWWC", "IIIIIIIWWWWWC"],
)
def test_a_range_that_makes_no_sense(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"characters|needs|check digit"):
        layout(Range(pattern))


def test_the_configuration_knows_every_country() -> None:
    assert set(get_args(Country)) == {"none", *COUNTRIES}
