"""Supported fiscal laws. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

Regime = Literal["il", "fr", "at", "de", "ca-on", "ca-qc"]
SIGNING: tuple[Regime, ...] = ("fr", "at", "ca-qc")
"""Regimes that sign each paper when it's made. At most one applies to a store."""
CLOSING: tuple[Regime, ...] = ("fr",)
"""Regimes that require closing each day, month and year."""
KEEP_YEARS: dict[Regime, int] = {"il": 7, "fr": 6, "at": 7, "de": 10, "ca-on": 6, "ca-qc": 6}
"""Legal retention of rows and files after the tax year's end, in years; none are deleted earlier."""


class LawCheck(msgspec.Struct, frozen=True):
    """The result of checking a law: the days checked, and the first fault with its place ("": none)."""

    regime: Regime
    since: str
    until: str
    records: int
    fault: str = ""
