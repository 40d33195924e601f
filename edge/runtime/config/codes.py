"""`[codes]`: the shop's own barcodes, and how the till uses their data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFault
from edge.lib.codes.gs1.elements import FNC1
from edge.lib.codes.ranges import Range, layout
from edge.lib.codes.rules import PREFIXES, CodeRules, make_rules
from edge.lib.units.money import exponent

Country = Literal[
    "none", "ca", "ca-wide", "de", "dk", "ee", "fi", "fr", "gb", "il", "lt", "lv", "no", "se", "us", "us-wide"
]
Prefixes = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=20)], ...],
    msgspec.Meta(description="a list of code prefixes, such as ['R/']"),
]


class OwnCodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[codes.prefixes]`: prefixes of barcodes that aren't products."""

    receipt: Prefixes = PREFIXES["receipt"]
    employee: Prefixes = PREFIXES["employee"]
    coupon: Prefixes = PREFIXES["coupon"]
    order: Prefixes = PREFIXES["order"]
    gift_card: Prefixes = PREFIXES["gift_card"]
    member: Prefixes = PREFIXES["member"]


class RangeEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[[codes.range]]`: see `edge.lib.codes.ranges.Range`."""

    pattern: str
    step: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[codes]`. `country`: the country whose rules apply to numbers that begin with 02 and 20 to 29."""

    country: Country = "none"
    fnc1: Annotated[str, msgspec.Meta(min_length=1, max_length=8)] = FNC1
    strict: bool = False
    expired: Literal["ask", "refuse"] = "ask"
    prefixes: OwnCodes = OwnCodes()
    range: tuple[RangeEntry, ...] = ()

    def rules(self, currency: str) -> CodeRules:
        """Return the code rules for a shop with this currency. Raises `ValueError` for an invalid range (see
        `faults`)."""
        return make_rules(
            country=None if self.country == "none" else self.country,
            own=tuple(Range(entry.pattern, entry.step) for entry in self.range),
            prefixes={kind: getattr(self.prefixes, kind) for kind in PREFIXES},
            fnc1=self.fnc1,
            money_digits=exponent(currency),
            strict=self.strict,
        )

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that the types can't express."""
        for number, entry in enumerate(self.range):
            try:
                layout(Range(entry.pattern, entry.step))
            except ValueError as error:
                yield ConfigFault(("codes", "range", number, "pattern"), f"{error}.", "An example is '28IIIIIWWWWWC'.")
        taken: dict[str, str] = {}
        for kind in PREFIXES:
            for prefix in getattr(self.prefixes, kind):
                if taken.setdefault(prefix, kind) != kind:
                    what = f"{prefix!r} is the prefix of both {taken[prefix]} and {kind}."
                    yield ConfigFault(("codes", "prefixes", kind), what, "Give each kind its own.")
