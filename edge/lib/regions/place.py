"""Jurisdiction of a store or delivery, for law on tax, age and limits. Pure."""

from __future__ import annotations

import msgspec

from edge.lib.regions.eu_vat import is_abroad
from edge.lib.regions.provinces import provinces
from edge.lib.regions.taxes import countries

CANADA = "CA"
UNITED_STATES = "US"
_STATES = """
    AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA
    RI SC SD TN TX UT VT VA WA WV WI WY
"""
"""The states of the United States, and the District of Columbia (USPS Publication 28, appendix B)."""


class Jurisdiction(msgspec.Struct, frozen=True):
    """A `country` (ISO 3166; "": unset), and the Canadian `province` or US state if its law matters."""

    country: str = ""
    province: str = ""

    @property
    def tax_place(self) -> str:
        """Key for `taxes.tables`; "" if the place's taxes are unknown."""
        if self.country == CANADA:
            return self.province if self.province in provinces() else ""
        return self.country if self.country in countries() else ""

    @property
    def is_canadian(self) -> bool:
        return self.country == CANADA

    def within(self, province: str) -> Jurisdiction:
        """Return the place for another province of the same country, or another member state of the European Union; "":
        unchanged."""
        if is_abroad(self.country, province):
            return Jurisdiction(province)
        return msgspec.structs.replace(self, province=province) if province else self


def is_part(country: str, province: str) -> bool:
    """Whether the country has this province or state. True only for countries whose parts are known."""
    known = {CANADA: tuple(provinces()), UNITED_STATES: tuple(_STATES.split())}
    return province in known.get(country, ())
