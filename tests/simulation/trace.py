"""What happened, line by line, and a hash over it: two runs with one hash were the same run."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable

LAST_LINES = 40
"""Shown of a run that failed."""


class Trace:
    """Lines of a run. `deaths` counts at which named points processes ended; `points` are all that were passed."""

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
        """Points are many: they go into the hash, not into the lines."""
        self.points[name] = self.points.get(name, 0) + 1
        self._hash.update(b"%.6f %s\n" % (self.now(), name.encode()))

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()[:16]

    def tail(self) -> list[str]:
        return self.lines[-LAST_LINES:]
