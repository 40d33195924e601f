"""Events of customers' sign-in addresses."""

from __future__ import annotations

from typing import ClassVar

from edge.core.messages import Event, Sealed


class WayProved(Event, frozen=True):
    """A customer confirmed by code that a phone (`sms`) or email (`email`) is theirs."""

    personal: ClassVar[tuple[str, ...]] = ("value",)
    person_in: ClassVar[str] = "customer"

    customer: str
    kind: str
    value: Sealed


class WayRemoved(Event, frozen=True):
    """An address can no longer be used to sign in. `taken_back`: its previous owner denied having replaced it."""

    customer: str
    kind: str
    taken_back: bool = False


EVENTS: tuple[type[Event], ...] = (WayProved, WayRemoved)
