"""Hub projection: time clock stamps and corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.counter.time_clock.events import ClockStamped, WorkCorrected
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

STAMP = Table(
    "clock_stamp",
    "Clock-ins, clock-outs and breaks.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("person", "text", "User id.", "event.person"),
    Column("step", "text", "in, out, break, back.", "event.step"),
)
CORRECTION = Table(
    "work_correction",
    "Managers' corrections of a day's working hours; they replace the clocked times.",
    *place(),
    EPOCH,
    SEQ,
    AT,
    Column("person", "text", "User id.", "event.person"),
    Column("day", "text", "Business day.", "event.day"),
    Column("spans", "jsonb", "Worked periods: start, end and break, in microseconds.", "event.spans"),
    Column("actor", "text", "User who made the change.", "row.actor"),
)


class TimeClockTables(TableProjector):
    """Projects time clock events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "time_clock"
    version = 1
    tables = (STAMP, CORRECTION)
    reads = (
        STAMP.read("clock_stamps", Filter("store", "store"), Filter("person", "person")),
        CORRECTION.read("work_corrections", Filter("store", "store"), Filter("person", "person")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {ClockStamped.__name__: self._insert_stamps, WorkCorrected.__name__: self._insert_corrections}

    async def _insert_stamps(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await STAMP.copy(connection, self.facts(key, rows))

    async def _insert_corrections(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await CORRECTION.copy(connection, self.facts(key, rows))
