"""What can have happened to tables."""

from __future__ import annotations

from edge.core.messages import Event
from edge.counter.tables.table import FloorTable, TableId


class TableSet(Event, frozen=True):
    """A table is new or changed: all of it, as it is from now on."""

    table: FloorTable


class TableEnded(Event, frozen=True):
    """There is a table no more."""

    id: TableId


class TableTransferred(Event, frozen=True):
    """A table is served by another person from now on (`served_before` "": by nobody in particular); users' ids."""

    table: TableId
    served_by: str
    served_before: str


EVENTS: tuple[type[Event], ...] = (TableSet, TableEnded, TableTransferred)
