"""Events of personal data retention."""

from __future__ import annotations

from edge.core.messages import Event


class Expired(Event, frozen=True):
    """Expired rows of a kind were deleted."""

    kind: str
    count: int
    before_us: int


class FarewellSaid(Event, frozen=True):
    """A long-inactive customer was notified, if they can be reached, that their data will be erased."""

    customer: str


class FarewellOver(Event, frozen=True):
    """An announced deletion was cancelled, because the customer was active again or made a legal request."""

    customer: str


EVENTS: tuple[type[Event], ...] = (Expired, FarewellSaid, FarewellOver)
