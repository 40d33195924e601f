"""What can have happened to access."""

from __future__ import annotations

from edge.core.shapes import Event, Upcaster


class PinChanged(Event, frozen=True):
    """The set-up PIN was set or changed (to what, nobody writes down)."""

    first: bool


class UserSet(Event, frozen=True):
    """A user may sign in in a role, by this one's word; `new_pin`: with another PIN than before, or the first."""

    id: str
    role: str
    new_pin: bool
    by: str


class UserRetired(Event, frozen=True):
    """A user signs in no more."""

    id: str
    by: str


class PinsWrong(Event, frozen=True):
    """So many PINs in a row were wrong, the last at this register, and nobody may try one for `wait_s`. Whose they were
    meant to be, nobody knows."""

    tries: int
    wait_s: int


EVENTS: tuple[type[Event], ...] = (PinChanged, UserSet, UserRetired, PinsWrong)
UPCASTERS: tuple[Upcaster, ...] = ()
