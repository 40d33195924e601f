"""What can have happened to the ways by which customers sign in."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Event, Sealed


class WayProved(Event, frozen=True):
    """A customer showed by a code that a phone (`sms`) or an e-mail (`email`) is theirs."""

    personal: ClassVar[tuple[str, ...]] = ("value",)
    person_in: ClassVar[str] = "customer"

    customer: str
    kind: str
    value: Sealed


class WayRemoved(Event, frozen=True):
    """A customer signs in by that no longer; `taken_back`: whoever had the way before said that it was not them."""

    customer: str
    kind: str
    taken_back: bool = False


EVENTS: tuple[type[Event], ...] = (WayProved, WayRemoved)
