"""Head office's tables of suppliers and purchase orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.goods.purchasing.events import (
    GoodsReturned,
    PurchaseDrafted,
    PurchaseMoved,
    PurchaseReceiptCorrected,
    PurchaseReceived,
    SupplierRetired,
    SupplierSet,
)
from edge.goods.purchasing.rules import cost_of
from edge.lib.i18n import ENGLISH
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, Column, Fact, Index, Table, always, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _name(fact: Fact) -> str:
    names: dict[str, str] = fact.event.names
    return names.get(ENGLISH) or next(iter(names.values()))


def _total_minor(fact: Fact) -> int:
    return sum(cost_of(line.quantity, line.unit_cost_minor) for line in fact.event.lines)


SUPPLIER = Table(
    "supplier",
    "Suppliers of each store, with their terms.",
    *place(),
    Column("id", "text", "The store's supplier id.", "event.id", key=True),
    Column("name", "text", "Name.", _name),
    Column("lead_time_days", "bigint", "Lead time stated by the supplier, in days.", "event.lead_time_days"),
    Column("rating", "bigint", "Rating from 0 to 5.", "event.rating"),
    Column("minimum_order_minor", "bigint", "Minimum order value, in minor units.", "event.minimum_order_minor"),
    Column("fee_minor", "bigint", "Delivery fee, in minor units.", "event.fee_minor"),
    Column("currency", "text", "ISO 4217; empty: the store's currency.", "event.currency"),
    Column(
        "province",
        "text",
        "Province it delivers from; empty: unknown.",
        "event.province",
        default="''",
    ),
    Column("retired", "boolean", "Whether the supplier is retired.", always(False)),
)
"""Table of suppliers, without any data about their people."""
ORDER = Table(
    "purchase_order",
    "Current purchase orders of each store.",
    *place(),
    Column("number", "bigint", "Order number in the store.", "event.number", key=True),
    Column("supplier", "text", "Supplier.", "event.supplier"),
    Column("location", "text", "Stock location.", "event.location"),
    Column("state", "text", "draft, approved, sent, part_received, received, closed or cancelled.", always("draft")),
    Column("automatic", "boolean", "Whether it was suggested automatically.", "event.automatic"),
    Column("revision", "bigint", "Revision number, increased when a sent order is changed.", "event.revision"),
    Column("lines", "bigint", "Number of lines.", lambda fact: len(fact.event.lines)),
    Column(*("total_minor", "bigint", "Total of its lines in minor units of the supplier's currency."), _total_minor),
    Column("drafted_at", "timestamptz", "Time it was created.", "row.at_us"),
    Column("changed_at", "timestamptz", "Time of the last change.", "row.at_us"),
    Column("sent_on", "date", "Date it was sent.", null=True),
    Column("expected_on", "date", "Expected delivery date.", null=True),
    indexes=(Index("purchase_order_open", "tenant, expected_on", where="state IN ('sent', 'part_received')"),),
)
RECEIPT = Table(
    "purchase_receipt",
    "Lines of goods receipts.",
    *place(),
    Column("epoch", "bigint", "Epoch of the device's journal.", "row.epoch", key=True),
    Column("seq", "bigint", "Row in the device's journal.", "row.seq", key=True),
    Column("n", "bigint", "Line number within the journal row.", "n", key=True),
    Column("number", "bigint", "Order number.", "event.number"),
    Column("supplier", "text", "Supplier.", "event.supplier"),
    Column("delivery_note", "text", "Delivery note number.", "event.delivery_note"),
    BUSINESS_DATE,
    AT,
    Column("sku", "text", "The shop's product number (SKU).", "item.sku"),
    Column("quantity", "bigint", "Quantity in thousandths of the product's unit.", "item.quantity"),
    Column("unit_cost_minor", "bigint", "Unit cost in minor units.", "item.unit_cost_minor"),
    Column("lot", "text", "Lot; empty: unknown.", "item.lot"),
    Column("expiry", "text", "Expiry date; empty: unknown.", "item.expiry"),
    Column("location", "text", "Stock location.", "item.location"),
    indexes=(Index("purchase_receipt_by_sku", "tenant, sku, business_date"),),
)

RETURN = Table(
    "purchase_return",
    "Lines of returns to suppliers.",
    *place(),
    Column("epoch", "bigint", "Epoch of the device's journal.", "row.epoch", key=True),
    Column("seq", "bigint", "Row in the device's journal.", "row.seq", key=True),
    Column("n", "bigint", "Line number within the journal row.", "n", key=True),
    Column("supplier", "text", "Supplier.", "event.supplier"),
    Column("document", "text", "Return note number.", "event.document"),
    Column("number", "bigint", "Purchase order; 0: none.", "event.number"),
    Column("replaced", "boolean", "Whether the supplier sends a replacement under the same order.", "event.replaced"),
    BUSINESS_DATE,
    AT,
    Column("sku", "text", "The shop's product number (SKU).", "item.sku"),
    Column("quantity", "bigint", "Quantity in thousandths of the product's unit.", "item.quantity"),
    Column("credit_minor", "bigint", "Credit per unit, in minor units.", "item.credit_minor", null=True),
    Column("lot", "text", "Lot; empty: unknown.", "item.lot"),
    Column("location", "text", "Stock location it left.", "item.location"),
)

_SET = SUPPLIER.upsert()
_OF = "WHERE tenant = $1 AND store = $2 AND device = $3"
_RETIRED = f"UPDATE supplier SET retired = true {_OF} AND id = $4"
_DRAFTED = ORDER.upsert("location", "revision", "lines", "total_minor", "changed_at")
_MOVED = f"""
    UPDATE purchase_order SET state = $5, changed_at = $6, sent_on = coalesce($7, sent_on),
                              expected_on = coalesce($8, expected_on) {_OF} AND number = $4
