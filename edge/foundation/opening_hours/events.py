"""Events of opening hours."""

from __future__ import annotations

from edge.core.messages import Event
from edge.foundation.opening_hours.rules import StoreHours


class HoursSet(Event, frozen=True):
    """The store's hours were replaced. Slot capacity may count pieces instead of orders."""

    hours: StoreHours


EVENTS: tuple[type[Event], ...] = (HoursSet,)
