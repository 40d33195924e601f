"""Who is answered first."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """LIVE: somebody stands there and waits. What is asked in BACKGROUND stands still while the till is active."""

    LIVE = 0
    NORMAL = 1
    BACKGROUND = 2
