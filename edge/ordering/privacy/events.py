"""What can have happened to what is kept of people."""

from __future__ import annotations

from edge.core.messages import Event


class Expired(Event, frozen=True):
    """So many things of a kind were over before a moment, and went."""

    kind: str
    count: int
    before_us: int


class FarewellSaid(Event, frozen=True):
    """A customer whom nobody saw for so long is to be forgotten, and was told where they can be reached."""

    customer: str


class FarewellOver(Event, frozen=True):
    """A customer who was told so is not to be forgotten: they came, or ask for something by law."""

    customer: str


EVENTS: tuple[type[Event], ...] = (Expired, FarewellSaid, FarewellOver)
