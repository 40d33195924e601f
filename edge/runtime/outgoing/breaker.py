"""Circuit breaker per destination: unresponsive servers are left alone for a while. Pure; uses a monotonic clock."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

FAILURES = 5
"""Consecutive failures that open the breaker."""
FIRST_S, LONGEST_S = 60.0, 900.0
"""First and longest time for which a breaker is open. Each failed trial doubles the time."""


class Breaker(msgspec.Struct, frozen=True):
    """A breaker: the number of `failures` in a row; `until_s`: no calls before this time (0: no restriction); `wait_s`:
    the length of that wait."""

    failures: int = 0
    until_s: float = 0.0
    wait_s: float = 0.0
    trying: bool = False

    @property
    def state(self) -> str:
        """`closed` (calls pass), `open` (no calls), or `trial` (one call is testing)."""
        return "closed" if not self.until_s else "trial" if self.trying else "open"

    def left_s(self, now_s: float) -> float:
        """Return the seconds until the next call is allowed; 0 if it is allowed now."""
        if not self.until_s:
            return 0.0
        return FIRST_S if self.trying else max(0.0, self.until_s - now_s)

    def record_call(self) -> Breaker:
        """Note a call."""
        return msgspec.structs.replace(self, trying=bool(self.until_s))

    def record_success(self) -> Breaker:
        """Note a success."""
        return Breaker()

    def record_failure(self, now_s: float) -> Breaker:
        """Note a failure or a server error (5xx)."""
        failures = self.failures + 1
        if failures < FAILURES and not self.until_s:
            return Breaker(failures)
        wait_s = min(LONGEST_S, self.wait_s * 2 or FIRST_S)
        return Breaker(failures, now_s + wait_s, wait_s)


class SavedBreaker(msgspec.Struct, frozen=True):
    """A breaker saved across a restart, with its remaining wait."""

    destination: str
    failures: int
    wait_s: float
    left_s: float


class Breakers:
    """Breakers of all destinations, in memory. None is open for longer than `longest_s`. `changed`: whether any changed
    since the last `breakers_to_save` call."""

    LIMIT = 1_000

    def __init__(self, kept: Iterable[SavedBreaker] = (), now_s: float = 0.0, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._of = {
            one.destination: Breaker(
                one.failures, now_s + min(one.left_s, one.wait_s) if one.wait_s else 0.0, one.wait_s
            )
            for one in kept
        }
        self.changed = False

    def __getitem__(self, destination: str) -> Breaker:
        return self._of.get(destination, Breaker())

    def __setitem__(self, destination: str, breaker: Breaker) -> None:
        before = self._of.pop(destination, Breaker())
        if (over_s := breaker.wait_s - self._longest_s) > 0:
            less = {"until_s": breaker.until_s - over_s, "wait_s": self._longest_s}
            breaker = msgspec.structs.replace(breaker, **less)
        self.changed |= (before.failures, before.wait_s) != (breaker.failures, breaker.wait_s)
        if breaker != Breaker():
            self._of[destination] = breaker
        while len(self._of) > self.LIMIT:
            del self._of[next(iter(self._of))]

    def breakers_to_save(self, now_s: float) -> list[SavedBreaker]:
        """All breakers that have state to save."""
        self.changed = False
        return [
            SavedBreaker(name, one.failures, one.wait_s, max(0.0, one.until_s - now_s))
            for name, one in self._of.items()
        ]
