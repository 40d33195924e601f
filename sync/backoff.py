"""Waiting time before the next attempt."""

from __future__ import annotations

from collections.abc import Callable

_DOUBLINGS = 30
"""Maximum doublings: more would overflow, and every limit is reached before."""


def backoff_s(failures: int, first_s: float, most_s: float, random: Callable[[], float]) -> float:
    """Seconds to wait after this many failed attempts: twice as long each time, at most `most_s`, multiplied by a
    random factor from 0.5 to 1.5. `random`: from 0 to 1.

    >>> [backoff_s(failures, 1.0, 5.0, lambda: 0.5) for failures in range(4)]
    [1.0, 2.0, 4.0, 5.0]
    """
    return min(first_s * 2.0 ** min(failures, _DOUBLINGS), most_s) * (0.5 + random())
