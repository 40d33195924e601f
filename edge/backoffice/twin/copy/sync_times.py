"""Recent sync times of a follower's disk. If it's slow, tills would have to wait, so its box can't take over."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.backoffice.twin.limits import PAGE_BYTES, SYNCS

PROBE = "probe"


class SyncTimes:
    """Sync times of a disk."""

    def __init__(self) -> None:
        self._last_ms: deque[float] = deque(maxlen=SYNCS)
        self.p99_ms = 0
        """99th percentile of recent sync times in ms; 0 if there are too few."""

    @contextmanager
    def measure_sync(self) -> Iterator[None]:
        """Measure the sync that runs in this context."""
        began = time.monotonic()
        yield
        self.add((time.monotonic() - began) * 1000)

    def add(self, ms: float) -> None:
        self._last_ms.append(ms)
        if len(self._last_ms) == SYNCS:
            self.p99_ms = int(sorted(self._last_ms)[SYNCS * 99 // 100])

    def probe(self, folder: Path) -> None:
        """Sync a dummy page, so that a disk that was slow can be measured again in an idle shop. Raises `OSError`."""
        fd = os.open(folder / PROBE, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(fd, os.urandom(PAGE_BYTES), 0)
            with self.measure_sync():
                os.fdatasync(fd)
        finally:
            os.close(fd)
