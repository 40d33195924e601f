"""Suppliers' invoices as records from another system: reading and receiving.

They're processed like any other invoice: checked, matched with orders and receipts, approved and posted by a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from edge.backoffice.feeds.applying.bounds import within_bounds
from edge.backoffice.feeds.applying.said_once import keep_said, our_id
from edge.backoffice.feeds.reading.layout import LINE_FIELDS
from edge.backoffice.feeds.reading.line_numbers import field_at, line_numbers
from edge.backoffice.feeds.reading.record_cells import KeyedRow, Reason, RecordCells
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.supplier_invoices.commands import ReceiveInvoice, SetInvoiceSupplier
from edge.goods.supplier_invoices.paper import Paper, paper_of, same_number
from edge.goods.supplier_invoices.queries import read_invoice_in
from edge.lib.einvoice import EInvoice, EInvoiceLine, VatRow, check

CREDIT = "381"
"""Credit note: UNTDID 1001 code, used by EN 16931 for BT-3."""
PIECE = "C62"
SAME_INVOICE = Reason("", "same")
_TWICE = """
    SELECT number, body ->> '$.total' FROM supplier_invoice
    WHERE supplier = ? AND same = ? AND state <> 'rejected' LIMIT 1
"""
_SUPPLIER = "SELECT retired, names FROM supplier WHERE id = ?"


class InvoiceRow(KeyedRow, frozen=True, tag="Invoice"):
    """An invoice from one of the shop's suppliers, in the form of paper invoices. Wrong sums are in its `faults`."""

    supplier: str
    paper: Paper

    @property
    def key(self) -> str:
        return "\x1f".join((self.supplier, self.paper.number))


def invoice_row(cells: RecordCells) -> InvoiceRow:
    """Read a record. Sums are decimals, negative for a credit note. A line without a sum gets quantity times price."""
    currency = (cells.text("currency", 3) or cells.terms.currency).upper()
    if not (currency.isascii() and currency.isalpha()):
        cells.note("currency", "currency_other", value=currency)
    net, tax, total = (cells.decimal(field) for field in ("net", "tax", "total"))
    day = cells.day("date")
    if not day:
        cells.note_missing("date")
    elif cells.is_ahead(day):
        cells.note("date", "date_ahead", value=day)
    supplier, credit = cells.key("supplier_id"), total is not None and total < 0
    document = EInvoice(
        "record",
        CREDIT if credit else "380",
        cells.key("invoice_number"),
        day,
        currency,
        cells.text("name", 200) or supplier,
        cells.day("due"),
        "",
        cells.text("order") or "",
        cells.text("delivery_note") or "",
        tuple(_lines(cells)),
        vat=() if tax is None or net is None else (VatRow(net, tax, None),),
        lines_sum=net,
        net=net,
        taxes=() if tax is None else (tax,),
        total=total,
    )
    if total is None:
        cells.note_missing("total")
    return InvoiceRow(supplier, paper_of(document, check(document)))


def _lines(cells: RecordCells) -> list[EInvoiceLine]:
    found = []
    for n in line_numbers(cells, "Invoice", needed=False):
        names = [field_at(cells, field, n) for field in LINE_FIELDS["Invoice"]]
        sku, code, gtin, text, quantity, unit, price, total, rate = names
        said = {field: cells.decimal(field) for field in (quantity, price, total, rate)}
        amount = said[quantity]
        if amount is None:
            cells.note_missing(quantity)
        worth = said[total]
        if worth is None and said[price] is None:
            cells.note_missing(total)
        if worth is None:
            worth = ((amount or Decimal(0)) * (said[price] or Decimal(0))).quantize(Decimal("0.01"))
        called = (cells.text(text, 200) or "", cells.text(code) or "", cells.text(sku) or "", cells.text(gtin) or "")
        measured = (cells.text(unit, 20) or PIECE).upper()
        found.append(
            EInvoiceLine(str(n), amount or Decimal(0), measured, worth, said[price], None, *called, said[rate])
        )
    return found


def judge_invoice(db: Connection, row: InvoiceRow) -> tuple[InvoiceRow, list[Reason]]:
    """A record with our id of the supplier, and its errors."""
    known = db.execute(_SUPPLIER, (row.supplier,)).fetchone()
    if known is None and (ours := our_id(db, "=suppliers", row.supplier)) != row.supplier:
        paper = msgspec.structs.replace(row.paper, seller=ours) if row.paper.seller == row.supplier else row.paper
        row, known = InvoiceRow(ours, paper), db.execute(_SUPPLIER, (ours,)).fetchone()
    if known is None:
        return row, [Reason("supplier_id", "unknown_supplier", {"value": row.supplier})]
    if known[0]:
        return row, [Reason("supplier_id", "supplier_retired", {"value": row.supplier})]
    if row.paper.seller == row.supplier:
        names = msgspec.json.decode(known[1], type=dict[str, str])
        seller = next(iter(names.values()), row.supplier)
        row = msgspec.structs.replace(row, paper=msgspec.structs.replace(row.paper, seller=seller))
    return row, []


def keep_supplier(db: Connection, cells: Mapping[str, str], supplier: str) -> None:
    """Remember which of our suppliers a user assigned to the other system's supplier."""
    theirs = cells.get("supplier_id")
    if theirs and db.execute(_SUPPLIER, (supplier,)).fetchone():
        keep_said(db, "=suppliers", theirs, supplier)


def received_before(db: Connection, row: InvoiceRow) -> Reason | None:
    """`SAME_INVOICE` if the supplier's invoice with this number exists, from any source; None if it's new. If the
    existing one has another total, the reason for a user to check it."""
    before = db.execute(_TWICE, (row.supplier, same_number(row.paper.number))).fetchone()
    if before is None:
        return None
    total = before[1] or "0"
    if Decimal(total) == Decimal(row.paper.total or 0):
        return SAME_INVOICE
    return Reason("invoice_number", "invoice_other", {"number": before[0], "total": total})


def digest_of_paper(row: InvoiceRow) -> str:
    """The digest that identifies the record, as it has no separate file."""
    return hashlib.sha256(msgspec.json.encode(row)).hexdigest()


def receive_invoice(tx: Transaction, row: InvoiceRow, file: str) -> int:
    """Receive the invoice of the record's supplier and return our number. Raises `Refusal`."""
    received = tx.do(within_bounds(ReceiveInvoice(row.paper, digest_of_paper(row), file[:200])), asks=False)
    number = int(received.result)
    kept = read_invoice_in(tx.db, number)
    if kept is not None and kept.supplier != row.supplier:
        tx.do(SetInvoiceSupplier(number, row.supplier), asks=False)
    return number
