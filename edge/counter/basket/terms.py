"""What the rules of a basket ask of a store. Pure."""

from __future__ import annotations

from typing import Protocol

from edge.lib.tax.rules import TaxTable
from edge.lib.units.money import Coins


class SaleTerms(Protocol):
    """How a store taxes what it sells, and in which money it is paid: a till's settings are such."""

    @property
    def tax(self) -> TaxTable:
        """The table of today."""

    @property
    def coins(self) -> Coins:
        """What cash comes in."""

    @property
    def takes_tips(self) -> bool:
        """Whether anybody may type a tip."""

    def tax_at(self, delivered_to: str) -> TaxTable:
        """The table for what is delivered to a province. `KeyError`: there is none."""
