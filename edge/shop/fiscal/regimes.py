"""Which tax laws this knows. Pure."""

from __future__ import annotations

from typing import Literal

Regime = Literal["il", "fr", "at", "de", "ca-on", "ca-qc"]
SIGNING: tuple[Regime, ...] = ("fr", "at")
"""Regimes that sign each paper as it is made."""
ALONE: tuple[Regime, ...] = ("fr", "at", "ca-qc")
"""Regimes of whose kind a store is under one at most: each says what stands on its papers."""
KEYED: tuple[Regime, ...] = ("fr", "at", "ca-qc")
"""Regimes under which a key of the box signs."""
KEEP_YEARS: dict[Regime, int] = {"il": 7, "fr": 6, "at": 7, "de": 10, "ca-on": 6, "ca-qc": 6}
"""How long behind the end of the tax year rows and files are kept; nothing here deletes them earlier."""
