"""What a document says of its paper of the till: lines, sums, how it was paid; and the paper of the receipt printer.
The sheet of `pages` has the same lines."""

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
"""Of print jobs."""
Read = Callable[[int], RecordedEvent]
"""The paper at a row of the journal, a sale with the money that was really given for it (`till.queries`)."""


class DocumentLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line: `amount_minor` is what it came to, `off_minor` what had been taken off that; deposits are beside it."""

    names: dict[str, str]
    unit: str
    quantity: int
    price_minor: int
    amount_minor: int
    off_minor: int = 0
    deposit_minor: int = 0
    sku: str = ""


class DocumentText(msgspec.Struct, frozen=True):
    """All that a document says but who it is made out to. Its sums are those of the till's paper, `of` its number."""

    of: str
    lines: tuple[DocumentLine, ...]
    sums: Sums
    tenders: tuple[Tender, ...]
    back: tuple[Tender, ...]
    change_minor: int


def text_of(db: Connection, read: Read, register: str, paper: int, part: PaperPart = "") -> DocumentText:
    """What a document of a paper of the till, or of a part of it, says. `LookupError`: there is no such paper."""
    source, undone = source_of(db, read, register, paper)
    sums, sign = sums_of(source), -1 if undone else 1
    of = shown_number(register, paper)
    if part and isinstance(source, SaleCompleted):
        return _part_text(source, part, of, undone)
    if isinstance(source, SaleCompleted):
        sold = tuple(_line(line, sign) for line in source.lines if not line.voided)
        back = tuple(_returned_line(line, -sign) for line in source.returned)
        paid = () if undone else source.tenders
        given = () if undone else source.back
        change = 0 if undone else source.change_minor
        return DocumentText(of, (*sold, *back), sums.negated() if undone else sums, paid, given, change)
    lines = tuple(_returned_line(line, -sign) for line in source.lines)
    given = () if undone else source.tenders
    return DocumentText(of, lines, sums.negated() if undone else sums, (), given, 0)


def _part_text(sale: SaleCompleted, part: PaperPart, of: str, undone: bool) -> DocumentText:
    """Of an exchange what was bought, or what came back of one receipt; how both were paid is one sum, which stands on
    the receipt."""
    sign = -1 if undone else 1
    if part == BOUGHT:
        sums = msgspec.structs.replace(sums_of(sale), rounding_minor=0)
        for goods in sale.returns:
            sums = sums.plus(back_of(sale, goods))
        lines = tuple(_line(line, sign) for line in sale.lines if not line.voided)
        return DocumentText(of, lines, sums.negated() if undone else sums, (), (), 0)
    goods = next(goods for goods in sale.returns if shown_number(goods.register, goods.sale) == part)
    sums = back_of(sale, goods)
    lines = tuple(_returned_line(line, -sign) for line in goods.lines)
    return DocumentText(of, lines, sums if undone else sums.negated(), (), (), 0)


def source_of(db: Connection, read: Read, register: str, paper: int) -> tuple[TillPaper, bool]:
    """The sale or refund whose sums a paper of the till has, and whether it is undone by it. `LookupError`."""
    event = _event_of(db, read, register, paper)
    if isinstance(event, SaleVoided):
        return _paper(_event_of(db, read, register, event.sale)), True
    return _paper(event), False


def paper_of(
    invoice: Invoice, text: DocumentText, buyer: dict[str, Any], settings: TillSettings, copy: int = 0
) -> Document:
    """The paper of the receipt printer. `buyer`: as it is kept (`printing.personal.sealed`)."""
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
    """Of which document a paper of `paper_of` is."""
    data = next(row.data for row in document.rows if isinstance(row, TemplateBlock))
    return str(data["doc"]["number"])


def _event_of(db: Connection, read: Read, register: str, number: int) -> Any:
    receipt = read_receipt(db, register, number)
    if receipt is None:
        raise LookupError(f"there is no paper {shown_number(register, number)}")
    return read(receipt.seq).event


def _paper(event: Any) -> TillPaper:
    if not isinstance(event, SaleCompleted | SaleRefunded):
        raise LookupError(f"{type(event).__name__} is of no goods")
    return event


def _line(line: Any, sign: int) -> DocumentLine:
    amount, off = sign * line.amount_minor, sign * line.discount_minor
    return DocumentLine(
        *(line.names, line.unit, line.quantity, line.price_minor, amount, off, sign * line.deposits_minor), line.sku
    )


def _returned_line(line: Any, sign: int) -> DocumentLine:
    """`total_minor` is what of it comes back; discounts are taken off that already."""
    amount = sign * (line.total_minor or 0)
    return DocumentLine(
        *(line.names, line.unit, line.quantity, line.price_minor, amount, 0, sign * line.deposits_minor), line.sku
    )
