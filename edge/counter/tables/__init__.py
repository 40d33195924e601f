"""Restaurant tables and their open bills.

Tables of a restaurant, café or bar. A table is master data: a name, an area, seats, and a place on the floor plan. Its
bill is a basket parked under the table's name (till), so everything baskets can do works for it: at any register,
offline, and through a power cut. Parts of a bill are named after the table too ("4 · 2").

- `TakeTable`: opens the table's bill at this register, or starts one; another table's bill there is parked first
- `PutOnTable`: parks this register's basket for the table, merged with its bill if there is one
- `MoveTable`: guests move: the bill follows and is merged with the new table's; refused while another register has it
  or a part of it
- `SplitSeats`: each guest's lines become their own bill; the first guest keeps the shared lines
- `TransferTable`: another person serves the table, recorded as `TableTransferred`
- `SplitTable`: some lines, or pieces of them, become their own bill (`SplitBasket`); kitchens get nothing new

Lines have a course and a seat (`ServeLines`); later courses are held until fired (`FireCourse`,
`../till/lines/courses.py`), at the latest until paid. Lines already sent to a kitchen are never held back.

A table's state is computed, never stored: free, open, or at a register (`table_states`). Local rows have the number of
guests, since when, the server, and the last sum shown to them. Tables are placed by dragging on the manager's page.
Equal shares of a bill are paid as part payments; the printed bill (`PrintBill`), which isn't a receipt, shows each
guest's share.
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
from edge.counter.till.lines.bill_splits import PrintBill
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
