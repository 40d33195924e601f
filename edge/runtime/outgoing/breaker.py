"""A circuit breaker a destination: who does not answer is left alone for a while. Pure; by a monotonic clock."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

FAILURES = 5
"""So many in a row open it."""
FIRST_S, LONGEST_S = 60.0, 900.0
"""How long it stays open at first; each trial that fails doubles it."""


class Breaker(msgspec.Struct, frozen=True):
    """`failures` in a row; `until_s`: closed before that (0: open to all), `wait_s` how long that was."""

    failures: int = 0
    until_s: float = 0.0
    wait_s: float = 0.0
    trying: bool = False

    @property
    def state(self) -> str:
        """`closed` (all is well), `open` (nobody asks), or `trial` (one is asking)."""
        return "closed" if not self.until_s else "trial" if self.trying else "open"

    def left_s(self, now_s: float) -> float:
        """How long nobody may ask; 0: somebody may."""
        if not self.until_s:
            return 0.0
        return FIRST_S if self.trying else max(0.0, self.until_s - now_s)

    def asked(self) -> Breaker:
        """Somebody asks now."""
        return msgspec.structs.replace(self, trying=bool(self.until_s))

    def worked(self) -> Breaker:
        """It answered."""
        return Breaker()

    def failed(self, now_s: float) -> Breaker:
        """It did not, or only that it cannot (5xx)."""
        failures = self.failures + 1
        if failures < FAILURES and not self.until_s:
            return Breaker(failures)
        wait_s = min(LONGEST_S, self.wait_s * 2 or FIRST_S)
        return Breaker(failures, now_s + wait_s, wait_s)


class SavedBreaker(msgspec.Struct, frozen=True):
    """A breaker as it is kept over a restart: for how long it is left alone yet, by whatever clock."""

    destination: str
    failures: int
    wait_s: float
    left_s: float


class Breakers:
    """Those of all destinations, in memory, none closed for longer than `longest_s`. `changed`: since `saved` was asked
    last, somebody failed or came back."""

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

    def saved(self, now_s: float) -> list[SavedBreaker]:
        """All that are not as new."""
        self.changed = False
        return [
            SavedBreaker(name, one.failures, one.wait_s, max(0.0, one.until_s - now_s))
            for name, one in self._of.items()
        ]
