"""Store data used by basket rules. Pure."""

from __future__ import annotations

from typing import Protocol

from edge.lib.tax.rules import TaxTable
from edge.lib.units.money import Coins


class SaleTerms(Protocol):
    """A store's taxes and money, as the rules of baskets need them. A till's settings implement it."""

    @property
    def tax(self) -> TaxTable:
        """Today's tax table."""

    @property
    def coins(self) -> Coins:
        """The coins of cash payments."""

    @property
    def takes_tips(self) -> bool:
        """Whether tips can be typed."""

    def tax_at(self, delivered_to: str, net_minor: int = 0) -> TaxTable:
        """The tax table for deliveries to a province or country, of goods worth `net_minor` without taxes.

        Raises `KeyError` if there is none.
        """
