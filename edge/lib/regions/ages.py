"""The least age for goods that law keeps from the young, as `ages.toml` has it by place. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from edge.lib.regions.place import CANADA, Jurisdiction

Regulated = Literal["cannabis", "alcohol", "tobacco"]
"""What law keeps from the young, by kind."""
_UNKNOWN = "unknown"


class LeastAge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An `age` in years, and by which act (`source`)."""

    age: int
    source: str


def age_by_law(kind: Regulated, place: Jurisdiction) -> int:
    """The least age in years at a place; where none is known, the highest that there is."""
    known = _legal_age(kind, place)
    return ages()[_UNKNOWN][kind].age if known is None else known.age


def may_be_praised(kinds: Collection[Regulated], place: Jurisdiction) -> bool:
    """Whether what customers say of goods of these kinds may be shown to customers: a review of cannabis is a
    testimonial in Canada (Cannabis Act, S.C. 2018, c. 16, s. 17(1)(c)). A place that nobody said is as Canada."""
    return "cannabis" not in kinds or place.country not in ("", CANADA)


def is_age_known(kind: Regulated, place: Jurisdiction) -> bool:
    """Whether the law of a place is known for such goods."""
    return _legal_age(kind, place) is not None


def _legal_age(kind: Regulated, place: Jurisdiction) -> LeastAge | None:
    for key in (f"{place.country}-{place.province}", place.country):
        if place.country and (age := ages().get(key, {}).get(kind)) is not None:
            return age
    return None


@cache
def ages() -> dict[str, dict[Regulated, LeastAge]]:
    """All that is known, by place and kind."""
    text = files("edge.lib.regions").joinpath("ages.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, dict[Regulated, LeastAge]])
