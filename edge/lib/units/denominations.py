"""Coins and notes of a currency (denominations.toml)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec


class Denominations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A currency's circulating coins and notes in minor units, with its source. `halves`: how the country rounds
    amounts halfway between two coins; a shop may override it (`[store] cash_halves`)."""

    source: str
    coins: tuple[int, ...]
    notes: tuple[int, ...]
    halves: Literal["up", "down"] = "up"

    @property
    def values(self) -> tuple[int, ...]:
        """Values, largest first, without duplicates."""
        return tuple(sorted({*self.coins, *self.notes}, reverse=True))


def denominations(currency: str) -> Denominations | None:
    """Coins and notes of a currency (ISO 4217), or None."""
    return _all().get(currency)


@cache
def _all() -> dict[str, Denominations]:
    text = files("edge.lib.units").joinpath("denominations.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, Denominations])
