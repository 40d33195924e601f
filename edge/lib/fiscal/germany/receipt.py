"""A receipt as a closing and a security device are told of it: lines, payments, who signed it."""

from __future__ import annotations

from datetime import datetime

import msgspec

RECEIPT = "Beleg"
"""The only type (BON_TYP) that counts in a closing; training, orders and cancelled entries don't."""
CASH = "Bar"


class GermanSignature(msgspec.Struct, frozen=True, kw_only=True):
    """How a device signed a receipt: its own number and counter, when it began and ended (Unix seconds), what it was
    told of the receipt, and base64 of 64 bytes."""

    serial: str
    transaction: int
    counter: int
    began_s: int
    ended_s: int
    data: str
    signature: str


class GermanLine(msgspec.Struct, frozen=True, kw_only=True):
    """`case`: GV_TYP, as Umsatz or Pfand. Sums are in cents, below zero for what comes back."""

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
    """`kind`: ZAHLART_TYP, as Bar, Unbar, ECKarte or Kreditkarte. `foreign_minor`: in its currency, where not EUR."""

    amount_minor: int
    kind: str = CASH
    name: str = ""
    currency: str = "EUR"
    foreign_minor: int | None = None


class GermanReference(msgspec.Struct, frozen=True, kw_only=True):
    """The receipt that another rests on."""

    register: str
    closing: int
    receipt: str
    made_at: datetime


class GermanReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """`signing_fault`: why no security device (TSE) signed it, which the receipt says too; `signed`: how one did. Times
    are local."""

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
