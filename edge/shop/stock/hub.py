"""How the hub turns stock movements into what is on hand in each store, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from edge.shop.stock.events import Move, StockMoved
from sync import limits
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

MOVEMENT: tuple[str, ...] = (
    *("tenant", "store", "device", "epoch", "seq", "n", "sku", "business_date", "at", "reason", "cause", "delta"),
    *("boxes", "location", "lot", "expiry", "actor", "note", "document", "unit_cost_minor"),
)
_ADD = """
    INSERT INTO stock (tenant, store, device, sku, on_hand)
    SELECT $1, $2, $3, sku, delta FROM unnest($4::text[], $5::bigint[]) AS moved (sku, delta)
    ON CONFLICT (tenant, store, device, sku) DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand
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
_PLACE = (
    Field("store", "text", "The store."),
    Field("sku", "text", "The product's number in the shop."),
    Field("location", "text", "The place in the store; main is the one every store has."),
    Field("lot", "text", "The lot; empty where none is known."),
)
_QUANTITY = Field("quantity", "integer", "Thousandths of the product's unit.")

READS = (
    Read(
        name="stock",
        source="stock_of_store",
        summary="What is on hand in each store.",
        fields=(
            Field("store", "text", "The store."),
            Field("sku", "text", "The product's number in the shop."),
            Field("on_hand", "integer", "Thousandths of the product's unit; below 0 where more was sold than counted."),
        ),
        key=("store", "sku"),
        filters=(Filter("store", "store"), Filter("sku", "sku"), Filter("below", "on_hand", "<=")),
    ),
    Read(
        name="stock/rows",
        source="stock_row_of_store",
        summary="Where that is: by place, lot and last day.",
        fields=(
            *_PLACE,
            Field("expiry", "text", "The last day, as ISO writes it; empty where none is known."),
            _QUANTITY,
            Field("boxes", "integer", "How many closed boxes are in it."),
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
        summary="Goods that have a last day, the nearest first.",
        fields=(Field("expiry", "text", "The last day, as ISO writes it."), *_PLACE, _QUANTITY),
        key=("expiry", "store", "sku", "location", "lot"),
        filters=(Filter("store", "store"), Filter("sku", "sku"), Filter("until", "expiry", "<=")),
    ),
    Read(
        name="stock/movements",
        source="stock_movement",
        summary="Every movement of goods, with who and why.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "Its appliance."),
            Field("epoch", "integer", "The epoch of its journal."),
            Field("seq", "integer", "The row of its journal."),
            Field("n", "integer", "The movement's place in that row."),
            Field("sku", "text", "The product's number in the shop."),
            Field("business_date", "date", "The business day, as the store counts it."),
            Field("at", "time", "When."),
            Field("actor", "text", "Who: the id of a user."),
            Field("reason", "text", "sale, void, refund, received, waste, counted, transferred and the like."),
            Field("cause", "text", "A finer word of it."),
            Field("delta", "integer", "Thousandths of the product's unit; below 0 where goods left."),
            Field("boxes", "integer", "By how many closed boxes that was; below 0 where they left or were opened."),
            Field("location", "text", "The place in the store."),
            Field("lot", "text", "The lot; empty where none is known."),
            Field("expiry", "text", "The last day; empty where none is known."),
            Field("note", "text", "What was noted."),
            Field("document", "text", "A delivery note, a count."),
            Field("unit_cost_minor", "integer", "What one cost, in minor units, where that was said."),
        ),
        key=("store", "device", "epoch", "seq", "n"),
        filters=(
            Filter("store", "store"),
            Filter("sku", "sku"),
            Filter("reason", "reason"),
            Filter("lot", "lot"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class StockTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "stock"
    version = 2
    tables = ("stock", "stock_row", "stock_movement")
    keeps_orphans = True
    rows_at_once = limits.PROJECT_ROWS

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, StockMoved)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        happened = await self.read_in_turns(rows)
        place = (key.tenant, key.store, key.device)
        sums: dict[str, int] = defaultdict(int)
        for _, event in happened:
            for move in event.moves:
                sums[move.sku] += move.delta
        await connection.execute(_ADD, *place, list(sums), list(sums.values()))
        for batch in _by_row(move for _, event in happened for move in event.moves):
            columns = zip(*((*where, *change) for where, change in batch.items()), strict=True)
            await connection.execute(_ADD_ROWS, *place, *(list(column) for column in columns))
        records = [record for row, event in happened for record in _movements(key, row, event)]
        await connection.copy_records_to_table("stock_movement", records=records, columns=MOVEMENT)


def _by_row(moves: Iterator[Move]) -> Iterator[dict[tuple[str, ...], tuple[int, int, int]]]:
    """What moves change in each row, together; in several batches only where a box got another size meanwhile."""
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


def _movements(key: Key, row: Row, event: StockMoved) -> Iterator[tuple[Any, ...]]:
    where = (key.tenant, key.store, key.device, row.epoch, row.seq)
    day = date.fromisoformat(row.business_date)
    for n, move in enumerate(event.moves):
        what = (event.reason, event.cause, move.delta, move.boxes, move.location, move.lot, move.expiry)
        cost = event.unit_cost_minor if move.delta > 0 else None
        about = (row.actor, event.note, event.document, cost)
        yield (*where, n, move.sku, day, moment(row.at_us), *what, *about)
