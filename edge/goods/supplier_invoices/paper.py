"""A supplier's invoice as stored, with its content and incorrect totals. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from edge.lib.einvoice import EInvoice, EInvoiceLine, SumFault
from edge.lib.printed_invoice import accounts_in

LINES_MOST = 400
"""Maximum lines per invoice; invoices with more are refused."""
Amount = Annotated[str, msgspec.Meta(pattern=r"^(-?[0-9]{1,18}(\.[0-9]{1,10})?)?$(?!\n)")]
"""A decimal number as printed; "" if there is none."""
Word = Annotated[str, msgspec.Meta(max_length=300)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
State = Literal["to_review", "approved", "posted", "rejected"]
ReadHow = Literal["xml", "text", "ocr"]
"""How the invoice was read: structured data, the text of a PDF, or OCR."""
Thousandth = Annotated[int, msgspec.Meta(ge=-1000, le=2000)]
WITH_ACCOUNT = "\t"
"""Separates the name and bank account that identify a seller; neither contains it."""
SURE_ENOUGH_PERCENT = 90
"""Confidence in percent below which a person must check a field."""


class PaperLine(msgspec.Struct, frozen=True):
    """A line: `quantity` in `unit` (UN/ECE recommendation 20) for `total` without VAT; `price` is for `per` units.

    `code` is the seller's number, `buyer_code` ours.
    """

    id: Word
    quantity: Amount
    unit: Word
    total: Amount
    price: Amount = ""
    per: Amount = ""
    name: Word = ""
    code: Word = ""
    buyer_code: Word = ""
    gtin: Word = ""
    rate: Amount = ""
    sure_percent: Percent = 100


class PaperField(msgspec.Struct, frozen=True):
    """The position of a field on a printed invoice (page from 1, edges in thousandths of its width and height), its
    confidence, and its source: sums, positions learnt for the seller, a label, its place, or a person.
    """

    name: Word
    sure_percent: Percent
    source: Word
    page: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    left: Thousandth = 0
    top: Thousandth = 0
    right: Thousandth = 0
    bottom: Thousandth = 0


class PaperFault(msgspec.Struct, frozen=True):
    """An incorrect amount: the line ("": the whole invoice), the expected value and the stated value."""

    code: Word
    line: Word = ""
    expected: Word = ""
    said: Word = ""


class Paper(msgspec.Struct, frozen=True):
    """An invoice or credit note as received.

    Dates are ISO 8601. Amounts are in `currency`, as printed, but negative for a credit note. `account`: the seller's
    bank account.
    """

    number: Word
    date: Word
    currency: Word
    seller: Word
    type: Word = ""
    credit: bool = False
    due: Word = ""
    seller_vat: Word = ""
    order: Word = ""
    despatch: Word = ""
    lines: Annotated[tuple[PaperLine, ...], msgspec.Meta(max_length=LINES_MOST)] = ()
    lines_sum: Amount = ""
    allowances: Amount = ""
    charges: Amount = ""
    net: Amount = ""
    tax: Amount = ""
    total: Amount = ""
    paid: Amount = ""
    payable: Amount = ""
    faults: tuple[PaperFault, ...] = ()
    how: ReadHow = "xml"
    fields: tuple[PaperField, ...] = ()
    account: Word = ""

    @property
    def unsure(self) -> tuple[str, ...]:
        """The fields that need a person's check."""
        return tuple(one.name for one in self.fields if one.sure_percent < SURE_ENOUGH_PERCENT)

    @property
    def seller_key(self) -> str:
        """The key of a seller: the VAT number, or else the name with the bank account, if known."""
        account = f"{WITH_ACCOUNT}{self.account}" if self.account else ""
        return _plain(self.seller_vat) or self.seller_name + account

    @property
    def seller_name(self) -> str:
        """The seller's name normalised for comparison."""
        return " ".join(self.seller.casefold().split())


def paper_of(document: EInvoice, faults: tuple[SumFault, ...]) -> Paper:
    """The stored form of an invoice that was read. A credit note's amounts are negative, even if
    printed as positive.
    """
    kept = Paper(
        document.number,
        document.date,
        document.currency,
        document.seller,
        document.type,
        document.is_credit,
        document.due,
        document.seller_vat,
        document.order,
        document.despatch,
        tuple(_line(line) for line in document.lines),
        lines_sum=_amount_text(document.lines_sum),
        allowances=_amount_text(document.allowances_sum),
        charges=_amount_text(document.charges_sum),
        net=_amount_text(document.net),
        tax=_amount_text(document.tax),
        total=_amount_text(document.total),
        paid=_amount_text(document.paid),
        payable=_amount_text(document.payable),
        faults=tuple(PaperFault(one.code, one.line, one.expected, one.said) for one in faults),
        account=next(accounts_in(document.account), ""),
    )
    return _below_zero(kept) if kept.credit and Decimal(kept.total or 0) > 0 else kept


def _below_zero(paper: Paper) -> Paper:
    lines = tuple(
        msgspec.structs.replace(line, quantity=_minus(line.quantity), total=_minus(line.total)) for line in paper.lines
    )
    sums = ("lines_sum", "allowances", "charges", "net", "tax", "total", "paid", "payable")
    return msgspec.structs.replace(paper, lines=lines, **{name: _minus(getattr(paper, name)) for name in sums})


def _minus(amount: Amount) -> Amount:
    return f"{0 - Decimal(amount):f}" if amount else amount


def _line(line: EInvoiceLine) -> PaperLine:
    price, per, rate = map(_amount_text, (line.price, line.per, line.rate))
    about = (line.name, line.code, line.buyer_code, line.gtin, rate)
    return PaperLine(line.id, _amount_text(line.quantity), line.unit, _amount_text(line.total), price, per, *about)


def _amount_text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def same_number(text: str) -> str:
    """An invoice number normalised for comparison, without case and spaces."""
    return "".join(text.casefold().split())


def like_number(text: str) -> str:
    """Normalise a document number without punctuation and leading zeros. Equal results may mean the same number.

    >>> like_number("RE-0042/26"), like_number("re 42.26")
    ('re42/26', 're42/26')
    """
    figures = re.findall(r"[0-9]+|[^0-9]+", re.sub(r"[-/._]+", "/", same_number(text)))
    plain = "".join(one.lstrip("0") or "0" if one.isdigit() else one for one in figures)
    return re.sub(r"(?<=[^0-9])/(?=[0-9])|/$|^/", "", plain)


def _plain(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())
