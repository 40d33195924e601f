"""What a scan means, whichever scanner sent it; and what is said of one that means nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from edge.lib.codes.code import SCAN_LIMIT, Code, ScanError
from edge.lib.codes.gtin import check_digit
from edge.lib.codes.parse import parse_scan
from edge.lib.codes.rules import make_rules

MILK = "4006381333931"
GTIN = "04006381333931"
GS = "\x1d"


def code(data: str | bytes, symbology: str = "", **rules: Any) -> Code:
    got = parse_scan(data, symbology, make_rules(**rules), 2026)
    assert isinstance(got, Code), got
    return got


def wrong(data: str | bytes, symbology: str = "", **rules: Any) -> tuple[str, int]:
    got = parse_scan(data, symbology, make_rules(**rules), 2026)
    assert isinstance(got, ScanError), got
    return got.what, got.at


@pytest.mark.parametrize(
    ("data", "told", "symbology"),
    [
        (MILK, "", "ean13"),
        (f"{MILK}\r\n", "", "ean13"),
        (f"  {MILK} ", "", "ean13"),
        (MILK.encode(), "", "ean13"),
        (f"]E0{MILK}", "", "ean13"),
        (f"]E3{MILK}12", "", "ean13"),
        (MILK, "EAN-13", "ean13"),
        (MILK, "]E0", "ean13"),
        (f"{MILK}05", "]E3", "ean13"),
        (f"01{GTIN}", "]C1", "gs1-128"),
        (f"{GS}01{GTIN}".encode(), "]d2", "gs1-datamatrix"),
        (GTIN, "", ""),
        (GTIN, "ITF-14", "itf14"),
        (f"]I1{GTIN}", "", "itf"),
        (f"]C0{MILK}", "", "code128"),
        (f"]C101{GTIN}", "", "gs1-128"),
        (f"]e001{GTIN}", "", "databar"),
        (GTIN, "databar", "databar"),
        (f"01{GTIN}", "", ""),
        (f"01{GTIN}", "gs1-datamatrix", "gs1-datamatrix"),
        (f"(01){GTIN}", "GS1 QR Code", "gs1-qr"),
        (f"{GS}01{GTIN}", "", ""),
        (f"01{GTIN}10L-7", "", ""),  # a reader that says nothing, and a label that needs no FNC1
        (f"01{GTIN}10L7{GS}21S9", "datamatrix", ""),  # a reader that does not tell GS1's kinds from others
        (f"(01){GTIN}", "", ""),
        (f"]Q1https://id.gs1.org/01/{GTIN}", "", "qr"),
        (f"https://shop.example/x/01/{GTIN}?lang=fr", "", ""),
        (f"https://shop.example/gtin/{MILK}", "", ""),
    ],
)
def test_one_product_whichever_way_it_comes(data: str | bytes, told: str, symbology: str) -> None:
    got = code(data, told)
    assert (got.kind, got.gtin, got.keys, got.symbology) == ("product", GTIN, (GTIN,), symbology)


@pytest.mark.parametrize(
    ("data", "told", "gtin", "symbology"),
    [
        ("036000291452", "", "00036000291452", "upca"),
        ("0036000291452", "UPC-A", "00036000291452", "upca"),
        ("96385074", "", "00000096385074", "ean8"),
        ("]E496385074", "", "00000096385074", "ean8"),
        ("04252614", "", "00042100005264", "upce"),
        ("04252614", "upce", "00042100005264", "upce"),
        ("425261", "upce", "00042100005264", "upce"),
        ("4252614", "upce", "00042100005264", "upce"),
        ("036000291452", "]E0", "00036000291452", "ean13"),
    ],
)
def test_short_numbers(data: str, told: str, gtin: str, symbology: str) -> None:
    got = code(data, told)
    assert (got.kind, got.gtin, got.symbology) == ("product", gtin, symbology)


def test_eight_digits_that_are_an_ean8_and_a_upce_are_looked_up_as_both() -> None:
    as_ean8, as_upce = "00000005096893", code("05096893", "upce").gtin
    assert code("05096893").keys == (as_ean8, as_upce)
    assert code("05096893", country="us").keys == (as_upce, as_ean8)
    assert code("05096893", "ean8").keys == (as_ean8,)


def test_everything_a_label_says() -> None:
    got = code(f"]d201{GTIN}3103001750392201299{GS}17270200{GS}10L-7{GS}21S/9")
    assert got.kind == "priced"
    assert (got.lot, got.expiry, got.serial) == ("L-7", date(2027, 2, 28), "S/9")
    assert (got.weight_g, got.price_minor) == (1750, 1299)
    assert got.elements["3103"] == "001750"


@pytest.mark.parametrize(
    ("text", "weight_g"),
    [("3100000002", 2000), ("3103000002", 2), ("3105000250", 3), ("3201000022", 998), ("3103000000", 0)],
)
def test_weights_of_element_strings(text: str, weight_g: int) -> None:
    got = code(f"]e001{GTIN}{text}")
    assert got.weight_g == weight_g
    assert got.kind == ("weighed" if weight_g else "product")


@pytest.mark.parametrize(
    ("text", "digits", "price_minor"),
    [("3922299", 2, 299), ("3920299", 2, 29900), ("3923299", 2, 30), ("392212", 0, 0), ("39231299", 3, 1299)],
)
def test_prices_have_the_digits_of_the_currency(text: str, digits: int, price_minor: int) -> None:
    assert code(f"]e001{GTIN}{text}", money_digits=digits).price_minor == price_minor


@pytest.mark.parametrize(
    ("digits", "year", "day"),
    [
        ("261231", 2026, date(2026, 12, 31)),
        ("990101", 2026, date(1999, 1, 1)),
        ("760101", 2026, date(2076, 1, 1)),
        ("770101", 2026, date(1977, 1, 1)),
        ("000229", 2026, date(2000, 2, 29)),
        ("240200", 2026, date(2024, 2, 29)),
        ("261200", 2026, date(2026, 12, 31)),
        ("010615", 2060, date(2101, 6, 15)),
    ],
)
def test_two_digits_of_a_year_are_the_nearest_ones(digits: str, year: int, day: date) -> None:
    got = parse_scan(f"]d201{GTIN}17{digits}", year=year)
    assert isinstance(got, Code)
    assert got.expiry == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17270131", date(2027, 1, 31)),
        ("16270130", date(2027, 1, 30)),
        ("1627013017270131", date(2027, 1, 31)),
        ("70032701311200", date(2027, 1, 31)),
        ("15270131", None),
    ],
)
def test_the_last_day_on_which_a_thing_may_be_sold(text: str, day: date | None) -> None:
    assert code(f"]d201{GTIN}{text}").expiry == day


@pytest.mark.parametrize(
    ("data", "kind", "key"),
    [
        (f"01{GTIN}é", "unknown", f"01{GTIN}é"),
        (f"01{GTIN}-house", "unknown", f"01{GTIN}-house"),
        ("R/1-000042", "receipt", "1-000042"),
        ("]A0E/7", "employee", "7"),
        ("C/SPRING", "coupon", "SPRING"),
        ("O/2026-1", "order", "2026-1"),
        ("]Q1G/88", "gift_card", "88"),
        (f"981123456789{check_digit('981123456789')}", "coupon", f"0981123456789{check_digit('981123456789')}"),
        ("]C100106141412345678908", "logistic_unit", "106141412345678908"),
        ("]d2255541234500015012", "coupon", "541234500015012"),
        ("]e08110106141416543213150110000310123196000", "coupon", "106141416543213150110000310123196000"),
        ("4011", "unknown", "4011"),
        ("a-17", "unknown", "a-17"),
        ("]Q1hello, world", "unknown", "hello, world"),
        ("]C010LOT", "unknown", "10LOT"),
        ("]C110LOT", "unknown", None),
    ],
)
def test_an_invalid_product(data: str, kind: str, key: str | None) -> None:
    got = code(data)
    assert (got.kind, got.number or next(iter(got.keys), None)) == (kind, key)


def test_prefixes_are_the_shops_own_and_the_longest_wins() -> None:
    own: dict[Any, tuple[str, ...]] = {"employee": ("29",), "gift_card": ("2990",)}
    assert code("2990123", prefixes=own).kind == "gift_card"
    assert code("2991123", prefixes=own).kind == "employee"
    assert code("R/1", prefixes=own).kind == "unknown"


@pytest.mark.parametrize("sent", ["^", "{GS}", "\\x1d", "<F1>"])
def test_fnc1_is_whatever_the_scanner_sends(sent: str) -> None:
    text = f"{sent}01{GTIN}10L7{sent}21S9"
    got = code(text, fnc1=sent)
    assert (got.lot, got.serial, got.raw) == ("L7", "S9", text)
    assert code(f"]d201{GTIN}10L7{GS}21S9", fnc1=sent).serial == "S9"
    assert wrong(f"{sent}01{GTIN}10L7{sent}21S 9", fnc1=sent) == ("code_character", len(text) - 1)


@pytest.mark.parametrize(
    ("data", "what", "at"),
    [
        ("", "code_missing", 0),
        (" \r\n", "code_missing", 0),
        ("4006381333932", "code_check_digit", 12),
        (" 4006381333932", "code_check_digit", 13),
        ("]E04006381333932", "code_check_digit", 15),
        ("]E0400638133393", "code_half", 15),
        ("]E0400638133393X", "code_character", 15),
        ("]E040063813339310", "code_two", 16),
        ("]X", "code_symbology", 0),
        ("]~0123", "code_symbology", 0),
        (MILK + MILK, "code_two", 13),
        (MILK + "96385074", "code_two", 13),
        ("96385074" + MILK + "036000291452", "code_two", 8),
        (f"]E0{MILK}]E0{MILK}", "code_two", 16),
        ("40063\x0281333931", "code_character", 5),
        ("\x00\xff\x01", "code_character", 0),
        ("R/", "code_half", 2),
        (f"]d201{GTIN}17261399", "code_value", 21),
        (f"]d201{GTIN}1726123", "code_half", 26),
        (f"]d201{GTIN}10", "code_half", 21),
        (f"]d201{GTIN[:-1]}2", "code_value", 5),
        (f"]d201{GTIN}1012345678901234567890X", "code_too_long", 41),
        (f"]d201{GTIN}89X", "code_ai", 19),
        (f"]d201{GTIN}01{GTIN[:-2]}24", "code_repeats", 19),
        (f"]d201{GTIN}37001", "code_excludes", 3),
        (f"01{GTIN}17261399", "code_value", 18),
        ("(01)4006381333931", "code_half", 17),
        ("(01", "code_half", 0),
        ("https://shop.example/hello", "code_link", 20),
        (f"https://shop.example/01/{GTIN}/21/a/10/b", "code_link", 21),
        (f"https://shop.example/01/{GTIN}?17=261399", "code_value", 42),
        (f"https://shop.example/01/{GTIN}/10/caf%C3%A9", "code_character", 45),
    ],
)
def test_what_is_wrong_and_where(data: str, what: str, at: int) -> None:
    assert wrong(data) == (what, at)


def test_a_scan_without_end_is_not_looked_at() -> None:
    assert wrong("1" * (SCAN_LIMIT + 1)) == ("code_too_long", SCAN_LIMIT)
    assert wrong(b"\xff" * 10_000_000) == ("code_too_long", SCAN_LIMIT)


def test_a_price_goes_without_its_weight_unless_the_shop_is_strict() -> None:
    assert code(f"]e001{GTIN}3922299").price_minor == 299
    assert wrong(f"]e001{GTIN}3922299", strict=True) == ("code_needs", 19)
    assert code(f"]e001{GTIN}31030003843922299", strict=True).weight_g == 384


def test_the_ean13_beside_a_composite_is_the_product() -> None:
    got = code(f"]E0{MILK}|]e010L7{GS}21S9")
    assert (got.gtin, got.lot, got.serial) == (GTIN, "L7", "S9")
    assert wrong(f"]E0{MILK}|]e00109521234543213")[0] == "code_repeats"
