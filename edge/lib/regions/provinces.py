"""Canada's provinces and territories, from `canada.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec


class DatedRate(msgspec.Struct, frozen=True):
    """A tax in thousandths of a percent, and its effective date."""

    name: str
    rate: int
    since: date = msgspec.field(name="from")


class Province(msgspec.Struct, frozen=True):
    """A province or territory. `postal`: prefixes of its postal codes; `authority`: regulator of cannabis retail.
    `liquor`: taxes on liquor, if different."""

    names: dict[str, str]
    postal: tuple[str, ...]
    authority: str
    taxes: tuple[DatedRate, ...]
    liquor: tuple[DatedRate, ...] = ()

    def rates(self, day: date) -> dict[str, int]:
        """Taxes in effect on a day by name, in thousandths of a percent."""
        held = sorted((one for one in self.taxes if one.since <= day), key=lambda one: one.since)
        return {one.name: one.rate for one in held}


@cache
def provinces() -> dict[str, Province]:
    """Return all provinces and territories by their two letters."""
    text = files("edge.lib.regions").joinpath("canada.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Province])
