"""The events of a run, line by line, and their hash. Two runs with the same hash were identical."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable

LAST_LINES = 40
"""Number of last lines shown for a failed run."""


class Trace:
    """The lines of a run. `deaths` counts the named points at which processes ended; `points` counts all that were
    passed.
    """

    def __init__(self, echo: Callable[[str], None] | None = None) -> None:
        self.now: Callable[[], float] = lambda: 0.0
        self.lines: list[str] = []
        self.deaths: Counter[str] = Counter()
        self.points: dict[str, int] = {}
        self._hash = hashlib.sha256()
        self._echo = echo

    def add(self, who: str, what: object) -> None:
        line = f"{self.now():12.6f}  {who:<10}  {what}"
        self.lines.append(line)
        self._hash.update(line.encode() + b"\n")
        if self._echo:
            self._echo(line)

    def pass_point(self, name: str) -> None:
        """Record a point only in the hash, not as a line: there are too many."""
        self.points[name] = self.points.get(name, 0) + 1
        self._hash.update(b"%.6f %s\n" % (self.now(), name.encode()))

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()[:16]

    def tail(self) -> list[str]:
        return self.lines[-LAST_LINES:]
