"""What can have happened to quick keys."""

from __future__ import annotations

from edge.core.messages import Event
from edge.shop.quick_keys.layout import RegisterKeys


class QuickKeysSet(Event, RegisterKeys, frozen=True):
    """A register's keys, or those of all that have none of their own, are these from now on."""


EVENTS: tuple[type[Event], ...] = (QuickKeysSet,)
