"""Own barcodes with an embedded weight, price or count, by range. Pure.

Numbers beginning with 02 and 20 to 29 have a regional or local meaning (GS1 General Specifications, 2.1.11), defined by
the country or the chain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Final, Literal

import msgspec

from edge.lib.codes.gtin import check_digit, price_check_digit

Measure = Literal["weight", "price", "count"]
_MEASURES: Mapping[str, Measure] = {"W": "weight", "P": "price", "N": "count"}
_SHAPE = re.compile(r"[0-9]{1,8}(?:I+|V|W+|P+|N+|X+)+C")


class Range(msgspec.Struct, frozen=True):
    """A code format: "28IIIIIWWWWWC".

    Digits are literal; I is the item; W a weight, P a price, N a count; V their check digit (GS1 General
    Specifications, 7.9.3 and 7.9.4); X is ignored; C is the check digit. The format has 13 or 8 characters, or 12 for a
    UPC-A. `step`: grams or minor units per last digit of the measure.
    """

    pattern: str
    step: int = 1


class RangeLayout(msgspec.Struct, frozen=True):
    """A compiled range with the positions of its parts."""

    pattern: str
    step: int
    measures: Measure
    fixed: str
    item: slice
    value: slice
    verifier: int | None

    def zero_measure(self, digits: str) -> str:
        """Code of the item: zeros replace the measure and its check digit."""
        free = [digit if letter in "0123456789I" else "0" for letter, digit in zip(self.pattern, digits, strict=True)]
        base = "".join(free[:-1])
        return f"{base}{check_digit(base)}".zfill(14)


def layout(own: Range) -> RangeLayout:
    """Compile a range. Raises `ValueError`."""
    pattern = f"0{own.pattern}" if len(own.pattern) == 12 else own.pattern
    if len(pattern) not in (8, 13) or not _SHAPE.fullmatch(pattern):
        raise ValueError(f"{own.pattern!r} isn't 8, 12 or 13 characters: digits, then I, V, W, P, N and X, then C")
    runs = [(letter, len(list(same))) for letter, same in groupby(pattern.lstrip("0123456789"))]
    letters = [letter for letter, _ in runs]
    measured = [letter for letter in letters if letter in _MEASURES]
    if len(set(letters)) < len(letters) or "I" not in letters or len(measured) != 1:
        raise ValueError(f"{own.pattern!r} needs one run of I, one of W, P or N, and no letter in two places")
    value = slice(pattern.index(measured[0]), pattern.rindex(measured[0]) + 1)
    if "V" in letters and value.stop - value.start not in (4, 5):
        raise ValueError(f"{own.pattern!r} has a check digit V, which only 4 or 5 digits have")
    return RangeLayout(
        pattern=pattern,
        step=own.step,
        measures=_MEASURES[measured[0]],
        fixed=pattern[: len(pattern) - len(pattern.lstrip("0123456789"))],
        item=slice(pattern.index("I"), pattern.rindex("I") + 1),
        value=value,
        verifier=pattern.index("V") if "V" in letters else None,
    )


def by_prefix(ranges: Iterable[Range]) -> dict[str, tuple[RangeLayout, ...]]:
    """Compile ranges, grouped by first digit and length. The first match is used."""
    found: dict[str, tuple[RangeLayout, ...]] = {}
    for ready in map(layout, ranges):
        key = f"{ready.fixed[0]}{len(ready.pattern)}"
        found[key] = (*found.get(key, ()), ready)
    return found


def is_verified(ready: RangeLayout, digits: str) -> bool:
    """Whether the measure's own check digit, if any, is correct."""
    return ready.verifier is None or price_check_digit(digits[ready.value]) == int(digits[ready.verifier])


def _same(pattern: str, prefixes: str, step: int = 1) -> tuple[Range, ...]:
    return tuple(Range(f"{prefix}{pattern}", step) for prefix in prefixes.split())


# GS1 Sweden, "How do I create my variable weight numbers?": the second digit gives weight or price, and its decimals.
_SWEDEN = (
    *(Range("20IIIIIIPPPPC", 1), Range("21IIIIIIPPPPC", 10), Range("22IIIIIIPPPPC", 100)),
    *(Range("23IIIIIIWWWWC", 1), Range("24IIIIIIWWWWC", 10), Range("25IIIIIIWWWWC", 100)),
)
# GS1 Latvia, "Variable measure in Latvia"; GS1 Finland, "How to identify a product: GTIN": weights as in Sweden.
_BALTIC = _SWEDEN[3:]
# Where no national scheme is published and each chain decides: the default layout of tills and scales
# (Odoo, "Barcode nomenclatures", default rules: 21 weight with 3 decimals, 23 price with 2). A shop with another layout
# configures its own ranges.
_USUAL = (Range("21IIIIIWWWWWC"), Range("23IIIIIPPPPPC"))
# Uniform Code Council, "UPC Symbol Specification" and guideline 11, random-weight items (number system 2): item,
# price check digit, price up to 99.99. Canada uses the same number system.
_TYPE_2 = (Range("2IIIIIVPPPPC"),)
# The same without a price check digit, for prices up to 999.99: an option of scales in both countries (Kilotech,
# "LE.3k Label and Barcode Guide", format 1), and the choice for scales that print any digit in its place (RetailEdge,
# "Random Weight (Type 2 UPC) Items").
_TYPE_2_WIDE = (Range("2IIIIIPPPPPC"),)

COUNTRIES: Final[Mapping[str, tuple[Range, ...]]] = {
    "ca": _TYPE_2,
    "ca-wide": _TYPE_2_WIDE,
    # GS1 Germany, "Globale Artikelnummer (GTIN) in der Anwendung": in-store 2x, with a check digit for the measure.
    "de": (*_same("IIIIVPPPPPC", "22 23"), *_same("IIIIVNNNNNC", "25 26"), *_same("IIIIVWWWWWC", "28 29")),
    # GS1 Denmark, "GTIN-13 pris" and "GTIN-13 vaegt".
    "dk": (
        *_same("IIIIPPPPPPC", "21 22 23 24"),
        *(Range("26IIIIWWWWWWC"), Range("27IIIIIWWWWWC"), Range("28IIIIWWWWWWC")),
    ),
    "ee": _BALTIC,
    "fi": _BALTIC,
    "fr": _USUAL,
    # GS1 UK, "How to barcode variable measure items".
    "gb": (Range("20IIIIIVPPPPC"),),
    "il": _USUAL,
    "lt": _BALTIC,
    "lv": _BALTIC,
    # GS1 Norway publishes no scheme, and products sold there follow the Swedish one.
    "no": _SWEDEN,
    "se": _SWEDEN,
    "us": _TYPE_2,
    "us-wide": _TYPE_2_WIDE,
}