"""
_CORRECTED = f"""
    UPDATE purchase_receipt SET quantity = $7, unit_cost_minor = $8 {_OF}
        AND supplier = $4 AND delivery_note = $5 AND n = $6
"""


class PurchaseTables(TableProjector):
    """Projects purchasing events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "purchasing"
    version = 1
    keeps_orphans = True
    tables = (SUPPLIER, ORDER, RECEIPT, RETURN)
    reads = (
        SUPPLIER.read("suppliers", Filter("store", "store"), Filter("supplier", "id")),
        ORDER.read(
            "purchase-orders",
            Filter("store", "store"),
            Filter("state", "state"),
            Filter("supplier", "supplier"),
            Filter("expected_by", "expected_on", "<="),
        ),
        RECEIPT.read(
            "purchase-orders/receipts",
            Filter("store", "store"),
            Filter("sku", "sku"),
            Filter("supplier", "supplier"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
        RETURN.read(
            "purchase-orders/returns",
            Filter("store", "store"),
            Filter("sku", "sku"),
            Filter("supplier", "supplier"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(
            self._project,
            *(SupplierSet, SupplierRetired, PurchaseDrafted, PurchaseMoved, PurchaseReceived),
            *(PurchaseReceiptCorrected, GoodsReturned),
        )

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        came, back, corrected = list[Fact](), list[Fact](), list[PurchaseReceiptCorrected]()
        for fact in self.facts(key, rows):
            if isinstance(fact.event, PurchaseReceived):
                came += fact.each(fact.event.lines)
            elif isinstance(fact.event, GoodsReturned):
                back += fact.each(fact.event.lines)
            elif isinstance(fact.event, PurchaseReceiptCorrected):
                corrected.append(fact.event)
            else:
                query, values = _change(fact)
                await connection.execute(query, *values)
        await RECEIPT.copy(connection, came)
        await RETURN.copy(connection, back)
        for one in corrected:
            line = (one.supplier, one.delivery_note, one.n)
            of = (key.tenant, key.store, key.device)
            await connection.execute(_CORRECTED, *of, *line, one.quantity, one.unit_cost_minor)


def _change(fact: Fact) -> tuple[str, Sequence[Any]]:
    key, row, event = fact.key, fact.row, fact.event
    of = (key.tenant, key.store, key.device)
    match event:
        case SupplierSet():
            return _SET, SUPPLIER.record(fact)
        case SupplierRetired():
            return _RETIRED, (*of, event.id)
        case PurchaseDrafted():
            return _DRAFTED, ORDER.record(fact)
        case _:
            return _MOVED, (
                *of,
                event.number,
                event.now,
                moment(row.at_us),
                _day(event.sent_on),
                _day(event.expected_on),
            )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
