"""What can have happened to the stock."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event
from edge.core.registry import Upcaster


class Move(msgspec.Struct, frozen=True, array_like=True):
    """`delta` thousandths of the product's unit: negative ones leave the shop."""

    sku: str
    delta: int


class StockMoved(Event, frozen=True):
    """Quantities on hand changed together, for one reason."""

    reason: str
    moves: tuple[Move, ...]


EVENTS: tuple[type[Event], ...] = (StockMoved,)
UPCASTERS: tuple[Upcaster, ...] = ()
