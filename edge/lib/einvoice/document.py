"""Invoice data by the terms of EN 16931-1 (BT-n). Pure."""

from __future__ import annotations

from decimal import Decimal

import msgspec

CREDIT_TYPES = frozenset({"81", "83", "381", "396", "532"})
"""Values of BT-3 (UNTDID 1001) for credit notes."""


class AllowanceCharge(msgspec.Struct, frozen=True):
    """A document-level allowance or charge with its reason: BT-92 or BT-99, without VAT."""

    amount: Decimal
    reason: str = ""


class VatRow(msgspec.Struct, frozen=True):
    """One VAT rate: taxable amount (BT-116), tax (BT-117), rate in percent (BT-119)."""

    base: Decimal
    tax: Decimal
    rate: Decimal | None


class EInvoiceLine(msgspec.Struct, frozen=True):
    """One line: BT-126 and following. `total` excludes VAT (BT-131), `price` (BT-146) is for `per` units (BT-149);
    `allowances` and `charges` of the line are included in `total`. `code` is the seller's number, `buyer_code` ours."""

    id: str
    quantity: Decimal
    unit: str
    total: Decimal
    price: Decimal | None
    per: Decimal | None = None
    name: str = ""
    code: str = ""
    buyer_code: str = ""
    gtin: str = ""
    rate: Decimal | None = None
    allowances: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)


class EInvoice(msgspec.Struct, frozen=True):
    """An invoice or credit note. Dates are ISO 8601, "" if missing; amounts are in `currency` (BT-5). `account`: the
    payee's account (BT-84)."""

    syntax: str
    type: str
    number: str
    date: str
    currency: str
    seller: str
    due: str = ""
    seller_vat: str = ""
    order: str = ""
    despatch: str = ""
    lines: tuple[EInvoiceLine, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    vat: tuple[VatRow, ...] = ()
    lines_sum: Decimal | None = None
    allowances_sum: Decimal | None = None
    charges_sum: Decimal | None = None
    net: Decimal | None = None
    taxes: tuple[Decimal, ...] = ()
    total: Decimal | None = None
    paid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None
    account: str = ""

    @property
    def tax(self) -> Decimal | None:
        """BT-110: total VAT in the invoice's currency."""
        return self.taxes[0] if self.taxes else None

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit note, by its type, its syntax or a negative total."""
        return self.type in CREDIT_TYPES or self.syntax == "ubl_credit" or (self.total is not None and self.total < 0)
