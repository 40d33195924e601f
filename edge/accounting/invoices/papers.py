"""A document's content from its till paper (lines, totals, tenders), and its paper for the receipt printer. The sheet
in `pages` has the same lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from edge.accounting.invoices.document import BOUGHT, PaperPart, Sums
from edge.accounting.invoices.queries import Invoice
from edge.accounting.invoices.rules import TillPaper, back_of, sums_of
from edge.core.messages import RecordedEvent
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import Tender
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.queries import read_receipt
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.document import Document, TemplateBlock
from edge.lib.units.receipt_number import shown_number

KIND = "invoice"
"""The kind of print jobs."""
Read = Callable[[int], RecordedEvent]
"""Reads the paper at a journal row, with corrected tenders (`till.queries`)."""


class DocumentLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line. `amount_minor`: its price after the discounts `off_minor`. Deposits are separate."""

    names: dict[str, str]
    unit: str
    quantity: int
    price_minor: int
    amount_minor: int
    off_minor: int = 0
    deposit_minor: int = 0
    sku: str = ""


class DocumentText(msgspec.Struct, frozen=True):
    """A document's content without the buyer. Its totals are the till paper's; `of` is that paper's number."""

    of: str
    lines: tuple[DocumentLine, ...]
    sums: Sums
    tenders: tuple[Tender, ...]
    back: tuple[Tender, ...]
    change_minor: int


def text_of(db: Connection, read: Read, register: str, paper: int, part: PaperPart = "") -> DocumentText:
    """The content of a document for a till paper, or a part of it. Raises `LookupError` if there is no such paper."""
    source, undone = source_of(db, read, register, paper)
    sums, sign = sums_of(source), -1 if undone else 1
    of = shown_number(register, paper)
    if part and isinstance(source, SaleCompleted):
        return _part_text(source, part, of, undone)
    if isinstance(source, SaleCompleted):
        sold = tuple(_line(line, sign) for line in source.lines if not line.voided)
        back = tuple(_returned_line(line, -sign) for line in source.returned_lines)
        paid = () if undone else source.tenders
        given = () if undone else source.back
        change = 0 if undone else source.change_minor
        return DocumentText(of, (*sold, *back), sums.negate() if undone else sums, paid, given, change)
    lines = tuple(_returned_line(line, -sign) for line in source.lines)
    given = () if undone else source.tenders
    return DocumentText(of, lines, sums.negate() if undone else sums, (), given, 0)


def _part_text(sale: SaleCompleted, part: PaperPart, of: str, undone: bool) -> DocumentText:
    """The content for the new goods of an exchange, or for the returned goods of one receipt. Their payment is a single
    amount, on the receipt."""
    sign = -1 if undone else 1
    if part == BOUGHT:
        sums = msgspec.structs.replace(sums_of(sale), rounding_minor=0)
        for goods in sale.returns:
            sums = sums.plus(back_of(sale, goods))
        lines = tuple(_line(line, sign) for line in sale.lines if not line.voided)
        return DocumentText(of, lines, sums.negate() if undone else sums, (), (), 0)
    goods = next(goods for goods in sale.returns if shown_number(goods.register, goods.sale) == part)
    sums = back_of(sale, goods)
    lines = tuple(_returned_line(line, -sign) for line in goods.lines)
    return DocumentText(of, lines, sums if undone else sums.negate(), (), (), 0)


def source_of(db: Connection, read: Read, register: str, paper: int) -> tuple[TillPaper, bool]:
    """The sale or refund whose totals a till paper has, and whether the paper voids it. Raises `LookupError`."""
    event = _event_of(db, read, register, paper)
    if isinstance(event, SaleVoided):
        return _paper(_event_of(db, read, register, event.sale)), True
    return _paper(event), False


def paper_of(
    invoice: Invoice, text: DocumentText, buyer: dict[str, Any], settings: TillSettings, copy: int = 0
) -> Document:
    """Return an invoice as a document for the receipt printer.

    `buyer`: their encrypted data (see `printing.personal.seal_fields`).
    """
    shop = {
        "header": settings.header,
        "tax_number": settings.tax_number,
        "zone": settings.zone,
        "country": settings.country,
        "currency": invoice.currency,
        "tenders": {own.id: own.names.get(invoice.language, own.id) for own in settings.tenders},
    }
    data = {"shop": shop, "doc": invoice, "text": text, "buyer": buyer, "copy": copy}
    return Document(invoice.language, (TemplateBlock("invoices/invoice", data),))


def number_on(document: Document) -> str:
    """The document's number on a paper from `paper_of`."""
    data = next(row.data for row in document.rows if isinstance(row, TemplateBlock))
    return str(data["doc"]["number"])


def _event_of(db: Connection, read: Read, register: str, number: int) -> Any:
    receipt = read_receipt(db, register, number)
    if receipt is None:
        raise LookupError(f"document not found: {shown_number(register, number)}")
    return read(receipt.seq).event


def _paper(event: Any) -> TillPaper:
    if not isinstance(event, SaleCompleted | SaleRefunded):
        raise LookupError(f"{type(event).__name__} has no goods")
    return event


def _line(line: Any, sign: int) -> DocumentLine:
    amount, off = sign * line.amount_minor, sign * line.discount_minor
    return DocumentLine(
        *(line.names, line.unit, line.quantity, line.price_minor, amount, off, sign * line.deposits_minor), line.sku
    )


def _returned_line(line: Any, sign: int) -> DocumentLine:
    """A line of returned goods. `total_minor` is the refunded amount, after discounts."""
    amount = sign * (line.total_minor or 0)
    return DocumentLine(
        *(line.names, line.unit, line.quantity, line.price_minor, amount, 0, sign * line.deposits_minor), line.sku
    )
