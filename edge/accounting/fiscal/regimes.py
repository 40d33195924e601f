"""Which tax laws this knows. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

Regime = Literal["il", "fr", "at", "de", "ca-on", "ca-qc"]
SIGNING: tuple[Regime, ...] = ("fr", "at", "ca-qc")
"""Regimes that sign each paper as it is made: a store is under one of them at most."""
CLOSING: tuple[Regime, ...] = ("fr",)
"""Regimes that want each day, month and year closed."""
KEEP_YEARS: dict[Regime, int] = {"il": 7, "fr": 6, "at": 7, "de": 10, "ca-on": 6, "ca-qc": 6}
"""How long behind the end of the tax year rows and files are kept; nothing here deletes them earlier."""


class LawCheck(msgspec.Struct, frozen=True):
    """What was looked at of a law: the days, and the first that is wrong with its place ("": nothing)."""

    regime: Regime
    since: str
    until: str
    records: int
    fault: str = ""
