"""The coins and notes of a currency (denominations.toml)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec


class Denominations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in circulation of a currency, in minor units, and who says so. `halves`: where a sum goes that is right
    between two coins, by the usage of its country; a shop may say otherwise (`[store] cash_halves`)."""

    source: str
    coins: tuple[int, ...]
    notes: tuple[int, ...]
    halves: Literal["up", "down"] = "up"

    @property
    def values(self) -> tuple[int, ...]:
        """The largest first; a value that is a coin as well as a note stands once."""
        return tuple(sorted({*self.coins, *self.notes}, reverse=True))


def denominations(currency: str) -> Denominations | None:
    """The coins and notes of a currency (ISO 4217); None: it is not known here."""
    return _all().get(currency)


@cache
def _all() -> dict[str, Denominations]:
    text = files("edge.lib.units").joinpath("denominations.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, Denominations])
