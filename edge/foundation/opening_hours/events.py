"""What happens to opening hours."""

from __future__ import annotations

from edge.core.messages import Event
from edge.foundation.opening_hours.rules import StoreHours


class HoursSet(Event, frozen=True):
    """When the store is open from now on. Slots may have room for so many pieces instead of orders."""

    hours: StoreHours


EVENTS: tuple[type[Event], ...] = (HoursSet,)
