"""What can be asked of tables."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.counter.basket.basket import LINES_LIMIT
from edge.counter.basket.splitting import BillPart
from edge.counter.tables.table import FloorTable, Guests, TableId


class SetTable(Command, frozen=True):
    """Let a table be as this says, a new one or one that there is."""

    table: FloorTable


class EndTable(Command, frozen=True):
    """There is a table no more. Its bill, if it has one, stays among the baskets that are set aside."""

    id: TableId


class TakeTable(Command, frozen=True):
    """Go on with a table's bill at this register, or begin one. What lies there of another table is set aside first.
    `guests`: how many sit there (0: as it was). `take_over`: also where another register has it, which is told."""

    table: TableId
    guests: Guests = 0
    take_over: bool = False


class PutOnTable(Command, frozen=True):
    """Set what lies at this register aside for a table: its bill, or more of it."""

    table: TableId
    guests: Guests = 0


class MoveTable(Command, frozen=True):
    """The guests of a table sit at another one now; where somebody sits there already, both have one bill."""

    table: TableId
    to: TableId


class TransferTable(Command, frozen=True):
    """Another person serves a table from now on; `to`: a user's id."""

    table: TableId
    to: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class SplitSeats(Command, frozen=True):
    """Part the bill of the table that lies at this register by seats: one bill a guest is set aside. The first guest's
    stays here, with what is for everybody."""


class SplitTable(Command, frozen=True):
    """Part the bill of the table that lies at this register: these lines go onto a bill of their own."""

    parts: Annotated[tuple[BillPart, ...], msgspec.Meta(min_length=1, max_length=LINES_LIMIT)]
