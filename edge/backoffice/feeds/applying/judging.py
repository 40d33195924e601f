"""Checks whether the shop can apply a record, given its current data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

import msgspec

from edge.backoffice.feeds.applying.order_judging import judge_order
from edge.backoffice.feeds.connector import EntityType
from edge.backoffice.feeds.reading.invoice_records import SAME_INVOICE, InvoiceRow, judge_invoice, received_before
from edge.backoffice.feeds.reading.licence_records import LicenceRow
from edge.backoffice.feeds.reading.order_records import BomRow, HistoryDayRow, SalesOrderRow, WorkOrderRow
from edge.backoffice.feeds.reading.pos_records import OtherSaleRow, is_taken, judge_pos_sale
from edge.backoffice.feeds.reading.recall_records import RecallRow, judge_recall
from edge.backoffice.feeds.reading.record_cells import Reason, Terms
from edge.backoffice.feeds.reading.records import CountRow, PriceRow, Row, SupplierRow, row_of
from edge.backoffice.feeds.reading.rival_records import RivalRow, judge_rival
from edge.backoffice.feeds.reading.strain_records import EffectRow, StrainRow
from edge.core.storage.database import Connection
from edge.goods.stock.commands import MOST
from edge.goods.stock.rows import breaks_pieces, find_product, kind_of
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import THOUSANDTHS

State = Literal["valid", "invalid", "held", "applied", "same", "dropped"]
HELD = frozenset(
    {
        *("price_jump", "name_like", "zero_price", "begun_there", "made_there", "delivered_there", "own_day"),
        "retired_there",
    }
)
"""Reasons that a user may override."""
_LAST_PRICE = """
    SELECT cost_minor FROM supplier_price WHERE sku = ? AND supplier = ? AND (? = '' OR from_date <= ?)
    ORDER BY from_date DESC, seq DESC LIMIT 1
