"""A disk of known speed: figures of the door that do not hang on the disk of the day."""

from __future__ import annotations

import time
from typing import Any

from edge.core.writer import Writer

COMMIT_S = 0.002
"""A usual SSD's durable commit."""


def slowed(commit: Any, slow: bool) -> None:
    """A commit that takes at least COMMIT_S."""
    began = time.perf_counter()
    commit()
    rest = COMMIT_S - (time.perf_counter() - began)
    if slow and rest > 0:
        time.sleep(rest)


class BenchWriter(Writer):
    """The writer with a disk of known speed."""

    slow = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        # The writer keeps its commit as a value, so a method of that name would never be asked.
        commit = self._commit
        self._commit = lambda: slowed(commit, self.slow)
