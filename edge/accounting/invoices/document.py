"""Data of invoices, credit notes and debit notes, with limits. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.lib.tax.rules import Taxed, merge_taxes

NAME_CHARS = 200
ADDRESS_LINES_MOST = 6
LINE_CHARS = 80

Kind = Literal["invoice", "credit", "debit"]
BOUGHT = "bought"
"""The part of an exchange that contains the new goods."""
PaperPart = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{0,80}$(?!\n)")]
"""The part of an exchange whose goods were invoiced to different names: BOUGHT, or the receipt number of the returned
goods. Empty: the whole paper."""
DocumentNumber = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9./-]{0,39}$(?!\n)")]
Day = Annotated[str, msgspec.Meta(pattern=r"^[12]\d{3}-\d{2}-\d{2}$(?!\n)")]
Checked = Literal["", "ok", "unchecked"]
"""The result of checking a tax number; "": there is no number."""


class Buyer(msgspec.Struct, frozen=True):
    """A document's buyer, decrypted. `address`: lines. `checked`: the result of checking the tax number."""

    name: str
    address: tuple[str, ...] = ()
    tax_number: str = ""
    email: str = ""
    checked: Checked = ""


class Sums(msgspec.Struct, frozen=True):
    """A till paper's totals; negative for refunds."""

    currency: str
    net_minor: int
    total_minor: int
    rounding_minor: int
    taxes: tuple[Taxed, ...]
    taxes_included: bool

    @property
    def paid_minor(self) -> int:
        return self.total_minor + self.rounding_minor

    def negate(self) -> Sums:
        taxes = tuple(tax.reversed_row for tax in self.taxes)
        sums = (-self.net_minor, -self.total_minor, -self.rounding_minor)
        return Sums(self.currency, *sums, taxes, self.taxes_included)

    def plus(self, other: Sums) -> Sums:
        """The sum of both; taxes of zero are left out."""
        return Sums(
            self.currency,
            self.net_minor + other.net_minor,
            self.total_minor + other.total_minor,
            self.rounding_minor + other.rounding_minor,
            merge_taxes((*self.taxes, *other.taxes)),
            self.taxes_included,
        )


class IssuedInvoice(msgspec.Struct, frozen=True):
    """The result of issuing: the document, and the copy's number (0: just issued)."""

    number: str
    copy: int = 0
