"""A parsed barcode, or its error. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

SCAN_LIMIT = 4096
"""Longest scan in characters. Longer ones are refused without parsing (the largest QR code has 4,296 letters)."""
ELEMENTS_LIMIT = 64
"""Most element strings in a code, as in GS1's own engine."""

Kind = Literal[
    "product",
    "weighed",
    "priced",
    "coupon",
    "receipt",
    "employee",
    "order",
    "gift_card",
    "member",
    "logistic_unit",
    "unknown",
]
WrongKind = Literal[
    "code_missing",
    "code_too_long",
    "code_character",
    "code_half",
    "code_check_digit",
    "code_price_check",
    "code_two",
    "code_symbology",
    "code_ai",
    "code_value",
    "code_excludes",
    "code_needs",
    "code_repeats",
    "code_link",
]


class Code(msgspec.Struct, frozen=True, gc=False):
    """A parsed barcode.

    `symbology` if known, otherwise "". `gtin` has 14 digits; for a weighed or priced product of an own range, zeros
    replace its measure. `keys` are catalogue lookups, best first; `number` is for codes other than products (receipt,
    card, pallet), which aren't in the catalogue. `elements` are GS1 element strings by application identifier.
    `price_minor` is the price of this item, as printed on it.
    """

    raw: str
    symbology: str
    kind: Kind
    gtin: str | None = None
    keys: tuple[str, ...] = ()
    number: str = ""
    elements: dict[str, str] = {}
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None
    weight_g: int | None = None
    count: int | None = None
    price_minor: int | None = None
    packed: date | None = None


class ScanError(msgspec.Struct, frozen=True, gc=False):
    """The reason why a barcode is invalid. `what` names a sentence in `edge/lib/i18n`; `at` is the position in the raw
    scan, from 0.

    `ai` is the application identifier concerned; `other` is the missing, excluded or expected value.
    """

    what: WrongKind
    at: int
    ai: str = ""
    other: str = ""


class Unreadable(Exception):
    """Raised when parsing fails; `parse_scan` returns it as a value."""

    def __init__(self, what: WrongKind, at: int, ai: str = "", other: str = "") -> None:
        super().__init__(what, at)
        self.wrong = ScanError(what, at, ai, other)
