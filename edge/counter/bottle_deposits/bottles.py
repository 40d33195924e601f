"""Value of returned empty bottles. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from edge.counter.bottle_deposits.events import BottleLine

LINES_MOST = 50
"""Maximum products per return."""
PIECES_MOST = 1_000
"""Maximum bottles per line."""
Pieces = Annotated[int, msgspec.Meta(ge=1, le=PIECES_MOST)]


def worth_minor(lines: Iterable[BottleLine]) -> int:
    """The total value.

    >>> worth_minor([BottleLine("beer", 6, 8), BottleLine("crate", 1, 150)])
    198
    """
    return sum(line.minor for line in lines)


def in_coins(minor: int, step_minor: int) -> int:
    """Round a sum to coins, of which `step_minor` is the smallest. Halves round up.

    >>> in_coins(198, 5), in_coins(197, 5), in_coins(198, 1)
    (200, 195, 198)
    """
    return (2 * minor + step_minor) // (2 * step_minor) * step_minor
