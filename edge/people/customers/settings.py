"""Customer settings of a store."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.lib.regions.addresses import CANADA
from edge.lib.regions.countries import country_of
from edge.lib.regions.minors import parents_age
from edge.lib.regions.place import Jurisdiction

UNKNOWN = "ZZ"
"""CLDR's code for a time zone that doesn't belong to a country."""


class CustomerSettings(msgspec.Struct, frozen=True):
    """Customer settings.

    `country`: the country of phones without a country code (ISO 3166; "": the time zone's). `least_age`: minimum age if
    the birth date is known (0: none). `province`: the store's. `parents_age`: below this age, only a parent can consent
    (0: none).
    """

    zone: str
    currency: str
    country: str = ""
    least_age: int = 0
    province: str = ""
    member_prefix: str = "M/"
    parents_age: int = 0

    @property
    def region(self) -> str:
        """The country whose format local phone numbers have."""
        known = self.country or country_of(self.zone)
        return known if known.isalpha() and known != UNKNOWN else CANADA


class CustomersSection(Section, frozen=True, kw_only=True):
    """Section `[customers]` of config.toml.

    `country`: the country of phones without a country code. `least_age`: the minimum age of customers with a known
    birth date.
    """

    country: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([A-Z]{2})?$(?!\n)", description="two capital letters (ISO 3166), such as 'CA', or nothing"
        ),
    ] = ""
    least_age: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0


SECTION = ("customers", CustomersSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> CustomerSettings:
    """Settings from config.toml."""
    store, said, prefixes = file.store, file.of(CustomersSection), file.said_of("codes.prefixes").member
    return CustomerSettings(
        *(store.zone, store.currency, said.country or store.country, said.least_age, store.province),
        member_prefix=prefixes[0] if prefixes else "",
        parents_age=parents_age(Jurisdiction(store.country, store.province)),
    )
