"""States of a transfer and missing goods. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

State = Literal["drafted", "dropped", "sent", "received", "received_short", "refused", "closed"]
OPEN: tuple[State, ...] = ("sent",)
LATE_DAYS = 7
"""Days after which an open transfer raises an alert."""


def state_of(sent: Sequence[int], got: Sequence[int], refused: bool) -> State:
    """The state of a transfer once the other store has reported what it received.

    >>> state_of([5, 2], [5, 2], False), state_of([5, 2], [5, 1], False), state_of([5], [0], True)
    ('received', 'received_short', 'refused')
    """
    if refused:
        return "refused"
    return "received_short" if any(came < left for left, came in zip(sent, got, strict=False)) else "received"


def worth(value_milli: int | None, quantity: int, part: int) -> int:
    """The value of a part of a line, in thousandths of a minor unit."""
    return (value_milli or 0) * part // quantity if quantity else 0
