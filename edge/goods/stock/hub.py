"""Hub projection: stock on hand by store and location, from stock movements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import astuple

from edge.goods.stock.events import (
    CostCorrected,
    LevelsSet,
    LocationRetired,
    LocationSet,
    Move,
    ReceiptCorrected,
    ReservationFulfilled,
    ReservationReleased,
    StockExpected,
    StockMoved,
    StockReserved,
)
from edge.goods.stock.hub_days import STOCK_DAY, DayChanges, averages_after, keep_averages, keep_days
from edge.goods.stock.project import WATCHED
from sync import limits
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, Column, Fact, Index, Table, always, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

STOCK = Table(
    "stock",
    "Stock on hand in each store.",
    *place(),
    Column("sku", "text", "The shop's product number (SKU).", key=True),
    Column("on_hand", "bigint", "Quantity in thousandths of the product's unit; negative: more sold than counted."),
    Column("watched", "boolean", "Whether its stock level is monitored.", default="false"),
    Column("average_micro", "bigint", "Average unit cost, in millionths of a minor unit.", null=True),
    Column("average_at", "timestamptz", "Time head office received it.", null=True),
)
STOCK_ROW = Table(
    "stock_row",
    "Stock on hand by location, lot and expiry date.",
    *place(),
    Column("sku", "text", "The shop's product number (SKU).", key=True),
    Column("location", "text", "Stock location; every store has main.", key=True),
    Column("lot", "text", "Lot; empty: unknown.", key=True),
    Column("expiry", "text", "Expiry date (ISO 8601); empty: unknown.", key=True),
    Column("quantity", "bigint", "Quantity in thousandths of the product's unit."),
    Column("boxes", "bigint", "Number of unopened cases."),
    Column("box", "bigint", "Units per case."),
    indexes=(Index("stock_row_by_lot", "tenant, sku, lot", where="lot <> ''"),),
)
"""Table of sums, filled by the statements below."""
CLAIM = Table(
    "stock_claim",
    "Reserved and ordered quantities of each store.",
    *place(),
    Column("kind", "text", "reserved or ordered.", key=True),
    Column("holder", "text", "Order or expected delivery it belongs to.", key=True),
    Column("sku", "text", "The shop's product number (SKU).", key=True),
    Column("location", "text", "Stock location."),
    Column("quantity", "bigint", "Quantity in thousandths of the product's unit."),
)
LEVEL = Table(
    "stock_level",
    "Par levels and reorder points by location.",
    *place(),
    Column("sku", "text", "The shop's product number (SKU).", "event.sku", key=True),
    Column("location", "text", "Stock location.", "event.location", key=True),
    Column("par", "bigint", "Par level in thousandths of its unit.", "event.par"),
    Column("reorder", "bigint", "Reorder point in thousandths of its unit.", "event.reorder"),
)
LOCATION = Table(
    "stock_location",
    "Stock locations of each store; main always exists.",
    *place(),
    Column("id", "text", "The store's location id.", "event.id", key=True),
    Column("kind", "text", "Type of location; stock in quarantine isn't sold.", "event.kind"),
    Column("retired", "boolean", "Whether the location is retired.", always(False)),
)
STATE = Table(
    "stock_state",
    "Stock of each store, all of its boxes together: on hand, available, on order and status.",
    *place()[:2],
    Column("sku", "text", "The shop's product number (SKU).", key=True),
    Column("on_hand", "bigint", "Stock on hand in all locations, in thousandths of the product's unit."),
    Column("reserved", "bigint", "Reserved quantity in thousandths of its unit."),
    Column("on_order", "bigint", "Quantity on order, in thousandths of its unit."),
    Column("available", "bigint", "Neither reserved nor in quarantine, in thousandths of its unit."),
    Column("status", "text", "critical, low, excess or normal; empty: not monitored."),
    Column("next_expiry", "text", "Next expiry date; null: unknown.", null=True),
    indexes=(Index("stock_state_by_status", "tenant, status, store, sku"),),
)
"""Table filled by `refresh_stock` (hub.sql), so that an index finds a chain's shortages without summing all stock."""
MOVEMENT = Table(
    "stock_movement",
    "All stock movements, with user and reason.",
    *place(),
    Column("epoch", "bigint", "Epoch of the device's journal.", "row.epoch", key=True),
    Column("seq", "bigint", "Row in the device's journal.", "row.seq", key=True),
    Column("n", "bigint", "Movement number within the journal row.", "n", key=True),
    Column("sku", "text", "The shop's product number (SKU).", "item.sku"),
    BUSINESS_DATE,
    AT,
    Column(*("reason", "text", "sale, void, refund, received, waste, counted, transferred and so on."), "event.reason"),
    Column("cause", "text", "More specific reason.", "event.cause"),
    Column("delta", "bigint", "Quantity in thousandths of the product's unit; negative: goods left.", "item.delta"),
    Column(
        *("boxes", "bigint", "Number of unopened cases; negative: they left or were opened."),
        "item.boxes",
    ),
    Column("location", "text", "Stock location.", "item.location"),
    Column("lot", "text", "Lot; empty: unknown.", "item.lot"),
    Column("expiry", "text", "Expiry date; empty: unknown.", "item.expiry"),
    Column("actor", "text", "User id.", "row.actor"),
    Column("document", "text", "Related document: a delivery note or a count.", "event.document"),
    Column(
        *("unit_cost_minor", "bigint", "Unit cost in minor units, if known."),
        lambda fact: fact.event.unit_cost_minor if fact.item.delta > 0 else None,
        null=True,
    ),
    indexes=(Index("stock_movement_by_sku", "tenant, sku, business_date"),),
)

