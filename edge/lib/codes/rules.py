"""The shop's code settings, compiled. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.lib.codes.code import Kind
from edge.lib.codes.gs1.elements import FNC1
from edge.lib.codes.ranges import COUNTRIES, Range, RangeLayout, by_prefix

PREFIXES: Mapping[Kind, tuple[str, ...]] = {
    "receipt": ("R/", "RG/"),
    "employee": ("E/",),
    "coupon": ("C/",),
    "order": ("O/",),
    "gift_card": ("G/",),
    "member": ("M/",),
}
"""Prefixes of a shop's own codes that aren't products. Code 39 and Code 128 can encode them."""


class CodeRules(msgspec.Struct, frozen=True):
    """Settings for parsing codes.

    `fnc1`: the scanner's replacement for FNC1 (the GS character is always accepted). `ranges`: see `ranges.by_prefix`.
    `prefixes`: prefixes of own codes, longest first. `money_digits`: decimals of the shop's currency. `strict`: require
    GS1's companion elements. `old_links`: accept Digital Links before version 1.2. `upce_first`: prefer UPC-E when 8
    digits could be either.
    """

    fnc1: str = FNC1
    ranges: dict[str, tuple[RangeLayout, ...]] = {}
    prefixes: tuple[tuple[str, Kind], ...] = ()
    money_digits: int = 2
    strict: bool = False
    old_links: bool = False
    upce_first: bool = False


def make_rules(
    country: str | None = None,
    own: tuple[Range, ...] = (),
    prefixes: Mapping[Kind, tuple[str, ...]] = PREFIXES,
    fnc1: str = FNC1,
    money_digits: int = 2,
    strict: bool = False,
) -> CodeRules:
    """Compile rules from settings; own ranges precede the country's. Raises `ValueError` naming an invalid range."""
    ordered = sorted(
        ((prefix, kind) for kind, several in prefixes.items() for prefix in several),
        key=lambda pair: len(pair[0]),
        reverse=True,
    )
    return CodeRules(
        fnc1=fnc1,
        ranges=by_prefix((*own, *(COUNTRIES[country] if country else ()))),
        prefixes=tuple(ordered),
        money_digits=money_digits,
        strict=strict,
        old_links=True,
        upce_first=country is not None and country[:2] in ("us", "ca"),
    )
