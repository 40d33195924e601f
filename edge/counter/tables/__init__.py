"""The tables of a restaurant, a café, a bar. See README.md."""

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import STAFF, TILL
from edge.shop.access.rights import SELL
from edge.shop.tables.commands import MoveTable, PutOnTable, SplitSeats, SplitTable, TakeTable, TransferTable
from edge.shop.tables.entities import TABLES
from edge.shop.tables.events import EVENTS
from edge.shop.tables.handlers import (
    after_bill,
    move_table,
    put_on_table,
    split_seats,
    split_table,
    take_table,
    transfer_table,
)
from edge.shop.tables.project import projector
from edge.shop.tables.queries import read_tables, table_states
from edge.shop.till.bill_splits import PrintBill

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
