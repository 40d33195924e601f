"""What is kept of an invoice, a credit note or a debit note: the shapes and their limits. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.lib.tax.rules import Taxed, merge_taxes

NAME_CHARS = 200
ADDRESS_LINES_MOST = 6
LINE_CHARS = 80

Kind = Literal["invoice", "credit", "debit"]
BOUGHT = "bought"
"""The part of an exchange that is its new goods."""
PaperPart = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{0,80}$(?!\n)")]
"""Of an exchange of goods that were not all invoiced to one name: BOUGHT, or the number of the receipt whose goods came
back; empty: all of a paper."""
DocumentNumber = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9./-]{0,39}$(?!\n)")]
Day = Annotated[str, msgspec.Meta(pattern=r"^[12]\d{3}-\d{2}-\d{2}$(?!\n)")]
Checked = Literal["", "ok", "unchecked"]
"""What is known of the tax number; "": there is none."""


class Buyer(msgspec.Struct, frozen=True):
    """Who a document is made out to, in the clear. `address` are lines. `checked`: of the tax number."""

    name: str
    address: tuple[str, ...] = ()
    tax_number: str = ""
    email: str = ""
    checked: Checked = ""


class Sums(msgspec.Struct, frozen=True):
    """What a paper of the till comes to, signed: below zero where money goes back."""

    currency: str
    net_minor: int
    total_minor: int
    rounding_minor: int
    taxes: tuple[Taxed, ...]
    taxes_included: bool

    @property
    def paid_minor(self) -> int:
        return self.total_minor + self.rounding_minor

    def negated(self) -> Sums:
        taxes = tuple(tax.negated for tax in self.taxes)
        sums = (-self.net_minor, -self.total_minor, -self.rounding_minor)
        return Sums(self.currency, *sums, taxes, self.taxes_included)

    def plus(self, other: Sums) -> Sums:
        """Both together; a tax that comes to nothing is left out."""
        return Sums(
            self.currency,
            self.net_minor + other.net_minor,
            self.total_minor + other.total_minor,
            self.rounding_minor + other.rounding_minor,
            merge_taxes((*self.taxes, *other.taxes)),
            self.taxes_included,
        )


class IssuedInvoice(msgspec.Struct, frozen=True):
    """What was asked for: the document, and the number of the copy (0: it was issued now)."""

    number: str
    copy: int = 0
