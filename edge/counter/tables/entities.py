"""Tables as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.tables.commands import EndTable, SetTable
from edge.counter.tables.events import TableEnded, TableSet
from edge.counter.tables.table import PART, TABLES_MOST, FloorTable
from edge.foundation.access.rights import MANAGE

_CALLED = "SELECT 1 FROM restaurant_table WHERE name = ? AND id <> ?"


def called_alone(tx: Transaction, wanted: FloorTable, known: FloorTable | None) -> FloorTable:
    """Raise `Refusal` for a name that is in use or contains the separator, because bills are found by table name."""
    if wanted.name.strip() != wanted.name or PART in wanted.name:
        raise Refusal("table_name", {"name": wanted.name})
    if tx.db.execute(_CALLED, (wanted.name, wanted.id)).fetchone():
        raise Refusal("table_name_taken", {"name": wanted.name})
    return wanted


TABLES = Entity(
    FloorTable,
    table="restaurant_table",
    set_by=SetTable,
    was_set=TableSet,
    end_by=EndTable,
    was_ended=TableEnded,
    right=MANAGE,
    order=("area", "name", "id"),
    limit=CountLimit(TABLES_MOST, "too_many_tables"),
    unknown=Unknown("no_such_table", "table"),
    checks=(called_alone,),
)
