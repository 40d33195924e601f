"""Events of quick keys."""

from __future__ import annotations

from edge.core.messages import Event
from edge.counter.quick_keys.layout import KeyPage


class QuickKeysSet(Event, frozen=True):
    """The keys of a register, or of all without their own, were replaced."""

    of_register: str
    pages: tuple[KeyPage, ...]


EVENTS: tuple[type[Event], ...] = (QuickKeysSet,)
