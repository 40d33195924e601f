"""Canada's provinces and territories, as `canada.toml` has them."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec


class DatedRate(msgspec.Struct, frozen=True):
    """A tax in thousandths of a percent, and the day from which it holds."""

    name: str
    rate: int
    since: date = msgspec.field(name="from")


class Province(msgspec.Struct, frozen=True):
    """A province or territory. `postal`: how the postal codes there begin; `authority`: who licenses the retail sale of
    cannabis. `liquor`: the taxes of liquor, where it has its own."""

    names: dict[str, str]
    postal: tuple[str, ...]
    authority: str
    taxes: tuple[DatedRate, ...]
    liquor: tuple[DatedRate, ...] = ()

    def rates(self, day: date) -> dict[str, int]:
        """The taxes of a day by name, in thousandths of a percent: of each the newest that holds by then."""
        held = sorted((one for one in self.taxes if one.since <= day), key=lambda one: one.since)
        return {one.name: one.rate for one in held}


@cache
def provinces() -> dict[str, Province]:
    """All of them by their two letters."""
    text = files("edge.lib.regions").joinpath("canada.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Province])
