"""What can have happened to bottles that come back."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Event

Out = Literal["cash", "paper"]


class BottleLine(msgspec.Struct, frozen=True, array_like=True):
    """So many pieces of a product came back, each worth its deposit."""

    sku: str
    pieces: int
    deposit_minor: int

    @property
    def minor(self) -> int:
        return self.pieces * self.deposit_minor


class BottlesTaken(Event, frozen=True):
    """Empty bottles came back, and `paid_minor` was given for them, which `rounding_minor` is more than they are worth
    (below 0: less). `card`, `tail`: of the paper, if it was one."""

    number: int
    currency: str
    lines: tuple[BottleLine, ...]
    paid_minor: int
    rounding_minor: int
    out: Out
    card: str
    tail: str


class BottlesUndone(Event, frozen=True):
    """They did not come back: its counter-entry."""

    number: int
    currency: str
    paid_minor: int
    rounding_minor: int
    out: Out
    card: str


EVENTS: tuple[type[Event], ...] = (BottlesTaken, BottlesUndone)
