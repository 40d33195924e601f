"""What can be asked of the stock."""

from __future__ import annotations

from typing import Literal

from edge.core.shapes import Command
from edge.stock.events import Move


class MoveStock(Command, frozen=True):
    """Take from or add to what is on hand. A sale, its void and its refund do this inside their own command.

    `damaged`: came back and is not sold again, so that it leaves as it came.
    """

    reason: Literal["sale", "void", "refund", "damaged", "received", "lost", "counted", "transferred"]
    moves: tuple[Move, ...]
