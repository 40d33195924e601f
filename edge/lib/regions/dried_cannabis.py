"""Dried cannabis equivalents, from `dried_cannabis.toml` by place. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from edge.lib.regions.place import Jurisdiction
from edge.lib.units.quantity import ONE

CannabisClass = Literal["dried", "fresh", "solids", "liquids", "beverages", "concentrates", "seeds"]
"""The classes of Schedule 3; `liquids` are its non-solids other than beverages."""
CONCENTRATE_PERMILLE = 30
"""Solids and liquids with more THC than this by weight are concentrates (Schedule 3, item 6)."""


class DriedTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thousandths of a gram per class (for seeds: of a seed) that equal one gram; with its legal `source`."""

    source: str
    dried: int
    fresh: int
    solids: int
    liquids: int
    beverages: int
    concentrates: int
    seeds: int


def dried_equivalent(kind: CannabisClass, amount: int, place: Jurisdiction) -> int | None:
    """Return the thousandths of a gram of dried cannabis equivalent to an amount in thousandths of a gram (for seeds:
    of a seed). The result is rounded up; None if the law is unknown.

    >>> dried_equivalent("beverages", 355_000, Jurisdiction("CA", "ON"))
    623
    """
    table = _table(place)
    return None if table is None else -(-amount * ONE // getattr(table, kind))


def _table(place: Jurisdiction) -> DriedTable | None:
    tables = _tables()
    return tables.get(f"{place.country}-{place.province}") or tables.get(place.country)


@cache
def _tables() -> Mapping[str, DriedTable]:
    text = files("edge.lib.regions").joinpath("dried_cannabis.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, DriedTable])
