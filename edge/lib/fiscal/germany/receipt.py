"""A receipt as passed to a closing and a security device: lines, payments and signature."""

from __future__ import annotations

from datetime import datetime

import msgspec

RECEIPT = "Beleg"
"""The only receipt type (BON_TYP) included in a closing. Training, orders and cancelled entries aren't."""
CASH = "Bar"


class GermanSignature(msgspec.Struct, frozen=True, kw_only=True):
    """A device's signature of a receipt: its transaction number and counter, begin and end (Unix seconds), the signed
    process data, and base64 of 64 bytes."""

    serial: str
    transaction: int
    counter: int
    began_s: int
    ended_s: int
    data: str
    signature: str


class GermanLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line. `case`: GV_TYP, such as Umsatz or Pfand. Sums are in cents, below zero for returns."""

    label: str
    vat_key: int
    net_minor: int
    tax_minor: int
    case: str = "Umsatz"
    case_name: str = ""
    article: str = ""
    gtin: str = ""
    category: str = ""
    quantity_thousandths: int = 1000
    unit: str = ""
    unit_price_minor: int | None = None


class GermanPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment. `kind`: ZAHLART_TYP, such as Bar, Unbar, ECKarte or Kreditkarte. `foreign_minor`: the amount in its
    currency, if not EUR."""

    amount_minor: int
    kind: str = CASH
    name: str = ""
    currency: str = "EUR"
    foreign_minor: int | None = None


class GermanReference(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt that another one refers to."""

    register: str
    closing: int
    receipt: str
    made_at: datetime


class GermanReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt, with local times. `signing_fault`: why no security device (TSE) signed it, as printed on the receipt;
    `signed`: the signature, if there is one."""

    id: str
    number: int
    began: datetime
    ended: datetime
    operator: str
    signing_fault: str
    lines: tuple[GermanLine, ...] = ()
    payments: tuple[GermanPayment, ...] = ()
    kind: str = RECEIPT
    void: bool = False
    terminal: str = ""
    customer: str = ""
    reference: GermanReference | None = None
    signed: GermanSignature | None = None

    @property
    def gross_minor(self) -> int:
        return sum(line.net_minor + line.tax_minor for line in self.lines)
