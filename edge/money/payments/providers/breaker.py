"""Circuit breaker for each provider and place, so that users don't wait for a provider that is down.

A decline, a busy terminal and a rejected request count as answers. Pure; times are journal time in microseconds.
"""

from __future__ import annotations

import msgspec

SECOND_US = 1_000_000
IN_A_ROW = 5
"""Consecutive failures that open the breaker, however far apart they are."""
OF_LAST, HALF = 20, 10
"""The breaker also opens after `HALF` failures among the last `OF_LAST` calls within the window."""
WINDOW_US = 60 * SECOND_US
FIRST_US, LONGEST_US = 30 * SECOND_US, 300 * SECOND_US
"""Initial and longest time that the breaker stays open (microseconds). Each failed trial doubles it."""


class ProviderBreaker(msgspec.Struct, frozen=True, omit_defaults=True):
    """The state of a breaker.

    `calls`: the time of each recent call, and whether it was answered. `until_us`: no requests before this time (0:
    closed). `wait_us`: the length of that pause. `trying`: a trial request is in progress.
    """

    calls: tuple[tuple[int, bool], ...] = ()
    until_us: int = 0
    wait_us: int = 0
    trying: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the breaker has no state that needs to be stored."""
        return not self.until_us and not any(not answered for _, answered in self.calls)

    def left_us(self, now_us: int) -> int:
        """The rest of the pause in microseconds; 0: requests are allowed.

        A clock that was set back can't prolong it.
        """
        return max(0, min(self.until_us - now_us, self.wait_us))

    def record_call(self, now_us: int) -> ProviderBreaker:
        """Record a request. After the pause of an open breaker, it's the only trial until it's answered."""
        if not self.until_us:
            return self
        return msgspec.structs.replace(self, trying=True, until_us=now_us + self.wait_us)

    def record_success(self, now_us: int) -> ProviderBreaker:
        """Record an answer. An open breaker closes and is reset."""
        return ProviderBreaker() if self.until_us else ProviderBreaker(self._and(now_us, True))

    def record_failure(self, now_us: int) -> ProviderBreaker:
        """Record a failure."""
        calls = self._and(now_us, False)
        if self.until_us and not self.trying:  # a request from before it opened, or a look-up since
            return msgspec.structs.replace(self, calls=calls)
        row = [answered for _, answered in calls[-IN_A_ROW:]]
        half = sum(not answered and _is_near(at, now_us) for at, answered in calls) >= HALF
        if not (self.until_us or half or (len(row) == IN_A_ROW and not any(row))):
            return ProviderBreaker(calls)
        wait_us = min(LONGEST_US, self.wait_us * 2) if self.until_us else FIRST_US
        return ProviderBreaker(calls, now_us + wait_us, wait_us)

    def _and(self, now_us: int, answered: bool) -> tuple[tuple[int, bool], ...]:
        """The calls in the window with this one added.

        After a failure, the last calls are also kept, however old they are.
        """
        known = (*self.calls, (now_us, answered))
        since = len(known) if answered else len(known) - IN_A_ROW
        kept = (one for place, one in enumerate(known) if place >= since or _is_near(one[0], now_us))
        return tuple(kept)[-OF_LAST:]


def _is_near(at_us: int, now_us: int) -> bool:
    return abs(now_us - at_us) <= WINDOW_US
