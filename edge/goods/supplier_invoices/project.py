"""Projects suppliers' invoice events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.supplier_invoices.events import (
    SupplierInvoiceAnswerCleared,
    SupplierInvoiceApproved,
    SupplierInvoiceAssigned,
    SupplierInvoiceCorrected,
    SupplierInvoiceLineSet,
    SupplierInvoicePosted,
    SupplierInvoiceReceived,
    SupplierInvoiceRejected,
    SupplierInvoiceReviewed,
    SupplierInvoiceUnposted,
)
from edge.goods.supplier_invoices.paper import Paper, like_number, same_number

MISSES_MOST = 2
"""Consecutive misses after which a field's learnt position is forgotten."""

_STATE = "UPDATE supplier_invoice SET state = ?, note = ? WHERE number = ?"


def _insert_invoice(db: Connection, fact: RecordedEvent, event: SupplierInvoiceReceived) -> None:
    paper = event.paper
    db.execute(
        "INSERT INTO supplier_invoice (number, supplier, seller, same, alike, digest, file, state, body, note,"
        " received_us) VALUES (?, ?, ?, ?, ?, ?, ?, 'to_review', ?, '', ?)",
        (
            *(event.number, event.supplier, paper.seller_key, same_number(paper.number), like_number(paper.number)),
            *(event.digest, event.file, msgspec.json.encode(paper), fact.at_us),
        ),
    )


def _correct_invoice(db: Connection, fact: RecordedEvent, event: SupplierInvoiceCorrected) -> None:
    paper = event.paper
    db.execute(
        "UPDATE supplier_invoice SET supplier = ?, seller = ?, same = ?, alike = ?, body = ? WHERE number = ?",
        (
            *(event.supplier, paper.seller_key, same_number(paper.number), like_number(paper.number)),
            *(msgspec.json.encode(paper), event.number),
        ),
    )
    for field in event.wrong:
        key = (paper.seller_key, field)
        db.execute("UPDATE supplier_invoice_layout SET misses = misses + 1 WHERE seller = ? AND field = ?", key)
    db.execute("DELETE FROM supplier_invoice_layout WHERE seller = ? AND misses >= ?", (paper.seller_key, MISSES_MOST))
    db.executemany(
        "INSERT INTO supplier_invoice_layout (seller, field, body, misses) VALUES (?, ?, ?, 0)"
        " ON CONFLICT (seller, field) DO UPDATE SET body = excluded.body",
        [(paper.seller_key, one.field, msgspec.json.encode(one)) for one in event.learnt],
    )


def _assign_supplier(db: Connection, fact: RecordedEvent, event: SupplierInvoiceAssigned) -> None:
    db.execute("UPDATE supplier_invoice SET supplier = ? WHERE number = ?", (event.supplier, event.number))
    values = (event.seller, event.supplier)
    db.execute("INSERT OR REPLACE INTO supplier_invoice_seller (seller, supplier) VALUES (?, ?)", values)


def _line_set(db: Connection, fact: RecordedEvent, event: SupplierInvoiceLineSet) -> None:
    values = (event.number, event.line, event.sku)
    db.execute("INSERT OR REPLACE INTO supplier_invoice_line (number, line, sku) VALUES (?, ?, ?)", values)
    if event.supplier and event.code:
        known = (event.supplier, event.code, event.sku)
        db.execute("INSERT OR REPLACE INTO supplier_invoice_code (supplier, code, sku) VALUES (?, ?, ?)", known)


def _clear_answer(db: Connection, fact: RecordedEvent, event: SupplierInvoiceAnswerCleared) -> None:
    if event.line is None:
        db.execute("UPDATE supplier_invoice SET supplier = '' WHERE number = ?", (event.number,))
        db.execute("DELETE FROM supplier_invoice_seller WHERE seller = ?", (event.seller,))
    else:
        db.execute("DELETE FROM supplier_invoice_line WHERE number = ? AND line = ?", (event.number, event.line))
        known = (event.supplier, event.code)
        db.execute("DELETE FROM supplier_invoice_code WHERE supplier = ? AND code = ?", known)


def _approve_invoice(db: Connection, fact: RecordedEvent, event: SupplierInvoiceApproved) -> None:
    db.execute(_STATE, ("approved", event.note, event.number))
    overruled = (msgspec.json.encode(event.overruled).decode(), event.number)
    db.execute("UPDATE supplier_invoice SET overruled = ? WHERE number = ?", overruled)
    # learnt fields approved without changes were read correctly
    (body,) = db.execute("SELECT body FROM supplier_invoice WHERE number = ?", (event.number,)).fetchone()
    paper = msgspec.json.decode(body, type=Paper)
    right = [(paper.seller_key, one.name) for one in paper.fields if one.source == "learnt"]
    db.executemany("UPDATE supplier_invoice_layout SET misses = 0 WHERE seller = ? AND field = ?", right)


def _reject_invoice(db: Connection, fact: RecordedEvent, event: SupplierInvoiceRejected) -> None:
    db.execute(_STATE, ("rejected", event.note, event.number))


def _review_invoice(db: Connection, fact: RecordedEvent, event: SupplierInvoiceReviewed) -> None:
    db.execute(_STATE, ("to_review", "", event.number))


def _post_invoice(db: Connection, fact: RecordedEvent, event: SupplierInvoicePosted) -> None:
    posted = (event.charges_minor, event.number)
    db.execute("UPDATE supplier_invoice SET state = 'posted', charges_minor = ? WHERE number = ?", posted)
    db.executemany(
        "INSERT INTO supplier_invoice_posted (number, line, order_number, sku, quantity, unit_cost_minor)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(event.number, one.line, one.order, one.sku, one.quantity, one.unit_cost_minor) for one in event.lines],
    )
    db.executemany(
        "INSERT INTO supplier_invoice_effect (number, movement, sku, was_minor, set_minor, brought, added_minor,"
        " part, net_minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(event.number, *msgspec.structs.astuple(one)) for one in event.effects],
    )


def _unpost_invoice(db: Connection, fact: RecordedEvent, event: SupplierInvoiceUnposted) -> None:
    db.execute(_STATE, ("to_review", event.note, event.number))
    db.execute("UPDATE supplier_invoice SET charges_minor = 0 WHERE number = ?", (event.number,))
    for table in ("supplier_invoice_posted", "supplier_invoice_effect"):
        db.execute(f"DELETE FROM {table} WHERE number = ?", (event.number,))


projector = Projector(
    name="supplier_invoices",
    version=1,
    tables=(
        "supplier_invoice",
        "supplier_invoice_seller",
        "supplier_invoice_code",
        "supplier_invoice_line",
        "supplier_invoice_posted",
        "supplier_invoice_effect",
        "supplier_invoice_layout",
    ),
    on={
        SupplierInvoiceReceived: _insert_invoice,
        SupplierInvoiceCorrected: _correct_invoice,
        SupplierInvoiceAssigned: _assign_supplier,
        SupplierInvoiceLineSet: _line_set,
        SupplierInvoiceAnswerCleared: _clear_answer,
        SupplierInvoiceApproved: _approve_invoice,
        SupplierInvoiceRejected: _reject_invoice,
        SupplierInvoiceReviewed: _review_invoice,
        SupplierInvoicePosted: _post_invoice,
        SupplierInvoiceUnposted: _unpost_invoice,
    },
)
