"""What a store decides about its customers."""

from __future__ import annotations

import msgspec

from edge.lib.regions.countries import country_of


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
        return self.country or country_of(self.zone) or "CA"
