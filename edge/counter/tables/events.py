"""Events of tables."""

from __future__ import annotations

from edge.core.messages import Event
from edge.counter.tables.table import FloorTable, TableId


class TableSet(Event, frozen=True):
    """A table was added or changed, with its whole new state."""

    table: FloorTable


class TableEnded(Event, frozen=True):
    """A table was deleted."""

    id: TableId


class TableTransferred(Event, frozen=True):
    """A table got another server (`served_before` "": it had none). Servers are user ids."""

    table: TableId
    served_by: str
    served_before: str


EVENTS: tuple[type[Event], ...] = (TableSet, TableEnded, TableTransferred)
