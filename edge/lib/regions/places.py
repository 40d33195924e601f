"""Location data for set-up: countries with currencies, time zones, and known tax tables."""

from __future__ import annotations

import msgspec
from babel.core import Locale, get_global
from babel.numbers import get_territory_currencies

from edge.lib.regions.provinces import provinces
from edge.lib.regions.taxes import countries

CANADA = "CA"
USUAL = {"CA": "America/Toronto", "US": "America/New_York", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo"}
"""The time zone of most shops, for countries with several. Other countries use the first one in CLDR."""


class PlaceTaxes(msgspec.Struct, frozen=True):
    """A known tax table: `key` and `id` as in `[tax]`, such as province and ON."""

    key: str
    id: str
    name: str


class Country(msgspec.Struct, frozen=True):
    """`code` (ISO 3166), currency (ISO 4217), time zones (most likely first), and tax tables."""

    code: str
    name: str
    currency: str
    zones: tuple[str, ...]
    taxes: tuple[PlaceTaxes, ...]


def list_countries(language: str) -> list[Country]:
    """All countries with their own currency and time zone, named and sorted for `language`."""
    names = Locale(language).territories
    found = [made for code in get_global("territory_zones") if (made := _country(code, language, names.get(code, "")))]
    return sorted(found, key=lambda country: country.name.casefold())


def list_currencies(language: str) -> list[tuple[str, str]]:
    """Current legal tender: ISO 4217 code and name in `language`, sorted by code."""
    names = Locale(language).currencies
    money = get_global("territory_currencies").values()
    today = {code for used in money for code, _, end, is_tender in used if is_tender and end is None}
    return sorted((code, names.get(code, code)) for code in today)


def _country(code: str, language: str, name: str) -> Country | None:
    monies = get_territory_currencies(code) if len(code) == 2 and code.isalpha() and name else []
    if not monies:
        return None
    zones = sorted(get_global("territory_zones")[code], key=lambda zone: zone != USUAL.get(code))
    return Country(code, name, monies[0], tuple(zones), tuple(_taxes(code, language, name)))


def _taxes(code: str, language: str, name: str) -> list[PlaceTaxes]:
    if code == CANADA:
        made = [PlaceTaxes("province", id, one.names.get(language, id)) for id, one in provinces().items()]
        return sorted(made, key=lambda one: (one.id != "ON", one.name))
    return [PlaceTaxes("country", code, name)] if code in countries() else []
