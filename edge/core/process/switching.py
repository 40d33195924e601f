"""How soon a thread gets the interpreter from one that does not let go of it by itself."""

from __future__ import annotations

import sys

SWITCH_S = 0.001
"""Python's own is 5 ms (sys.setswitchinterval). The writer lets go of it at each statement and the loop at each wait,
and either then waits so long for whatever thread of the shop is busy: a sale has some thirty statements."""


def switch_soon() -> None:
    """Called once, when the shop starts."""
    sys.setswitchinterval(SWITCH_S)
