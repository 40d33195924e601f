"""Turns a record into the command that applies it."""

from __future__ import annotations

import msgspec

from edge.backoffice.feeds.applying.bounds import within_bounds
from edge.backoffice.feeds.applying.judging import digest_of, entity_of
from edge.backoffice.feeds.applying.order_taking import keep_sold, set_bom, take_sales, take_work
from edge.backoffice.feeds.reading.invoice_records import InvoiceRow, receive_invoice
from edge.backoffice.feeds.reading.licence_records import LicenceRow, keep_licence_row
from edge.backoffice.feeds.reading.order_records import BomRow, HistoryDayRow, SalesOrderRow, WorkOrderRow
from edge.backoffice.feeds.reading.pos_records import OtherSaleRow, take_pos_sale
from edge.backoffice.feeds.reading.recall_records import RecallRow, carry_out_recall
from edge.backoffice.feeds.reading.record_cells import Reason, Terms
from edge.backoffice.feeds.reading.records import CountRow, PriceRow, Row, SupplierRow
from edge.backoffice.feeds.reading.rival_records import RivalRow, note_rival
from edge.backoffice.feeds.reading.strain_records import EffectRow, StrainRow, keep_table_row
from edge.core.messages import Command, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.purchasing.commands import RetireSupplier, SetSupplier, SetSupplierPrice
from edge.goods.purchasing.queries import KeptSupplier, read_supplier
from edge.goods.stock.counting.bulk_counts import CountedStock, SyncLines

_KEEP = "INSERT OR REPLACE INTO feed_applied (entity_type, key, digest, moment_us, number) VALUES (?, ?, ?, ?, ?)"


SAME = Reason("", "same")
"""No error: the record confirms the known value."""


def take(tx: Transaction, row: Row, terms: Terms, source: str = "") -> Reason | None:
    """Apply a record and remember that. Returns None, `SAME` if nothing changed, or the reason it can't be applied.

    `source`: its connector or file. Raises `Refusal` if it was refused halfway; then nothing may be stored.
    """
    before, number = tx.db.total_changes, 0
    try:
        match row:
            case BomRow():
                set_bom(tx, row)
            case WorkOrderRow():
                number = take_work(tx, row)
            case SalesOrderRow():
                number = take_sales(tx, row)
            case HistoryDayRow():
                keep_sold(tx, row)
            case StrainRow() | EffectRow():
                keep_table_row(tx.db, row)
            case LicenceRow():
                keep_licence_row(tx.db, row)
            case RecallRow():
                carry_out_recall(tx, row)
            case RivalRow():
                if not note_rival(tx, row):
                    return SAME
            case OtherSaleRow():
                return None if take_pos_sale(tx, row) else SAME  # its events are stored with the other till
            case InvoiceRow():
                number = receive_invoice(tx, row, source)
            case _:
                if wrong := _take_row(tx, row, terms):
                    return wrong
    except Refusal as refusal:
        if tx.db.total_changes != before:
            raise
        return Reason("", f"refused.{refusal.code}", dict(refusal.refused.values))
    moment_us = row.counted_us if isinstance(row, CountRow) else 0
    tx.db.execute(_KEEP, (entity_of(row), row.key, digest_of(row), moment_us, number))
    return None


def _take_row(tx: Transaction, row: CountRow | PriceRow | SupplierRow, terms: Terms) -> Reason | None:
    outcome = tx.do(command_of(tx.db, row, terms), asks=False)
    if isinstance(row, CountRow) and outcome.result:
        (issue,) = outcome.result
        return Reason(issue.field, f"reason.{issue.reason}", dict(issue.values))
    return None


def command_of(db: Connection, row: CountRow | PriceRow | SupplierRow, terms: Terms) -> Command:
    """The command for a record."""
    match row:
        case SupplierRow(retired=True):
            return RetireSupplier(row.supplier)
        case SupplierRow():
            return _supplier(read_supplier(db, row.supplier), row, terms)
        case PriceRow():
            return within_bounds(
                SetSupplierPrice(
                    row.supplier,
                    row.sku,
                    row.cost_minor,
                    row.code,
                    row.pack,
                    row.min_packs,
                    row.from_date,
                    row.until_date,
                )
            )
        case CountRow():
            line = CountedStock(row.sku, units=row.quantity, location=row.location, counted_us=row.counted_us)
            return SyncLines((line,))


def _supplier(known: KeptSupplier | None, row: SupplierRow, terms: Terms) -> Command:
    """A supplier's complete new state. Fields that the record doesn't have stay."""
    asked = SetSupplier(row.supplier, {terms.language: row.name or row.supplier})
    if known is not None:
        names = {**known.names, terms.language: row.name} if row.name else known.names
        kept = {
            field: getattr(known, field)
            for field in SetSupplier.__struct_fields__
            if field not in ("names",) and hasattr(known, field)
        }
        asked = SetSupplier(**{**kept, "names": names})
    said = {
        "lead_time_days": row.lead_time_days,
        "rating": row.rating,
        "minimum_order_minor": row.minimum_order_minor,
        "fee_minor": row.fee_minor,
        "currency": row.currency,
    }
    return within_bounds(
        msgspec.structs.replace(asked, **{name: value for name, value in said.items() if value is not None})
    )
