"""Whatever a scanner sends, it is read or refused: never an exception, never more memory than its limit."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.lib.codes.code import SCAN_LIMIT, Code, ScanError, Unreadable
from edge.lib.codes.gs1.dictionary import dictionary
from edge.lib.codes.gs1.elements import check_together, loosely, parse_bracketed, parse_unbracketed
from edge.lib.codes.gs1.link import read_link, unescape
from edge.lib.codes.parse import parse_scan
from edge.lib.codes.rules import make_rules
from edge.lib.codes.symbology import BY_NAME, by_identifier, by_name

RULES = (make_rules(), make_rules("us", fnc1="{GS}", strict=True), make_rules("se", fnc1="^"))
TOLD = ["", "?", "]", "]C1", "]E0", "]E3", "]E4", "]e0", "]Q1", "]Q3", "]d1", "]I1", "]F0", *BY_NAME]
GTIN = "04006381333931"
# Text that gets further in than noise does
PIECES = st.sampled_from(
    (
        *("]C1", "]d2", "]Q3", "]E0", "]E4", "]e0", "|]e0", "\x1d", "^", "{GS}", "(", ")", "\\", "01", GTIN, GTIN[1:]),
        *("10", "17", "261200", "3103", "3922", "8030", "8110", "255", "https://a/", "/", "?", "&", "=", "%2", "%00"),
        *("#", "R/", "2112345", "96385074", "\x00", "é", "９", " ", "\r\n", "-", "=="),
    )
)
ALMOST = st.lists(st.one_of(PIECES, st.sampled_from(sorted(dictionary().entries)), st.text(max_size=4)), max_size=12)
PEAK_BYTES = 4 * 1024 * 1024


def check(data: str | bytes, told: str, rules: int) -> None:
    got = parse_scan(data, told, RULES[rules], 2026)
    if isinstance(got, ScanError):
        assert 0 <= got.at <= len(data)
    else:
        assert isinstance(got, Code)
        assert got.gtin is None or (len(got.gtin) == 14 and got.gtin.isdigit())
        assert got.kind != "product" or got.gtin
        assert (got.kind == "weighed") <= bool(got.weight_g)
        assert (got.kind == "priced") <= bool(got.price_minor)


@given(st.binary(max_size=200), st.sampled_from(TOLD), st.integers(0, 2))
@example(b"\xff", "", 0)
@example(b"]", "ean13", 1)
@settings(max_examples=400)
def test_noise(data: bytes, told: str, rules: int) -> None:
    check(data, told, rules)


@given(ALMOST.map("".join), st.sampled_from(TOLD), st.integers(0, 2))
@settings(max_examples=800)
def test_almost_codes(data: str, told: str, rules: int) -> None:
    check(data, told, rules)


@given(st.text("0123456789", max_size=60), st.sampled_from(TOLD), st.integers(0, 2))
@settings(max_examples=400)
def test_digits(data: str, told: str, rules: int) -> None:
    check(data, told, rules)


@pytest.mark.parametrize("reading", [parse_unbracketed, parse_bracketed, read_link])
@given(data=ALMOST.map("".join))
@settings(max_examples=300)
def test_the_parsers_alone(reading: Callable[[str], list[tuple[str, str, int]]], data: str) -> None:
    try:
        check_together(reading(data), strict=True)
    except Unreadable as unreadable:
        assert 0 <= unreadable.wrong.at <= len(data)


@given(st.text(max_size=80))
def test_what_has_no_rules(text: str) -> None:
    loosely(text)
    unescape(text, True)
    by_identifier(text[:2])
    by_name(text)


@pytest.mark.parametrize(
    "flood",
    [
        *(b"1" * 50_000_000, b"\x1d" * SCAN_LIMIT, b"]C1" + b"10A\x1d" * 1_023, b"01" + b"04006381333931" * 290),
        *(b"(" * SCAN_LIMIT, b"(10)" * 1_000, b"(99)" + b"\\(" * 2_040, b"https://a" + b"/01" * 1_360),
        *(b"https://a/01/" + b"%41" * 1_360, b"https://a/01/" + GTIN.encode() + b"?" + b"&" * 4_000),
        *(b"4006381333931" * 315, b"96385074" * 512, b"0" * SCAN_LIMIT, "é".encode() * 2_000),
    ],
    ids=lambda flood: f"{flood[:12]!r} {len(flood)}",
)
def test_a_flood_stays_small(flood: bytes) -> None:
    for rules in RULES:
        parse_scan(flood, "", rules)
    tracemalloc.start()
    try:
        for rules in RULES:
            parse_scan(flood, "", rules)
        assert tracemalloc.get_traced_memory()[1] < PEAK_BYTES
    finally:
        tracemalloc.stop()
