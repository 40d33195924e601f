"""Hub projection: suppliers' invoices by store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.goods.supplier_invoices.events import (
    SupplierInvoiceAnswerCleared,
    SupplierInvoiceApproved,
    SupplierInvoiceAssigned,
    SupplierInvoiceCorrected,
    SupplierInvoicePosted,
    SupplierInvoiceReceived,
    SupplierInvoiceRejected,
    SupplierInvoiceReviewed,
    SupplierInvoiceUnposted,
)
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Table, always, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _lines(fact: Fact) -> int:
    return len(fact.event.paper.lines)


INVOICE = Table(
    "supplier_invoice",
    "Supplier invoices of each store.",
    *place(),
    Column("number", "bigint", "The store's invoice number.", "event.number", key=True),
    Column("supplier", "text", "The store's supplier id; empty: unknown.", "event.supplier"),
    Column("seller", "text", "Supplier name on the invoice.", "event.paper.seller"),
    Column("said_number", "text", "The supplier's invoice number.", "event.paper.number"),
    Column("said_date", "text", "Invoice date (ISO 8601); empty: unknown.", "event.paper.date"),
    Column("currency", "text", "ISO 4217.", "event.paper.currency"),
    Column(
        "total", "text", "Amount due including tax, as a decimal in its currency; empty: none.", "event.paper.total"
    ),
    Column("credit", "boolean", "Whether it is a credit note.", "event.paper.credit"),
    Column("lines", "bigint", "Number of lines.", _lines),
    Column(
        "read_by", "text", "How it was read: xml (structured data), text (PDF text) or ocr (image).", "event.paper.how"
    ),
    Column("state", "text", "to_review, approved, posted or rejected.", always("to_review")),
)
_PUT = INVOICE.insert_once()
_OF_ONE = "WHERE tenant = $1 AND store = $2 AND device = $3 AND number = $4"
_ASSIGNED = f"UPDATE supplier_invoice SET supplier = $5 {_OF_ONE}"
_CORRECTED = (
    "UPDATE supplier_invoice SET supplier = $5, seller = $6, said_number = $7, said_date = $8, currency = $9,"
    f" total = $10, credit = $11, lines = $12 {_OF_ONE}"
)
_MOVED = f"UPDATE supplier_invoice SET state = $5 {_OF_ONE}"
_STATES: Mapping[type, str] = {
    SupplierInvoiceApproved: "approved",
    SupplierInvoiceRejected: "rejected",
    SupplierInvoiceReviewed: "to_review",
    SupplierInvoicePosted: "posted",
    SupplierInvoiceUnposted: "to_review",
}


class SupplierInvoiceTables(TableProjector):
    """Projects suppliers' invoice events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "supplier_invoices"
    version = 1
    keeps_orphans = True
    tables = (INVOICE,)
    reads = (
        INVOICE.read(
            "supplier-invoices", Filter("store", "store"), Filter("state", "state"), Filter("seller", "seller")
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        read = (SupplierInvoiceReceived, SupplierInvoiceCorrected, SupplierInvoiceAssigned)
        return together(self._project, *read, SupplierInvoiceAnswerCleared, *_STATES)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        for fact in self.facts(key, rows):
            query, values = _change(fact)
            await connection.execute(query, *values)


def _change(fact: Fact) -> tuple[str, Sequence[Any]]:
    key, event = fact.key, fact.event
    of = (key.tenant, key.store, key.device, event.number)
    match event:
        case SupplierInvoiceReceived():
            return _PUT, INVOICE.record(fact)
        case SupplierInvoiceCorrected(paper=paper):
            said = (paper.seller, paper.number, paper.date, paper.currency, paper.total, paper.credit)
            return _CORRECTED, (*of, event.supplier, *said, len(paper.lines))
        case SupplierInvoiceAssigned():
            return _ASSIGNED, (*of, event.supplier)
        case SupplierInvoiceAnswerCleared(line=line):
            return _ASSIGNED, (*of, "" if line is None else event.supplier)
        case _:
            return _MOVED, (*of, _STATES[type(event)])