CORRECTION = Table(
    "stock_cost_correction",
    "Cost corrections of goods that had already left.",
    *place(),
    Column("epoch", "bigint", "Epoch of the device's journal.", "row.epoch", key=True),
    Column("seq", "bigint", "Row in the device's journal.", "row.seq", key=True),
    BUSINESS_DATE,
    AT,
    Column("sku", "text", "The shop's product number (SKU).", "event.sku"),
    Column(
        *("why", "text", "sold_short, receipt, added, returned, lost_in_transit, production or production_loss."),
        "event.why",
    ),
    Column(
        *("amount_milli", "bigint", "Amount in thousandths of a minor unit; negative: goods were cheaper."),
        "event.amount_milli",
    ),
    Column("document", "text", "Related document: a delivery note or an invoice.", "event.document"),
)

_ADD = """
    INSERT INTO stock (tenant, store, device, sku, on_hand, watched)
    SELECT $1, $2, $3, sku, delta, watched
    FROM unnest($4::text[], $5::bigint[], $6::boolean[]) AS moved (sku, delta, watched)
    ON CONFLICT (tenant, store, device, sku) DO UPDATE
    SET on_hand = stock.on_hand + excluded.on_hand, watched = stock.watched OR excluded.watched
"""
_ADD_ROWS = """
    INSERT INTO stock_row AS r (tenant, store, device, sku, location, lot, expiry, quantity, boxes, box)
    SELECT $1, $2, $3, sku, location, lot, expiry, quantity, boxes, box
    FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[])
         AS moved (sku, location, lot, expiry, quantity, boxes, box)
    ON CONFLICT (tenant, store, device, sku, location, lot, expiry) DO UPDATE SET
        quantity = r.quantity + excluded.quantity,
        boxes = CASE WHEN excluded.box IN (0, r.box) THEN r.boxes ELSE 0 END + excluded.boxes,
        box = CASE WHEN excluded.box = 0 THEN r.box ELSE excluded.box END
"""
_OF = "WHERE tenant = $1 AND store = $2 AND device = $3"
_CLAIM = (
    "INSERT INTO stock_claim (tenant, store, device, kind, holder, sku, location, quantity)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING sku, location, quantity"
)
_UNCLAIM = f"DELETE FROM stock_claim {_OF} AND kind = $4 AND holder = $5 RETURNING sku, location, -quantity"
_FULFIL = f"""
    UPDATE stock_claim SET quantity = quantity - $4 {_OF} AND kind = 'reserved' AND holder = $5 AND sku = $6
    RETURNING sku, location, -$4::bigint
"""
_FULFILLED = f"""
    DELETE FROM stock_claim {_OF} AND kind = 'reserved' AND holder = $4 AND quantity <= 0
    RETURNING sku, location, -quantity
"""
"""Deletes fulfilled claims; each returned row changes a product's reserved quantity at a location."""
_SET_LEVEL = LEVEL.upsert()
_NO_LEVEL = f"DELETE FROM stock_level {_OF} AND sku = $4 AND location = $5"
_SET_LOCATION = LOCATION.upsert()
_RETIRED = f"UPDATE stock_location SET retired = true {_OF} AND id = $4"
_NO_LEVELS = f"DELETE FROM stock_level {_OF} AND location = $4"
_REFRESH = "SELECT refresh_stock($1, $2, $3::text[])"
_PLACE = tuple(column.field for column in STOCK_ROW.columns if column.name in {"store", "sku", "location", "lot"})
_QUANTITY = Field("quantity", "integer", "Quantity in thousandths of the product's unit.")
_AVAILABLE = "in thousandths of its unit: neither promised nor in quarantine."


