"""Commands of returned bottles."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.counter.bottle_deposits.bottles import LINES_MOST, Pieces
from edge.counter.bottle_deposits.events import Out

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class ReturnedBottles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The number of pieces of a product, given by barcode or SKU."""

    code: Code
    pieces: Pieces = 1


class TakeBottles(Command, frozen=True):
    """Take empty bottles back and pay their deposit, from the register's drawer or as a voucher. Returns the amount
    paid.

    `expected_minor`: the sum shown at the till. If the sum differs by now, the command is refused.
    """

    lines: Annotated[tuple[ReturnedBottles, ...], msgspec.Meta(min_length=1, max_length=LINES_MOST)]
    out: Out = "cash"
    expected_minor: Number | None = None


class UndoBottles(Command, frozen=True):
    """Undo a return of bottles: money goes back into this register's drawer, a voucher becomes void."""

    number: Number
