"""What can have happened to quick keys."""

from __future__ import annotations

from edge.core.messages import Event
from edge.counter.quick_keys.layout import KeyPage


class QuickKeysSet(Event, frozen=True):
    """A register's keys, or those of all that have none of their own, are these from now on."""

    of_register: str
    pages: tuple[KeyPage, ...]


EVENTS: tuple[type[Event], ...] = (QuickKeysSet,)
