"""Statutory work breaks, from `breaks.toml` by country. Pure."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class BreakRule(msgspec.Struct, frozen=True):
    """A legal minimum of `break_min` minutes of breaks in total, for more than `after_min` minutes of work."""

    after_min: int
    break_min: int


def break_needed_min(worked_min: int, country: str) -> int:
    """Return the break required for this working time, in minutes; 0 if none or unknown."""
    rules = (rule for rule in _breaks().get(country, ()) if worked_min > rule.after_min)
    return max((rule.break_min for rule in rules), default=0)


@cache
def _breaks() -> dict[str, tuple[BreakRule, ...]]:
    text = files("edge.lib.regions").joinpath("breaks.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, tuple[BreakRule, ...]])
