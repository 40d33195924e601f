"""What a store decides about its customers."""

from __future__ import annotations

import msgspec

from edge.lib.regions.addresses import CANADA
from edge.lib.regions.countries import country_of

UNKNOWN = "ZZ"
"""The country of a time zone that is of none, as CLDR has it."""


class CustomerSettings(msgspec.Struct, frozen=True):
    """`country`: in which phones are read that have no country in front (ISO 3166; empty: that of the zone).
    `least_age`: the years that a customer must have whose birth date is known (0: any). `province`: the store's."""

    zone: str
    currency: str
    country: str = ""
    least_age: int = 0
    province: str = ""
    member_prefix: str = "M/"

    @property
    def region(self) -> str:
        """The country in which people here write their phones."""
        known = self.country or country_of(self.zone)
        return known if known.isalpha() and known != UNKNOWN else CANADA
