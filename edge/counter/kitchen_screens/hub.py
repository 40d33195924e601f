"""Head office's table of kitchen screens: preparation times by station."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.counter.kitchen_screens.events import TicketBumped
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

MADE = Table(
    "kitchen_made",
    "Order parts completed at kitchen stations, with their time on the screen.",
    *place(device="Box that has it."),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("station", "text", "Station id.", "event.station"),
    Column("number", "bigint", "Order number at its register; 0: called by name.", "event.number"),
    Column("lines", "bigint", "Number of lines.", "event.lines"),
    Column(
        *("took_ms", "bigint", "Time on the screen, in milliseconds."),
        lambda fact: max(0, fact.row.at_us - fact.event.opened_us) // 1000,
    ),
)


class KitchenScreenTables(TableProjector):
    """Projects kitchen screen events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "kitchen_screens"
    version = 1
    tables = (MADE,)
    reads = (MADE.read("kitchen_made", Filter("store", "store"), Filter("station", "station")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {TicketBumped.__name__: self._insert_made}

    async def _insert_made(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await MADE.copy(connection, self.facts(key, rows))
