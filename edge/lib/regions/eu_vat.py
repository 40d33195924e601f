"""VAT on distance sales to consumers in other member states of the European Union, from `eu_vat.toml`.

Directive 2006/112/EC, art. 33 and 59c: the store's own rates apply until its sales to other member states exceed 10,000
EUR in this or the last calendar year, not counting VAT. After that, the rates of the state of delivery apply. A store
that registered for the One Stop Shop (OSS) may use them from the first sale.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from edge.lib.regions.taxes import DatedTable
from edge.lib.tax.rules import Rate, TaxClass, TaxTable

EUROS_MOST = 10_000
"""Yearly sales abroad up to which the store's own rates apply (art. 59c)."""
STANDARD = "standard"
_VAT = "VAT"


class StandardRate(msgspec.Struct, frozen=True):
    """A rate in thousandths of a percent, and its effective date."""

    rate: int
    since: date = msgspec.field(name="from")


class MemberState(msgspec.Struct, frozen=True):
    """A member state: its standard rates by date, and prefixes of postal codes `outside` them."""

    names: dict[str, str]
    standard: tuple[StandardRate, ...]
    outside: tuple[str, ...] = ()


@cache
def member_states() -> dict[str, MemberState]:
    """All member states by their two letters (ISO 3166)."""
    text = files("edge.lib.regions").joinpath("eu_vat.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, MemberState])


def is_abroad(home: str, country: str) -> bool:
    """Whether a delivery from one country to another crosses a border within the Union.

    >>> is_abroad("FR", "DE"), is_abroad("FR", "FR"), is_abroad("FR", "CH"), is_abroad("CA", "DE")
    (True, False, False, False)
    """
    return home != country and home in member_states() and country in member_states()


def is_outside(country: str, postal_code: str) -> bool:
    """Whether a postal code, with or without the country's letters, is outside the country's VAT area.

    >>> is_outside("ES", "ES-35001"), is_outside("ES", "28001"), is_outside("PT", "PT 9500-211")
    (True, False, True)
    """
    code = "".join(letter for letter in postal_code.upper() if letter.isalnum()).removeprefix(country)
    return code.startswith(member_states()[country].outside)


def abroad_tables(country: str, home: TaxTable, own: Mapping[str, int]) -> tuple[DatedTable, ...]:
    """Return the tax tables of the delivery country, for the classes of the store's `home` table. A class has the rate
    that the store entered for it there (`own`), otherwise the standard one. Rows on receipts name the country. Raises
    `KeyError`."""
    name = f"{_name_of(home)} {country}"
    return tuple(
        DatedTable(
            one.since.isoformat(),
            msgspec.structs.replace(
                home,
                classes=tuple(TaxClass(each.id, _rates(name, own.get(each.id, one.rate))) for each in home.classes),
            ),
        )
        for one in member_states()[country].standard
    )


def unconfirmed_classes(home: TaxTable, own: Iterable[str]) -> tuple[str, ...]:
    """Return the classes for which the store entered no rate, so that another country's standard rate is used: all but
    `standard`. A reduced rate may apply to them there."""
    return tuple(one.id for one in home.classes if one.id != STANDARD and one.id not in set(own))


def _name_of(home: TaxTable) -> str:
    return next((rate.name for one in home.classes for rate in one.rates), _VAT)


def _rates(name: str, rate: int) -> tuple[Rate, ...]:
    return (Rate(name, rate),) if rate else ()
