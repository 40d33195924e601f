"""Commands of opening hours."""

from __future__ import annotations

from edge.core.messages import Command
from edge.foundation.opening_hours.rules import StoreHours


class SetHours(Command, frozen=True):
    """Replace the store's hours."""

    hours: StoreHours
