"""Commands of tables."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.counter.basket.basket import LINES_LIMIT
from edge.counter.basket.splitting import BillPart
from edge.counter.tables.table import FloorTable, Guests, TableId


class SetTable(Command, frozen=True):
    """Add or change a table."""

    table: FloorTable


class EndTable(Command, frozen=True):
    """Delete a table. Its bill, if there is one, stays among the parked baskets."""

    id: TableId


class TakeTable(Command, frozen=True):
    """Open a table's bill at this register, or start one. Another table's bill at the register is parked first.

    `guests`: the number of guests (0: unchanged). `take_over`: take the bill even if it's open at another register,
    which is notified.
    """

    table: TableId
    guests: Guests = 0
    take_over: bool = False


class PutOnTable(Command, frozen=True):
    """Park this register's basket for a table, as the table's bill or merged into it."""

    table: TableId
    guests: Guests = 0


class MoveTable(Command, frozen=True):
    """Move a table's guests to another table; if that one is occupied, merge their bills."""

    table: TableId
    to: TableId


class TransferTable(Command, frozen=True):
    """Assign a table to another server; `to`: a user's id."""

    table: TableId
    to: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class SplitSeats(Command, frozen=True):
    """Split the bill at this register by seats, parking one bill for each guest.

    The first guest's bill stays here, with the shared lines.
    """


class SplitTable(Command, frozen=True):
    """Move lines of the table's bill at this register to a separate bill."""

    parts: Annotated[tuple[BillPart, ...], msgspec.Meta(min_length=1, max_length=LINES_LIMIT)]
