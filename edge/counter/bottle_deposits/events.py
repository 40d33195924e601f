"""Events of returned bottles."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Event

Out = Literal["cash", "paper"]


class BottleLine(msgspec.Struct, frozen=True, array_like=True):
    """Returned pieces of a product, and the deposit of each."""

    sku: str
    pieces: int
    deposit_minor: int

    @property
    def minor(self) -> int:
        return self.pieces * self.deposit_minor


class BottlesTaken(Event, frozen=True):
    """Empty bottles were returned and `paid_minor` was paid for them.

    `rounding_minor`: how much more than their value was paid (negative: less). `card`, `tail`: the voucher's, if there
    is one.
    """

    number: int
    currency: str
    lines: tuple[BottleLine, ...]
    paid_minor: int
    rounding_minor: int
    out: Out
    card: str
    tail: str


class BottlesUndone(Event, frozen=True):
    """A return of bottles was undone. This event is its counter-entry."""

    number: int
    currency: str
    paid_minor: int
    rounding_minor: int
    out: Out
    card: str


EVENTS: tuple[type[Event], ...] = (BottlesTaken, BottlesUndone)
