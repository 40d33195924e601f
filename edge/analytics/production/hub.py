"""Project production in the hub: stores' orders, output, and bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.analytics.production.events import (
    BomEnded,
    BomSet,
    WorkEnded,
    WorkPlanned,
    WorkReported,
    WorkReportUndone,
    WorkStarted,
)
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, Column, Fact, Index, Table, always, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

ORDER = Table(
    "work_order",
    "Current work orders of each store.",
    *place(),
    Column("number", "bigint", "Order number in the store.", "event.number", key=True),
    Column("sku", "text", "The shop's product number (SKU).", "event.sku"),
    Column("quantity", "bigint", "Quantity to produce, in thousandths of its unit.", "event.quantity"),
    Column("state", "text", "planned, in_progress, completed or cancelled.", always("planned")),
    Column("bom", "text", "Bill of materials.", "event.bom"),
    Column("bom_version", "bigint", "Version of the bill of materials.", "event.bom_version"),
    Column("start_on", "date", "Planned start (business day).", "event.start_on"),
    Column("due_on", "date", "Due date (business day).", "event.due_on"),
    Column("good", "bigint", "Good quantity produced, in thousandths.", always(0)),
    Column("scrap", "bigint", "Scrapped quantity, in thousandths.", always(0)),
    Column("taken_milli", "bigint", "Cost of the materials used, in thousandths of a minor unit.", always(0)),
    Column("planned_at", "timestamptz", "Time it was planned or last changed before it started.", "row.at_us"),
    indexes=(Index("work_order_open", "tenant, start_on", where="state IN ('planned', 'in_progress')"),),
)
MADE = Table(
    "work_made",
    "Recorded production, entry by entry.",
    *place(),
    Column("epoch", "bigint", "Epoch of the device's journal.", "row.epoch", key=True),
    Column("seq", "bigint", "Row in the device's journal.", "row.seq", key=True),
    Column("number", "bigint", "Order number.", "event.number"),
    BUSINESS_DATE,
    AT,
    Column("sku", "text", "The shop's product number (SKU).", "event.sku"),
    Column("good", "bigint", "Good quantity, in thousandths of its unit.", "event.good"),
    Column("scrap", "bigint", "Scrapped quantity, in thousandths.", "event.scrap"),
    Column("lot", "text", "Lot of the good quantity; empty: no good quantity.", "event.lot"),
    Column("taken_milli", "bigint", "Cost of the materials used, in thousandths of a minor unit.", "event.taken_milli"),
    indexes=(Index("work_made_by_sku", "tenant, sku, business_date"),),
)
BOM_LINE = Table(
    "bom_line",
    "Bills of materials, one row per component.",
    *place(),
    Column("bom", "text", "Bill of materials.", "event.bom.id", key=True),
    Column("component", "text", "The component's product number (SKU).", "item.sku", key=True),
    Column("sku", "text", "Product it is a component of.", "event.bom.sku"),
    Column("quantity", "bigint", "Quantity in thousandths of its unit or of the measure.", "item.quantity"),
    Column("measure", "text", "g, ml or m; empty: the product's own unit.", "item.measure"),
    Column("makes", "bigint", "Quantity the bill produces, in thousandths.", "event.bom.makes"),
    Column("yield_permille", "bigint", "Yield in thousandths.", "event.bom.yield_permille"),
    Column("version", "bigint", "Version of the bill of materials.", "event.bom.version"),
    Column("from_date", "text", "First business day it applies; empty: no start date.", "event.bom.from_date"),
    Column("active", "boolean", "Whether it is active.", "event.bom.active"),
)
_OF = "WHERE tenant = $1 AND store = $2 AND device = $3"
_PLANNED = ORDER.upsert("quantity", "start_on", "due_on", "planned_at")
_STATE = f"UPDATE work_order SET state = $5 {_OF} AND number = $4"
_DONE = f"""
    UPDATE work_order SET good = good + $5, scrap = scrap + $6, taken_milli = taken_milli + $7 {_OF} AND number = $4
"""
_UNMADE = f"DELETE FROM work_made {_OF} AND epoch = $4 AND seq = $5"
_UNSET = f"DELETE FROM bom_line {_OF} AND bom = $4"


class ProductionTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "production"
    version = 1
    tables = (ORDER, MADE, BOM_LINE)
    reads = (
        ORDER.read(
            "work-orders",
            Filter("store", "store"),
            Filter("state", "state"),
            Filter("sku", "sku"),
            Filter("start_by", "start_on", "<="),
        ),
        MADE.read(
            "work-orders/made",
            Filter("store", "store"),
            Filter("sku", "sku"),
            Filter("lot", "lot"),
            Filter("from", "business_date", ">="),
            Filter("to", "business_date", "<="),
        ),
        BOM_LINE.read("boms", Filter("store", "store"), Filter("sku", "sku"), Filter("component", "component")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(
            self._project, BomSet, BomEnded, WorkPlanned, WorkStarted, WorkReported, WorkReportUndone, WorkEnded
        )

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply in order, as the last event of a bill or order counts."""
        made = list[Fact]()
        for fact in self.facts(key, rows):
            of = (key.tenant, key.store, key.device)
            match fact.event:
                case WorkPlanned():
                    await connection.execute(_PLANNED, *ORDER.record(fact))
                case WorkStarted(number):
                    await connection.execute(_STATE, *of, number, "in_progress")
                case WorkEnded(number, state):
                    await connection.execute(_STATE, *of, number, state)
                case WorkReported() as event:
                    made.append(fact)
                    done = (event.good, event.scrap, event.taken_milli)
                    await connection.execute(_DONE, *of, event.number, *done)
                case WorkReportUndone() as event:
                    await MADE.copy(connection, made)
                    made = []
                    undone = (-event.good, -event.scrap, -event.taken_milli)
                    await connection.execute(_DONE, *of, event.number, *undone)
                    await connection.execute(_STATE, *of, event.number, "in_progress")
                    await connection.execute(_UNMADE, *of, fact.row.epoch, event.report)
                case BomEnded(id):
                    await connection.execute(_UNSET, *of, id)
                case BomSet() as event:
                    await connection.execute(_UNSET, *of, event.bom.id)
                    await BOM_LINE.copy(connection, fact.each(event.bom.lines))
        await MADE.copy(connection, made)
