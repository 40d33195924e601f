"""Token buckets, which limit each caller's sustained and burst requests. Pure: the clock is passed in."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Buckets(Generic[K]):
    """A bucket for each of at most `most` keys. The least recently used is forgotten and starts full again.

    >>> clock = iter([0.0, 0.0, 0.0, 0.5, 0.5])
    >>> buckets = Buckets(2.0, 10, lambda: next(clock))
    >>> [buckets.take("a", 2) for _ in range(5)]
    [0, 0, 1, 0, 1]
    """

    def __init__(self, per_s: float, most: int, now_s: Callable[[], float]) -> None:
        self._per_s, self._most, self._now_s = per_s, most, now_s
        self._left: OrderedDict[K, tuple[float, float]] = OrderedDict()

    def take(self, key: K, burst: int) -> int:
        """Take a token. Returns 0, or the seconds until one is available."""
        now = self._now_s()
        left, at = self._left.pop(key, (float(burst), now))
        left = min(float(burst), left + (now - at) * self._per_s)
        enough = left >= 1
        self._left[key] = (left - 1 if enough else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return 0 if enough else math.ceil((1 - left) / self._per_s)
