"""Restaurant tables and their open bills.

The tables of a restaurant, a café, a bar. A table is master data: a name, an area, seats, a place on the plan. It
has no bill of its own kind: a table's bill is a basket that is set aside under the table's name (till), so all
that baskets can do holds for it, at any register, without a network, through a power cut. Parts of a bill are
called by the table, too ("4 · 2").

- asked: what happens
- `TakeTable`: its bill comes onto this register's counter, or begins; what lay there of another table is set
  aside first
- `PutOnTable`: what lies here is set aside for the table; where it has a bill, both are one
- `MoveTable`: guests sit elsewhere: the bill goes along, and joins the one that is there; not while another
  register has it, or a part of it
- `SplitSeats`: each guest's lines go onto a bill of their own; the first keeps what is for everybody
- `TransferTable`: another person serves it from now on: a fact (`TableTransferred`)
- `SplitTable`: some lines, or pieces of them, go onto a bill of their own (`SplitBasket`); kitchens are told
  nothing anew

Lines have a course and a seat (`ServeLines`); courses behind the first are held until they are fired
(`FireCourse`, `../till/courses.py`), and made at the latest when they are paid. What kitchens were told of once
is never held back.

How a table stands is read, never kept: free, open, or on the counter of a register (`table_states`). Local rows
say how many sit there, since when, who serves them, and which sum they were shown last. On the manager's page a
table is dragged to its place. Shares of a bill are paid by paying parts; what each of so many pays stands on the
printed bill (`PrintBill`), which is no receipt.
"""

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
