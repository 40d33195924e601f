"""Thread switch interval of the interpreter."""

from __future__ import annotations

import sys

SWITCH_S = 0.001
"""Python's own is 5 ms (sys.setswitchinterval). The writer lets go of it at each statement and the loop at each wait,
and either then waits so long for whatever thread of the shop is busy: a sale has some thirty statements."""


def switch_soon() -> None:
    """Shorten the switch interval. Called once at start."""
    sys.setswitchinterval(SWITCH_S)
