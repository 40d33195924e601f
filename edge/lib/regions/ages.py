"""Minimum age for restricted goods, from `ages.toml` by place. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from edge.lib.regions.place import CANADA, Jurisdiction

Regulated = Literal["cannabis", "alcohol", "tobacco"]
"""Kinds of goods with a legal minimum age."""
_UNKNOWN = "unknown"


class LeastAge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `age` in years, and its legal `source`."""

    age: int
    source: str


def age_by_law(kind: Regulated, place: Jurisdiction) -> int:
    """Return the legal minimum age at a place; the highest known one if the place's is unknown."""
    known = _legal_age(kind, place)
    return ages()[_UNKNOWN][kind].age if known is None else known.age


def may_be_praised(kinds: Collection[Regulated], place: Jurisdiction) -> bool:
    """Whether reviews of these products may be shown to customers. A cannabis review is a testimonial in Canada
    (Cannabis Act, S.C. 2018, c. 16, s. 17(1)(c)). An unset place is treated as Canada."""
    return "cannabis" not in kinds or place.country not in ("", CANADA)


def is_age_known(kind: Regulated, place: Jurisdiction) -> bool:
    """Whether the place's minimum age for this kind of goods is known."""
    return _legal_age(kind, place) is not None


def _legal_age(kind: Regulated, place: Jurisdiction) -> LeastAge | None:
    for key in (f"{place.country}-{place.province}", place.country):
        if place.country and (age := ages().get(key, {}).get(kind)) is not None:
            return age
    return None


@cache
def ages() -> dict[str, dict[Regulated, LeastAge]]:
    """All known ages, by place and kind."""
    text = files("edge.lib.regions").joinpath("ages.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, dict[Regulated, LeastAge]])
