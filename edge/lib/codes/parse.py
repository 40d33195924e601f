"""Parses scans. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import takewhile

import msgspec

from edge.lib.codes.code import SCAN_LIMIT, Code, Kind, ScanError, Unreadable
from edge.lib.codes.gs1.attributes import last_day, made_day, measures
from edge.lib.codes.gs1.elements import (
    FNC1,
    Element,
    begins_with_gtin,
    check_together,
    parse_bracketed,
    parse_unbracketed,
)
from edge.lib.codes.gs1.link import SCHEMES, read_link
from edge.lib.codes.gtin import GTIN_LENGTHS, check_digit, expand_upce, is_checked, second_of
from edge.lib.codes.ranges import RangeLayout, is_verified
from edge.lib.codes.rules import CodeRules, make_rules
from edge.lib.codes.symbology import Symbology, as_told, by_identifier

DEFAULT = make_rules()
"""Default rules: no ranges, and the usual prefixes."""

_ENDS = "\r\n"
_BLANK = " \t\r\n"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_COMPOSITE = "|]e0"
_TOLD_LENGTHS = {"ean13": (13, 12), "upca": (12, 13), "ean8": (8,), "upce": (8, 7, 6, 12, 13), "itf14": (14,)}
_GUESSED = {8: "ean8", 12: "upca", 13: "ean13"}
# GS1 prefixes that don't identify products (GS1 General Specifications, 1.4.2)
_PREFIXES: dict[str, Kind] = {
    "980": "receipt",
    **dict.fromkeys(("981", "982", "983", "984", *(f"99{digit}" for digit in range(10))), "coupon"),
}
_KEYS: dict[str, Kind] = {
    **{"01": "product", "8006": "product", "8110": "coupon", "8112": "coupon", "255": "coupon"},
    **{"00": "logistic_unit", "02": "logistic_unit"},
    **dict.fromkeys(("253", "414", "8003", "8004", "8010", "8013", "8017", "8018"), "unknown"),
}


def parse_scan(
    data: str | bytes, symbology: str = "", rules: CodeRules = DEFAULT, year: int = 2026
) -> Code | ScanError:
    """Parse a scan. Returns a `Code`, or an error with its position; never raises an exception.

    `data` is a scan without framing, optionally with an AIM identifier. `symbology` is the one reported by the scanner.
    `year` is the current one, because GS1 dates have two-digit years.
    """
    if len(data) > SCAN_LIMIT:
        return ScanError("code_too_long", SCAN_LIMIT)
    raw = data if isinstance(data, str) else _decode_text(data)
    text = raw if rules.fnc1 == FNC1 else raw.replace(rules.fnc1, FNC1)
    try:
        return _Scan(raw, text.rstrip(_ENDS if text[:1] == "]" else _BLANK), rules, year).read(symbology)
    except Unreadable as unreadable:
        wrong = unreadable.wrong
        return (
            wrong if text is raw else ScanError(wrong.what, _in_raw(raw, rules.fnc1, wrong.at), wrong.ai, wrong.other)
        )


def _decode_text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _in_raw(raw: str, fnc1: str, at: int) -> int:
    """Return the position in the raw scan of the `at`-th character, given the length of FNC1."""
    place = 0
    for _ in range(at):
        place += len(fnc1) if raw.startswith(fnc1, place) else 1
    return place


class _Scan(msgspec.Struct, frozen=True):
    """A scan being parsed, both raw and without the scanner's suffix."""

    _raw: str
    _text: str
    _rules: CodeRules
    _year: int

    def read(self, symbology: str) -> Code:
        text = self._text
        begin = len(text) - len(text.lstrip(_BLANK))
        if begin == len(text):
            raise Unreadable("code_missing", begin)
        if text[begin] == "]":
            kind = by_identifier(text[begin + 1 : begin + 3])
            if kind is None:
                raise Unreadable("code_symbology", begin, other=text[begin : begin + 3])
            return self._parse_identified(kind, begin + 3)
        told = as_told(symbology) if symbology else None
        if told is None or told.holds == "anything":
            # A scanner that reports the symbology, but not whether the data is GS1's, sends FNC1 as it is.
            return self._free(begin, None if FNC1 in text else told)
        return self._parse_identified(told, begin) if told.holds == "ean13+" else self._parse_declared(told, begin)

    def _parse_identified(self, kind: Symbology, begin: int) -> Code:
        """Parse data after an AIM identifier, strictly by ISO/IEC 15424."""
        if kind.holds == "elements":
            return self._elements(kind.name, parse_unbracketed(self._text, begin))
        if kind.holds == "anything":
            return self._free(begin, kind)
        length = 8 if kind.holds == "ean8" else 13
        self._only_digits(begin, begin + length)
        self._require_check_digit(begin, begin + length)
        rest = self._text[begin + length :]
        digits = self._text[begin : begin + length]
        if rest.startswith(_COMPOSITE):
            elements = parse_unbracketed(self._text, begin + length + len(_COMPOSITE))
            return self._elements(kind.name, [("01", digits.zfill(14), begin), *elements])
        if rest and not (kind.holds == "ean13+" and rest.isdigit() and len(rest) in (2, 5)):
            raise Unreadable("code_two", begin + length)
        return self._number(kind.name, digits)

    def _parse_declared(self, kind: Symbology, begin: int) -> Code:
        """Parse data whose symbology the scanner named."""
        text = self._text
        if kind.holds == "elements":
            if text[begin] == "(":
                return self._elements(kind.name, parse_bracketed(text, begin))
            if len(text) - begin == 14:  # a DataBar, as some scanners send it
                self._only_digits(begin, begin + 14)
                self._require_check_digit(begin, begin + 14)
                return self._number(kind.name, text[begin:])
            return self._elements(kind.name, parse_unbracketed(text, begin + (text[begin] == FNC1)))
        lengths = _TOLD_LENGTHS[kind.holds]
        self._only_digits(begin, len(text))
        if len(text) - begin not in lengths:
            raise Unreadable("code_two" if len(text) - begin > max(lengths) else "code_half", len(text))
        digits = text[begin:]
        if kind.holds == "upce" and len(digits) < 12:
            digits = expand_upce(f"0{digits}" if len(digits) == 7 else digits) or ""
            if not digits or not is_checked(digits):
                raise Unreadable("code_check_digit", len(text) - 1)
        else:
            self._require_check_digit(begin, len(text))
        return self._number(kind.name, digits)

    def _free(self, begin: int, kind: Symbology | None) -> Code:
        """Parse data of unknown content. Without a `kind`, digits may be an invalid GTIN."""
        body = self._text[begin:]
        name = kind.name if kind else ""
        for prefix, own in self._rules.prefixes:
            if body.startswith(prefix):
                if len(body) == len(prefix):
                    raise Unreadable("code_half", len(self._text))
                return Code(self._raw, name, own, number=body[len(prefix) :])
        if body.isdigit() and body.isascii():
            return self._digits(body, begin, kind)
        if body.startswith(SCHEMES):
            return self._elements(name, read_link(self._text, begin, self._rules.old_links))
        if body[:1] == "(" and body[1:2].isdigit():
            return self._elements(name, parse_bracketed(self._text, begin))
        if kind is None and FNC1 in body and (body[0] == FNC1 or body[0].isdigit()):
            return self._elements(name, parse_unbracketed(self._text, begin + (body[0] == FNC1)))
        if kind is None and begins_with_gtin(body):
            with suppress(Unreadable):  # it only looked like one
                return self._elements(name, parse_unbracketed(self._text, begin))
        if control := _CONTROL.search(body):
            raise Unreadable("code_character", begin + control.start())
        return Code(self._raw, name, "unknown", keys=(body,))

    def _digits(self, body: str, begin: int, kind: Symbology | None) -> Code:
        length = len(body)
        name = kind.name if kind else _GUESSED.get(length, "")
        if length == 8 and (upce := expand_upce(body)) and is_checked(upce):
            return self._ean8_or_upce(name, body, upce)
        if length in GTIN_LENGTHS and is_checked(body):
            return self._number(name, body)
        if kind is None:
            if length in GTIN_LENGTHS:
                self._require_check_digit(begin, begin + length)
            if begins_with_gtin(body):
                return self._elements("", parse_unbracketed(self._text, begin))
            if length == 20 and body.startswith("00") and is_checked(body):
                return self._elements("", parse_unbracketed(self._text, begin))
            if second := second_of(body):
                raise Unreadable("code_two", begin + second)
        return Code(self._raw, kind.name if kind else "", "unknown", keys=(body,))

    def _ean8_or_upce(self, name: str, ean8: str, upce: str) -> Code:
        """Parse eight digits that are a UPC-E and possibly also an EAN-8; the catalogue decides between them."""
        if not is_checked(ean8):
            return self._number("upce" if name == "ean8" else name, upce)
        ways = (upce, ean8) if self._rules.upce_first else (ean8, upce)
        code = self._number("upce" if self._rules.upce_first and name == "ean8" else name, ways[0])
        return msgspec.structs.replace(code, keys=(*code.keys, ways[1].zfill(14)))

    def _number(self, symbology: str, digits: str) -> Code:
        """Build a code from a valid GTIN: a product, or an item of an own range."""
        gtin = digits.zfill(14)
        short = digits if len(digits) == 8 else gtin[1:] if gtin[0] == "0" else gtin
        for ready in self._rules.ranges.get(f"{short[0]}{len(short)}", ()):
            if short.startswith(ready.fixed):
                return self._variable_measure(symbology, short, ready)
        kind = _PREFIXES.get(short[:3], "product") if len(short) == 13 else "product"
        return Code(self._raw, symbology, kind, gtin, (gtin,))

    def _variable_measure(self, symbology: str, digits: str, ready: RangeLayout) -> Code:
        if not is_verified(ready, digits):
            at = self._text.find(digits[1:] if digits[0] == "0" else digits)
            raise Unreadable("code_price_check", max(0, at) + ready.value.start)
        gtin, item = ready.zero_measure(digits), digits[ready.item]
        keys = tuple(dict.fromkeys((gtin, ready.fixed + item, item, item.lstrip("0") or "0")))
        measure = int(digits[ready.value]) * ready.step
        if not measure:
            return Code(self._raw, symbology, "product", gtin, keys)
        if ready.measures == "weight":
            return Code(self._raw, symbology, "weighed", gtin, keys, weight_g=measure)
        if ready.measures == "price":
            return Code(self._raw, symbology, "priced", gtin, keys, price_minor=measure)
        return Code(self._raw, symbology, "product", gtin, keys, count=measure)

    def _elements(self, symbology: str, elements: list[Element]) -> Code:
        """Build a code from element strings."""
        values = check_together(elements, self._rules.strict)
        key = "01" if "01" in values else next((ai for ai in _KEYS if ai in values), "")
        kind = _KEYS.get(key, "unknown")
        gtin = values[key][:14] if kind == "product" else None
        weight_g, price_minor = measures(values, self._rules.money_digits)
        if kind == "product" and (price_minor or weight_g):
            kind = "priced" if price_minor else "weighed"
        return Code(
            self._raw,
            symbology,
            kind,
            gtin,
            (gtin,) if gtin else (),
            "" if gtin or not key else values[key],
            values,
            lot=values.get("10"),
            expiry=last_day(values, self._year),
            serial=values.get("21"),
            weight_g=weight_g,
            count=int(values["30"]) if "30" in values else None,
            price_minor=price_minor,
            packed=made_day(values, self._year),
        )

    def _only_digits(self, begin: int, end: int) -> None:
        digits = sum(1 for _ in takewhile("0123456789".__contains__, self._text[begin:end]))
        if begin + digits < min(end, len(self._text)):
            raise Unreadable("code_character", begin + digits)
        if begin + digits < end:
            raise Unreadable("code_half", begin + digits)

    def _require_check_digit(self, begin: int, end: int) -> None:
        digits = self._text[begin:end]
        if not is_checked(digits):
            raise Unreadable("code_check_digit", end - 1, other=str(check_digit(digits[:-1])))
