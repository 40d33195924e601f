"""Rate limits: a token bucket per caller and class of request; for programs, also per endpoint. Pure: the clock is
passed in.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping

import msgspec

from edge.web.limits import CALLERS_COUNTED


class RateLimit(msgspec.Struct, frozen=True):
    """Sustained requests per second, and burst size."""

    per_s: float
    burst: int


RATES: Mapping[str, RateLimit] = {
    "sign_in": RateLimit(5 / 60, 5),
    "read": RateLimit(20, 100),  # a page loads at most a hundred files and fragments
    "command": RateLimit(10, 30),
    "people": RateLimit(0.5, 30),  # looking up a person by name or number, without the right to read them all
    "webhook": RateLimit(20, 200),  # from other makers' tills: a busy evening's sales arrive all at once
    "feed": RateLimit(20, 60),  # programs that deliver records and poll their status
    "connect": RateLimit(20, 60),
}


class Rates:
    """Token buckets by (class, caller). The least recently used is evicted and starts full again."""

    def __init__(self, now_s: Callable[[], float], rates: Mapping[str, RateLimit] = RATES) -> None:
        self._now_s = now_s
        self._rates = rates
        self.bursts: dict[str, Callable[[], int]] = {}
        """Classes with a configured burst size."""
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, kind: str, caller: str) -> int:
        """Take a token. Returns 0, or the seconds until one is available."""
        rate, now, key = self._rate(kind), self._now_s(), (kind, caller)
        tokens, at = self._buckets.pop(key, (float(rate.burst), now))
        tokens = min(float(rate.burst), tokens + (now - at) * rate.per_s)
        enough = tokens >= 1
        self._buckets[key] = (tokens - 1 if enough else tokens, now)
        if len(self._buckets) > CALLERS_COUNTED:
            self._buckets.popitem(last=False)
        return 0 if enough else math.ceil((1 - tokens) / rate.per_s)

    def wait_s(self, kind: str, caller: str) -> int:
        """Return the seconds until a token is available, without taking one."""
        rate, now = self._rate(kind), self._now_s()
        tokens, at = self._buckets.get((kind, caller), (float(rate.burst), now))
        tokens = min(float(rate.burst), tokens + (now - at) * rate.per_s)
        return 0 if tokens >= 1 else math.ceil((1 - tokens) / rate.per_s)

    def _rate(self, kind: str) -> RateLimit:
        rate, burst = self._rates[kind], self.bursts.get(kind)
        return RateLimit(rate.per_s, burst()) if burst else rate

    def __len__(self) -> int:
        return len(self._buckets)
