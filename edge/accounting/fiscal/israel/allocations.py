"""Allocation numbers: nine digits that Israel's tax authority assigns to a tax invoice. Customers need the number to
deduct VAT (Value Added Tax Law, 47(a1)).

The outbox is derived from events: every invoice above its day's threshold without a number. It doesn't block anything:
an invoice may be issued without a number, and says so.
"""

from __future__ import annotations

import msgspec

from edge.accounting.fiscal.queries import regime_at
from edge.accounting.invoices.queries import Invoice, buyer_on, read_document
from edge.core.messages import Number
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.lib.regions.tax_numbers import check

ABOVE_MINOR = (("2024-05-05", 2_500_000), ("2025-01-01", 2_000_000), ("2026-01-01", 1_000_000), ("2026-06-01", 500_000))
"""Thresholds without VAT by date. Invoices above them need a number."""
PAPER = "fiscal/allocation"
_LACKING = """
    SELECT i.number, coalesce(a.why, '') FROM invoice i LEFT JOIN invoice_allocation a ON a.invoice = i.number
    WHERE i.kind = 'invoice' AND i.replaced_by = '' AND i.business_date >= ?1 AND (?2 = '' OR i.business_date <= ?2)
        AND i.net_minor > ?3 AND coalesce(a.allocation, '') = ''
    ORDER BY i.seq LIMIT ?4
"""
_LEAST_MINOR = min(minor for _, minor in ABOVE_MINOR)


class WaitingInvoice(msgspec.Struct, frozen=True):
    """An invoice that needs an allocation number; `why`: the authority's reason if it refused one."""

    number: str
    net_minor: int
    business_date: str
    why: str = ""


class Allocation(msgspec.Struct, frozen=True):
    """An invoice's allocation number, and whether it needs one (`wants`)."""

    wants: bool
    allocation: str = ""
    why: str = ""


def above_minor(day: str) -> int | None:
    """The threshold without VAT on a day; None if no number is needed then.

    >>> above_minor("2026-05-31"), above_minor("2026-06-01"), above_minor("2024-05-04")
    (1000000, 500000, None)
    """
    return next((minor for since, minor in reversed(ABOVE_MINOR) if since <= day), None)


def wants_number(invoice: Invoice, customer_number: str) -> bool:
    """Whether a document needs a number: a tax invoice with VAT to a business, above its day's threshold."""
    limit = above_minor(invoice.business_date)
    if limit is None or invoice.kind != "invoice" or invoice.net_minor <= limit:
        return False
    taxed = any(row.tax_minor > 0 for row in invoice.taxes)
    return taxed and check(customer_number, "IL").state == "ok"


def lacking(db: Connection, limit: Number = 100) -> list[WaitingInvoice]:
    """The outbox: invoices that need a number and have none, the oldest first."""
    law = regime_at(db, "il")
    if law is None:
        return []
    found = []
    for number, why in db.execute(_LACKING, (law.since, law.until, _LEAST_MINOR, min(limit, 500))).fetchall():
        invoice = read_document(db, number)
        buyer = buyer_on(db, invoice, held_too=True) if invoice else None
        if invoice and buyer and wants_number(invoice, buyer.tax_number):
            found.append(WaitingInvoice(number, invoice.net_minor, invoice.business_date, why))
    return found


def allocation_of(db: Connection, invoice: str) -> Allocation:
    """An invoice's allocation number, if needed or assigned."""
    law, known = regime_at(db, "il"), read_document(db, invoice)
    if law is None or known is None or not law.holds(known.business_date):
        return Allocation(wants=False)
    buyer = buyer_on(db, known, held_too=True)
    row = db.execute("SELECT allocation, why FROM invoice_allocation WHERE invoice = ?", (invoice,)).fetchone()
    return Allocation(bool(buyer and wants_number(known, buyer.tax_number)), *(row or ("", "")))


def before_print(tx: Transaction, command: QueuePrint) -> object:
    """Print the number on an invoice, or a notice that it's missing."""
    if command.kind != "invoice" or regime_at(tx.db, "il") is None:
        return None
    rows = command.document.rows
    if any(isinstance(row, TemplateBlock) and row.template == PAPER for row in rows):
        return None
    number = next((_number_in(row) for row in rows if isinstance(row, TemplateBlock)), "")
    marked = with_number(tx.db, number, command.document)
    return None if marked is command.document else tx.do(msgspec.structs.replace(command, document=marked)).result


def with_number(db: Connection, number: str, document: Document) -> Document:
    """An invoice's document with its number, or a notice that it's missing; unchanged if it needs none."""
    known = allocation_of(db, number)
    if not known.wants and not known.allocation:
        return document
    block = TemplateBlock(PAPER, {"allocation": known.allocation})
    return Document(document.language, (*document.rows, block), document.cut)


def _number_in(row: TemplateBlock) -> str:
    """The number of a block's document."""
    invoice = row.data.get("doc")
    return invoice.number if isinstance(invoice, Invoice) else ""
