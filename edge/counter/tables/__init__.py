"""The tables of a restaurant, a café, a bar. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF, TILL
from edge.counter.tables.commands import MoveTable, PutOnTable, SplitSeats, SplitTable, TakeTable, TransferTable
from edge.counter.tables.entities import TABLES
from edge.counter.tables.events import EVENTS
from edge.counter.tables.handlers import (
    after_bill,
    move_table,
    put_on_table,
    split_seats,
    split_table,
    take_table,
    transfer_table,
)
from edge.counter.tables.project import projector
from edge.counter.tables.queries import read_tables, table_states
from edge.counter.till.bill_splits import PrintBill
from edge.foundation.access.rights import SELL

capability = Capability(
    name="tables",
    commands=(
        *TABLES.commands(),
        CommandSpec(TakeTable, take_table, right=SELL, surfaces=TILL),
        CommandSpec(PutOnTable, put_on_table, right=SELL, surfaces=TILL),
        CommandSpec(MoveTable, move_table, right=SELL, surfaces=TILL),
        CommandSpec(SplitTable, split_table, right=SELL, surfaces=TILL),
        CommandSpec(SplitSeats, split_seats, right=SELL, surfaces=TILL),
        CommandSpec(TransferTable, transfer_table, right=SELL, surfaces=TILL),
    ),
    events=EVENTS,
    after={PrintBill: after_bill},
    projectors=(projector,),
    queries=(
        QuerySpec("tables", read_tables, right=SELL, surfaces=STAFF),
        QuerySpec("table_states", table_states, right=SELL, surfaces=STAFF),
    ),
)
