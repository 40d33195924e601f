"""Taxes of a place: tables with effective dates, so that changes of law apply automatically.

Canada's classes: `standard` has all taxes of the province. `federal` has only the federal part (5 %), for goods that a
province exempts or rebates at the till, such as books and children's clothes. `liquor` is like `standard`, except in
provinces with separate taxes on it. `zero` and `exempt` have none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from edge.lib.regions.provinces import DatedRate, Province, provinces
from edge.lib.tax.rules import Rate, TaxClass, TaxTable

Rounding = Literal["line", "total"]
FEDERAL = DatedRate("GST", 5000, date(2008, 1, 1))
"""The federal rate in every province, also as part of the HST (Excise Tax Act, s. 165)."""


_FEDERAL = frozenset(("GST", "HST"))
_FRENCH = frozenset(("TVQ", "TVP", "TVD"))
"""QST, PST and RST in French, as a shop may name them in its own tax classes."""


class DatedTable(msgspec.Struct, frozen=True):
    """A tax table, and its first business date (ISO 8601)."""

    since: str
    table: TaxTable


class CountryTaxes(msgspec.Struct, frozen=True):
    """A country's rates by class, from `countries.toml`."""

    inclusive: bool
    classes: dict[str, tuple[DatedRate, ...]]


@cache
def countries() -> dict[str, CountryTaxes]:
    """Return the known countries, by their two letters (ISO 3166)."""
    text = files("edge.lib.regions").joinpath("countries.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, CountryTaxes])


def known_places() -> tuple[str, ...]:
    """Known places: Canadian provinces, and countries."""
    return (*provinces(), *countries())


def class_ids(place: str) -> tuple[str, ...]:
    """Tax classes of a place. Raises `KeyError`."""
    return tuple(_classes(place))


def is_inclusive(place: str) -> bool:
    """Whether displayed prices include tax at a place, by law or custom."""
    return countries()[place].inclusive if place in countries() else False


def tables(place: str, inclusive: bool, rounding: Rounding) -> tuple[DatedTable, ...]:
    """Tables of a place by effective date, oldest first. Raises `KeyError`."""
    return _tables(_classes(place), inclusive, rounding)


def _tables(
    classes: Mapping[str, tuple[DatedRate, ...]], inclusive: bool, rounding: Rounding
) -> tuple[DatedTable, ...]:
    days = sorted({one.since for rates in classes.values() for one in rates})
    return tuple(DatedTable(day.isoformat(), _table(classes, day, inclusive, rounding)) for day in days)


def delivered_tables(
    place: str, registered: Iterable[str], inclusive: bool, rounding: Rounding
) -> tuple[DatedTable, ...]:
    """Return the tables for deliveries from another Canadian province. They always have GST or HST of the destination
    (Excise Tax Act, Schedule IX), and its own tax (PST, RST, QST) only if the store is `registered` for it. Raises
    `KeyError`."""
    province = provinces()[place]
    if place not in registered:
        federal = tuple(one for one in province.taxes if one.name in _FEDERAL)
        province = msgspec.structs.replace(province, taxes=federal, liquor=())
    return _tables(_of_province(province), inclusive, rounding)


@cache
def provincial_taxes() -> frozenset[str]:
    """Return the names of taxes that Canadian provinces charge in addition to GST or HST. No other known place taxes
    the same goods more than once.

    >>> sorted(provincial_taxes())
    ['LCT', 'PST', 'QST', 'RST', 'TVD', 'TVP', 'TVQ']
    """
    known = frozenset(one.name for province in provinces().values() for one in (*province.taxes, *province.liquor))
    return (known - _FEDERAL) | _FRENCH


def table_on(dated: Iterable[DatedTable], business_date: str, before: TaxTable) -> TaxTable:
    """Return the table in effect on a business date; `before` for earlier dates."""
    found = before
    for one in dated:
        if one.since <= business_date:
            found = one.table
    return found


def _classes(place: str) -> Mapping[str, tuple[DatedRate, ...]]:
    if place in countries():
        return countries()[place].classes
    return _of_province(provinces()[place])


def _of_province(province: Province) -> Mapping[str, tuple[DatedRate, ...]]:
    liquor = province.liquor or province.taxes
    return {"standard": province.taxes, "federal": (FEDERAL,), "liquor": liquor, "zero": (), "exempt": ()}


def _table(classes: Mapping[str, tuple[DatedRate, ...]], day: date, inclusive: bool, rounding: Rounding) -> TaxTable:
    held = []
    for id, rates in classes.items():
        newest = {one.name: one.rate for one in sorted(rates, key=lambda one: one.since) if one.since <= day}
        held.append(TaxClass(id, tuple(Rate(name, rate) for name, rate in newest.items())))
    return TaxTable(inclusive, rounding, tuple(held))
