"""How the hub turns suppliers and purchase orders of the stores into rows of Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.shop.purchasing.events import (
    PurchaseDrafted,
    PurchaseMoved,
    PurchaseReceived,
    SupplierRetired,
    SupplierSet,
)
from edge.shop.purchasing.rules import cost_of
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

RECEIPT: tuple[str, ...] = (
    *("tenant", "store", "device", "epoch", "seq", "n", "number", "supplier", "delivery_note", "business_date", "at"),
    *("sku", "quantity", "unit_cost_minor", "lot", "expiry", "location"),
)
_SUPPLIER = """
    INSERT INTO supplier (tenant, store, device, id, name, lead_time_days, rating, minimum_order_minor, fee_minor,
                          currency, retired)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false)
    ON CONFLICT (tenant, store, device, id) DO UPDATE SET name = excluded.name,
        lead_time_days = excluded.lead_time_days, rating = excluded.rating,
        minimum_order_minor = excluded.minimum_order_minor, fee_minor = excluded.fee_minor,
        currency = excluded.currency, retired = false
"""
_OF = "WHERE tenant = $1 AND store = $2 AND device = $3"
_RETIRED = f"UPDATE supplier SET retired = true {_OF} AND id = $4"
_DRAFTED = """
    INSERT INTO purchase_order (tenant, store, device, number, supplier, location, state, automatic, revision, lines,
                                total_minor, drafted_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11, $11)
    ON CONFLICT (tenant, store, device, number) DO UPDATE SET location = excluded.location,
        revision = excluded.revision, lines = excluded.lines, total_minor = excluded.total_minor,
        changed_at = excluded.changed_at
"""
_MOVED = f"""
    UPDATE purchase_order SET state = $5, changed_at = $6, sent_on = coalesce($7, sent_on),
                              expected_on = coalesce($8, expected_on) {_OF} AND number = $4
"""

READS = (
    Read(
        name="suppliers",
        source="supplier",
        summary="Who each store buys from, and on which terms.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "Its appliance."),
            Field("id", "text", "The supplier, as the store calls it."),
            Field("name", "text", "What it is called."),
            Field("lead_time_days", "integer", "How long it says it takes."),
            Field("rating", "integer", "From 0 to 5."),
            Field("minimum_order_minor", "integer", "The least it delivers, in minor units."),
            Field("fee_minor", "integer", "What a delivery costs, in minor units."),
            Field("currency", "text", "ISO 4217; empty: the store's."),
            Field("retired", "boolean", "Whether nothing is bought there any more."),
        ),
        key=("store", "device", "id"),
        filters=(Filter("store", "store"), Filter("supplier", "id")),
    ),
    Read(
        name="purchase-orders",
        source="purchase_order",
        summary="What each store ordered of whom, as it is now.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "Its appliance."),
            Field("number", "integer", "The order's number there."),
            Field("supplier", "text", "Of whom."),
            Field("location", "text", "The place in the store."),
            Field("state", "text", "draft, approved, sent, part_received, received, closed or cancelled."),
            Field("automatic", "boolean", "Whether it was suggested."),
            Field("revision", "integer", "Grows when it is changed behind its sending."),
            Field("lines", "integer", "How many lines it has."),
            Field("total_minor", "integer", "What its lines come to, in minor units of the supplier's currency."),
            Field("drafted_at", "time", "When it was begun."),
            Field("changed_at", "time", "When it was changed last."),
            Field("sent_on", "date", "The day on which it was sent."),
            Field("expected_on", "date", "The day on which it is expected."),
        ),
        key=("store", "device", "number"),
        filters=(
            Filter("store", "store"),
            Filter("state", "state"),
            Filter("supplier", "supplier"),
            Filter("expected_by", "expected_on", "<="),
        ),
    ),
    Read(
        name="purchase-orders/receipts",
        source="purchase_receipt",
        summary="What came of orders, line by line.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "Its appliance."),
            Field("epoch", "integer", "The epoch of its journal."),
            Field("seq", "integer", "The row of its journal."),
            Field("n", "integer", "The line's place in that row."),
            Field("number", "integer", "The order's number."),
            Field("supplier", "text", "Of whom."),
            Field("delivery_note", "text", "The number of the delivery note."),
            Field("business_date", "date", "The business day, as the store counts it."),
            Field("at", "time", "When."),
            Field("sku", "text", "The product's number in the shop."),
            Field("quantity", "integer", "Thousandths of its unit."),
            Field("unit_cost_minor", "integer", "What one cost, in minor units."),
            Field("lot", "text", "The lot; empty where none is known."),
            Field("expiry", "text", "The last day; empty where none is known."),
            Field("location", "text", "The place in the store."),
        ),
        key=("store", "device", "epoch", "seq", "n"),
        filters=(
            Filter("store", "store"),
            Filter("sku", "sku"),
            Filter("supplier", "supplier"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class PurchaseTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "purchasing"
    version = 1
    tables = ("supplier", "purchase_order", "purchase_receipt")
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(
            self._project, *(SupplierSet, SupplierRetired, PurchaseDrafted, PurchaseMoved, PurchaseReceived)
        )

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        of = (key.tenant, key.store, key.device)
        came: list[tuple[Any, ...]] = []
        for row, event in self.read(rows):
            if isinstance(event, PurchaseReceived):
                came += _receipts(key, row, event)
            else:
                query, values = _change(row, event)
                await connection.execute(query, *of, *values)
        await connection.copy_records_to_table("purchase_receipt", records=came, columns=RECEIPT)


def _change(row: Row, event: Any) -> tuple[str, tuple[Any, ...]]:
    at = moment(row.at_us)
    match event:
        case SupplierSet():
            name = event.names.get("en") or next(iter(event.names.values()))
            terms = (event.lead_time_days, event.rating, event.minimum_order_minor, event.fee_minor, event.currency)
            return _SUPPLIER, (event.id, name, *terms)
        case SupplierRetired():
            return _RETIRED, (event.id,)
        case PurchaseDrafted():
            total = sum(cost_of(line.quantity, line.unit_cost_minor) for line in event.lines)
            about = (event.supplier, event.location, event.automatic, event.revision, len(event.lines), total)
            return _DRAFTED, (event.number, *about, at)
        case _:
            return _MOVED, (event.number, event.now, at, _day(event.sent_on), _day(event.expected_on))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _receipts(key: Key, row: Row, event: PurchaseReceived) -> list[tuple[Any, ...]]:
    where = (key.tenant, key.store, key.device, row.epoch, row.seq)
    of = (event.number, event.supplier, event.delivery_note, date.fromisoformat(row.business_date), moment(row.at_us))
    return [
        (*where, n, *of, line.sku, line.quantity, line.unit_cost_minor, line.lot, line.expiry, line.location)
        for n, line in enumerate(event.lines)
    ]