class StockTables(TableProjector):
    """Projects stock events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "stock"
    version = 3
    keeps_orphans = True
    rows_at_once = limits.PROJECT_ROWS
    tables = (STOCK, STOCK_ROW, STOCK_DAY, CLAIM, LEVEL, LOCATION, MOVEMENT, CORRECTION)
    reads = (
        Read(
            name="stock",
            source="stock_of_store",
            summary="Stock of each store: on hand, available, on order and status.",
            fields=(
                *(column.field for column in STOCK.columns if column.name in {"store", "sku", "on_hand"}),
                Field("reserved", "integer", "Reserved quantity in thousandths of its unit."),
                Field("on_order", "integer", "Quantity on order, in thousandths of its unit."),
                Field("available", "integer", f"Quantity that can be sold, {_AVAILABLE}"),
                Field("status", "text", "critical, low, excess or normal; empty: not monitored."),
                Field("next_expiry", "text", "Next expiry date; null: unknown."),
            ),
            key=("store", "sku"),
            filters=(
                Filter("store", "store"),
                Filter("sku", "sku"),
                Filter("below", "on_hand", "<="),
                Filter("status", "status"),
                Filter("expiring_by", "next_expiry", "<="),
            ),
        ),
        Read(
            name="stock/levels",
            source="stock_level_of_store",
            summary="Par levels and reorder points by location, with status.",
            fields=(
                *(column.field for column in LEVEL.columns if column.name not in {"tenant", "device"}),
                Field("available", "integer", f"Quantity that can be sold there, {_AVAILABLE}"),
                Field("status", "text", "critical, low, excess or normal."),
            ),
            key=("store", "sku", "location"),
            filters=(
                Filter("store", "store"),
                Filter("sku", "sku"),
                Filter("location", "location"),
                Filter("status", "status"),
            ),
        ),
        Read(
            name="stock/rows",
            source="stock_row_of_store",
            summary="Stock by location, lot and expiry date.",
            fields=(
                *_PLACE,
                Field("expiry", "text", "Expiry date (ISO 8601); empty: unknown."),
                _QUANTITY,
                Field("boxes", "integer", "Number of unopened cases."),
            ),
            key=("store", "sku", "location", "lot", "expiry"),
            filters=(
                Filter("store", "store"),
                Filter("sku", "sku"),
                Filter("location", "location"),
                Filter("lot", "lot"),
            ),
        ),
        Read(
            name="stock/expiring",
            source="stock_expiring",
            summary="Stock with an expiry date, earliest first.",
            fields=(Field("expiry", "text", "Expiry date (ISO 8601)."), *_PLACE, _QUANTITY),
            key=("expiry", "store", "sku", "location", "lot"),
            filters=(Filter("store", "store"), Filter("sku", "sku"), Filter("until", "expiry", "<=")),
        ),
        MOVEMENT.read(
            "stock/movements",
            Filter("store", "store"),
            Filter("sku", "sku"),
            Filter("reason", "reason"),
            Filter("lot", "lot"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
            fields=(
                *("store", "device", "epoch", "seq", "n", "sku", "business_date", "at", "actor", "reason", "cause"),
                *("delta", "boxes", "location", "lot", "expiry", "document", "unit_cost_minor"),
            ),
        ),
        Read(
            name="stock/movements/sums",
            source="stock_movement",
            summary="Sum of each product's movements by reason; together, its stock on hand.",
            fields=(
                Field("sku", "text", "The shop's product number (SKU)."),
                Field("reason", "text", "sale, void, refund, received, waste, counted, transferred and so on."),
                Field("delta", "integer", "Quantity in thousandths of the product's unit; negative: goods left."),
            ),
            key=("sku", "reason"),
            filters=(
                Filter("store", "store"),
                Filter("sku", "sku"),
                Filter("reason", "reason"),
                Filter("from", "business_date", ">=", "date"),
                Filter("to", "business_date", "<=", "date"),
            ),
            summed=True,
        ),
        CORRECTION.read(
            "stock/cost-corrections",
            Filter("store", "store"),
            Filter("sku", "sku"),
            Filter("why", "why"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {
            **together(self._project, StockMoved, ReceiptCorrected),
            **together(self._insert_corrections, CostCorrected),
            **together(self._project_claims, StockReserved, StockExpected, ReservationReleased, ReservationFulfilled),
            **together(self._project_places, LevelsSet, LocationSet, LocationRetired),
        }

    async def reset(self, connection: Any, key: Key) -> None:
        await super().reset(connection, key)
        await connection.execute(_REFRESH, key.tenant, key.store, None)

    async def _project_claims(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        days: DayChanges = defaultdict(lambda: (0, 0))
        changed: set[str] = set()
        for fact in await self.facts_in_turns(key, rows):
            for query, values in _claims(fact):
                for sku, location, more in await connection.fetch(query, *astuple(key), *values):
                    changed.add(sku)
                    if not isinstance(fact.event, StockExpected):
                        there, promised = days[place := (fact.row.business_date, sku, location)]
                        days[place] = (there, promised + more)
        await keep_days(connection, key, days)
        await connection.execute(_REFRESH, key.tenant, key.store, sorted(changed))

    async def _project_places(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        of = astuple(key)
        facts = await self.facts_in_turns(key, rows)
        for fact in facts:
            match fact.event:
                case LevelsSet(sku, location, 0, 0):
                    await connection.execute(_NO_LEVEL, *of, sku, location)
                case LevelsSet():
                    await connection.execute(_SET_LEVEL, *LEVEL.record(fact))
                case LocationSet():
                    await connection.execute(_SET_LOCATION, *LOCATION.record(fact))
                case LocationRetired(id):
                    await connection.execute(_RETIRED, *of, id)
                    await connection.execute(_NO_LEVELS, *of, id)
        levelled = {fact.event.sku for fact in facts if isinstance(fact.event, LevelsSet)}
        everything = any(not isinstance(fact.event, LevelsSet) for fact in facts)  # a location can hold any product
        await connection.execute(_REFRESH, key.tenant, key.store, None if everything else sorted(levelled))

    async def _insert_corrections(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await CORRECTION.copy(connection, self.facts(key, rows))

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        facts = await self.facts_in_turns(key, rows)
        of = (key.tenant, key.store, key.device)
        moved = [fact for fact in facts if isinstance(fact.event, StockMoved)]
        sums: dict[str, int] = defaultdict(int)
        days: DayChanges = defaultdict(lambda: (0, 0))
        watched: set[str] = set()
        for fact in moved:
            for move in fact.event.moves:
                sums[move.sku] += move.delta
                there, promised = days[place := (fact.row.business_date, move.sku, move.location)]
                days[place] = (there + move.delta, promised)
            if fact.event.reason in WATCHED:
                watched.update(move.sku for move in fact.event.moves)
        averages = await averages_after(connection, key, facts)
        await connection.execute(_ADD, *of, list(sums), list(sums.values()), [sku in watched for sku in sums])
        await keep_averages(connection, key, averages)
        for batch in _by_row(move for fact in moved for move in fact.event.moves):
            columns = zip(*((*where, *change) for where, change in batch.items()), strict=True)
            await connection.execute(_ADD_ROWS, *of, *(list(column) for column in columns))
        await keep_days(connection, key, days)
        await connection.execute(_REFRESH, key.tenant, key.store, sorted(sums))
        await MOVEMENT.copy(connection, (each for fact in moved for each in fact.each(fact.event.moves)))


def _claims(fact: Fact) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The rows of reservations and expectations, in the order of the statements."""
    match fact.event:
        case StockReserved() | StockExpected() as event:
            whose = ("reserved" if isinstance(event, StockReserved) else "ordered", event.holder)
            yield _UNCLAIM, whose
            for line in event.lines:
                yield _CLAIM, (*whose, line.sku, event.location, line.quantity)
        case ReservationReleased(holder):
            yield _UNCLAIM, ("reserved", holder)
        case ReservationFulfilled(holder, lines):
            for line in lines:
                yield _FULFIL, (line.quantity, holder, line.sku)
            yield _FULFILLED, (holder,)


def _by_row(moves: Iterator[Move]) -> Iterator[dict[tuple[str, ...], tuple[int, int, int]]]:
    """Yield the summed change of each row. There are several batches only if a box size changed in between."""
    batch: dict[tuple[str, ...], tuple[int, int, int]] = {}
    for move in moves:
        where = (move.sku, move.location, move.lot, move.expiry)
        delta, boxes, box = batch.get(where, (0, 0, 0))
        if box and move.box and box != move.box:
            yield batch
            batch, (delta, boxes, box) = {}, (0, 0, 0)
        batch[where] = (delta + move.delta, boxes + move.boxes, move.box or box)
    if batch:
        yield batch
