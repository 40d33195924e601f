"""What can be asked of bottles that come back."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.counter.bottle_deposits.bottles import LINES_MOST, Pieces
from edge.counter.bottle_deposits.events import Out

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class ReturnedBottles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of what a code is on, or the product with this number of the shop's."""

    code: Code
    pieces: Pieces = 1


class TakeBottles(Command, frozen=True):
    """Take empty bottles back and give their deposit, out of the register's drawer or as a paper; the result is what
    was given. `expected_minor`: what the till showed; another sum by now is refused."""

    lines: Annotated[tuple[ReturnedBottles, ...], msgspec.Meta(min_length=1, max_length=LINES_MOST)]
    out: Out = "cash"
    expected_minor: Number | None = None


class UndoBottles(Command, frozen=True):
    """Bottles were not taken back: money comes into this register's drawer again, a paper is worth nothing."""

    number: Number
