"""Thread switch interval of the interpreter."""

from __future__ import annotations

import sys

SWITCH_S = 0.001
"""Python's default is 5 ms (sys.setswitchinterval). The writer releases the interpreter at each statement and the loop
at each wait, and both then wait this long for any busy thread. A sale has about thirty statements."""


def switch_soon() -> None:
    """Shorten the switch interval. Called once at start."""
    sys.setswitchinterval(SWITCH_S)