"""
_SUPPLIER = "SELECT currency, retired FROM supplier WHERE id = ?"
_APPLIED = "SELECT digest, moment_us FROM feed_applied WHERE entity_type = ? AND key = ?"
_encode = msgspec.json.Encoder().encode


class Judged(msgspec.Struct, frozen=True):
    """The result of a check. `row`: the record with our product number."""

    row: Row
    state: State
    reasons: tuple[Reason, ...] = ()


def judge(
    db: Connection, entity: EntityType, cells: Mapping[str, str], terms: Terms, jump_percent: int, agreed: bool = False
) -> Judged:
    """Check a record with these cells. `jump_percent`: hold a price that differs more from the last one (0: never).
    `agreed`: a user approved the reasons to hold it."""
    row, reasons = row_of(entity, cells, terms)
    if reasons:
        return Judged(row, "invalid", tuple(reasons))
    match row:
        case SupplierRow(retired=True):
            if not _is_bought_of(db, row.supplier):
                return Judged(row, "same")
            reasons = [Reason("retired", "retired_there")]
        case SupplierRow():
            reasons = _of_supplier(db, row)
        case PriceRow():
            row, reasons = _of_price(db, row, terms, jump_percent)
        case CountRow():
            row, reasons = _of_count(db, row)
        case StrainRow() | EffectRow() | LicenceRow():
            reasons = []
        case InvoiceRow():
            row, reasons = judge_invoice(db, row)
            if not reasons and not is_done(db, row) and (before := received_before(db, row)):
                return Judged(row, "same") if before is SAME_INVOICE else Judged(row, "invalid", (before,))
        case OtherSaleRow():
            reasons = judge_pos_sale(db, row)
            if not reasons and is_taken(db, row):
                return Judged(row, "same")
        case RecallRow():
            row, reasons, is_news = judge_recall(db, row)
            if not is_news:
                return Judged(row, "same")
        case RivalRow():
            row, reasons = judge_rival(db, row, terms)
        case BomRow() | WorkOrderRow() | SalesOrderRow() | HistoryDayRow():
            found = judge_order(db, row)
            row, reasons = found.row, list(found.reasons)
            if found.nothing_to_do:
                return Judged(row, "same")
    if any(reason.code not in HELD for reason in reasons):
        return Judged(row, "invalid", tuple(reasons))
    if is_done(db, row):
        return Judged(row, "same")
    if reasons and not agreed:
        return Judged(row, "held", tuple(reasons))
    return Judged(row, "valid")


def entity_of(row: Row) -> EntityType:
    """The record type."""
    found: EntityType = msgspec.convert(type(row).__struct_config__.tag, EntityType)
    return found


def digest_of(row: Row) -> str:
    """The digest used to recognise records already applied."""
    return hashlib.blake2b(_encode(row), digest_size=16).hexdigest()


def is_done(db: Connection, row: Row) -> bool:
    """Whether this record was the last one applied for its key."""
    found = db.execute(_APPLIED, (entity_of(row), row.key)).fetchone()
    return found is not None and found[0] == digest_of(row)


def _is_bought_of(db: Connection, supplier: str) -> bool:
    known = db.execute(_SUPPLIER, (supplier,)).fetchone()
    return known is not None and not known[1]


def _of_supplier(db: Connection, row: SupplierRow) -> list[Reason]:
    known = db.execute(_SUPPLIER, (row.supplier,)).fetchone()
    if known is None and row.name is None:
        return [Reason("name", "missing_key")]
    if known is not None and known[1]:
        return [Reason("supplier_id", "supplier_retired", {"value": row.supplier})]
    return []


def _of_price(db: Connection, row: PriceRow, terms: Terms, jump_percent: int) -> tuple[PriceRow, list[Reason]]:
    reasons: list[Reason] = []
    supplier, product = db.execute(_SUPPLIER, (row.supplier,)).fetchone(), find_product(db, row.sku)
    if supplier is None or supplier[1]:
        reasons.append(Reason("supplier_id", "unknown_supplier", {"value": row.supplier}))
    elif row.currency and row.currency != (supplier[0] or terms.currency):
        reasons.append(Reason("currency", "currency", {"value": row.currency}))
    if product is None:
        reasons.append(Reason("sku", "unknown_sku", {"value": row.sku}))
    else:
        each_minor = divide_half_up(row.cost_minor, product.units)  # a case's barcode means a price per case
        row = msgspec.structs.replace(row, sku=product.sku, cost_minor=each_minor)
    if row.cost_minor == 0:
        reasons.append(Reason("cost", "zero_price"))
    elif jump_percent and not reasons:
        before = db.execute(_LAST_PRICE, (row.sku, row.supplier, row.from_date, row.from_date)).fetchone()
        if before and abs(row.cost_minor - before[0]) * 100 > before[0] * jump_percent:
            reasons.append(Reason("cost", "price_jump", {"percent": jump_percent}))
    return row, reasons


def _of_count(db: Connection, row: CountRow) -> tuple[CountRow, list[Reason]]:
    reasons: list[Reason] = []
    product = find_product(db, row.sku)
    if product is None:
        reasons.append(Reason("sku", "unknown_sku", {"value": row.sku}))
    elif breaks_pieces(db, product, row.quantity * product.units):
        reasons.append(Reason("quantity", "not_whole", {"value": str(row.quantity / THOUSANDTHS)}))
    if kind_of(db, row.location) is None:
        reasons.append(Reason("location", "unknown_location", {"value": row.location}))
    if row.quantity > MOST:
        reasons.append(Reason("quantity", "out_of_range", {"value": str(row.quantity // THOUSANDTHS)}))
    if product is not None:
        row = msgspec.structs.replace(row, sku=product.sku, quantity=row.quantity * product.units)
    before = db.execute(_APPLIED, ("Inventory", row.key)).fetchone()
    if before and before[1] > row.counted_us:
        reasons.append(Reason("counted_at", "older_count"))
    return row, reasons
