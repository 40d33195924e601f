"""What can have happened to access."""

from __future__ import annotations

from edge.core.shapes import Event, Upcaster


class PinChanged(Event, frozen=True):
    """The set-up PIN was set or changed (to what, nobody writes down)."""

    first: bool


EVENTS: tuple[type[Event], ...] = (PinChanged,)
UPCASTERS: tuple[Upcaster, ...] = ()
