"""What can be asked of the stock."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command
from edge.shop.stock.events import Move

DELTA_LIMIT = 10**15
"""Thousandths that one move may bring or take."""


class Moved(Move, frozen=True, array_like=True):
    """`delta` thousandths of the product's unit: negative ones leave the shop."""

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    delta: Annotated[int, msgspec.Meta(ge=-DELTA_LIMIT, le=DELTA_LIMIT)]


class MoveStock(Command, frozen=True):
    """Take from or add to what is on hand, of products that the shop has; pieces are whole.

    What is `received` comes in, what is `lost` goes out, the others either way. A `sale`, its `void` and its `refund`
    move stock inside their own command, and never by hand; so does what came back `damaged` and leaves as it came.
    """

    reason: Literal["sale", "void", "refund", "damaged", "received", "lost", "counted", "transferred"]
    moves: tuple[Moved, ...]
