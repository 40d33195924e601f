"""Priorities of model requests."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """LIVE: a person is waiting. BACKGROUND requests pause while the till is active."""

    LIVE = 0
    NORMAL = 1
    BACKGROUND = 2
