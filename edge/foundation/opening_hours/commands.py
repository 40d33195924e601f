"""What can be asked of opening hours."""

from __future__ import annotations

from edge.core.messages import Command
from edge.foundation.opening_hours.rules import StoreHours


class SetHours(Command, frozen=True):
    """The hours of the store from now on, all of them."""

    hours: StoreHours
