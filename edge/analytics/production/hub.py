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
    "What each store makes, order by order, as it is now.",
    *place(),
    Column("number", "bigint", "The order's number there.", "event.number", key=True),
    Column("sku", "text", "The product's number in the shop.", "event.sku"),
    Column("quantity", "bigint", "What is to be made, in thousandths of its unit.", "event.quantity"),
    Column("state", "text", "planned, in_progress, completed or cancelled.", always("planned")),
    Column("bom", "text", "The bill of material that it goes by.", "event.bom"),
    Column("bom_version", "bigint", "Which version of it.", "event.bom_version"),
    Column("start_on", "date", "The business day on which it begins.", "event.start_on"),
    Column("due_on", "date", "The business day on which it is to be done.", "event.due_on"),
    Column("good", "bigint", "What was made and is good, in thousandths.", always(0)),
    Column("scrap", "bigint", "What was made and is not, in thousandths.", always(0)),
    Column("taken_milli", "bigint", "What went into it, in thousandths of a minor unit.", always(0)),
    Column("planned_at", "timestamptz", "When it was planned, or changed last before it was begun.", "row.at_us"),
    indexes=(Index("work_order_open", "tenant, start_on", where="state IN ('planned', 'in_progress')"),),
)
MADE = Table(
    "work_made",
    "What was made, each time somebody said so.",
    *place(),
    Column("epoch", "bigint", "The epoch of its journal.", "row.epoch", key=True),
    Column("seq", "bigint", "The row of its journal.", "row.seq", key=True),
    Column("number", "bigint", "The order's number.", "event.number"),
    BUSINESS_DATE,
    AT,
    Column("sku", "text", "The product's number in the shop.", "event.sku"),
    Column("good", "bigint", "What is good, in thousandths of its unit.", "event.good"),
    Column("scrap", "bigint", "What is not, in thousandths.", "event.scrap"),
    Column("lot", "text", "The lot that the good is; empty: nothing is good.", "event.lot"),
    Column("taken_milli", "bigint", "What went into it, in thousandths of a minor unit.", "event.taken_milli"),
    indexes=(Index("work_made_by_sku", "tenant, sku, business_date"),),
)
BOM_LINE = Table(
    "bom_line",
    "What is made of what in each store, a row a component.",
    *place(),
    Column("bom", "text", "The bill of material.", "event.bom.id", key=True),
    Column("component", "text", "The component's number in the shop.", "item.sku", key=True),
    Column("sku", "text", "What it is a component of.", "event.bom.sku"),
    Column("quantity", "bigint", "Thousandths of its unit, or of the measure.", "item.quantity"),
    Column("measure", "text", "g, ml or m; empty: its own unit.", "item.measure"),
    Column("makes", "bigint", "What the bill makes, in thousandths.", "event.bom.makes"),
    Column("yield_permille", "bigint", "How much comes out of what goes in.", "event.bom.yield_permille"),
    Column("version", "bigint", "The bill's version.", "event.bom.version"),
    Column("from_date", "text", "From which business day on; empty: from ever.", "event.bom.from_date"),
    Column("active", "boolean", "Whether it is used.", "event.bom.active"),
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
