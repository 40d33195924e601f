"""Collects cyclic garbage between a till's commands, so that Python doesn't collect it during one."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable

from edge.core.limits import (
    COLLECT_ALL_QUIET_S,
    COLLECT_ALL_S,
    COLLECT_LATER_FACTOR,
    COLLECT_LOOK_S,
    COLLECT_OBJECTS,
    COLLECT_OLD_QUIET_S,
    COLLECT_TURN_S,
)
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.parts import Ready
from edge.core.till_first import TillFirst

OLD = 2
"""Python's generation that includes all others (gc.collect)."""


class QuietCollection:
    """A part that collects a few new objects at a time, in the gap after an answer while a till is active. Once no till
    has been active for a while, it collects older objects and freezes those that stay, so that the next time only newer
    ones are examined. Frozen objects are examined about once a day. `now` is a clock in seconds."""

    def __init__(self, till_first: TillFirst, now: Callable[[], float] = time.monotonic) -> None:
        self._till_first = till_first
        self._now = now
        self._active_s = self._examined_old_s = self._examined_all_s = now()
        self._has_old = False

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        ready()
        while True:
            await asyncio.sleep(COLLECT_LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Collect what is due."""
        if self._till_first.active:
            self._active_s = self._now()
        quiet_s = self._now() - self._active_s
        if quiet_s >= COLLECT_ALL_QUIET_S and self._now() - self._examined_all_s >= COLLECT_ALL_S:
            gc.unfreeze()
            self._collect_old()
            self._examined_all_s = self._now()
        elif self._has_old and min(quiet_s, self._now() - self._examined_old_s) >= COLLECT_OLD_QUIET_S:
            self._collect_old()
        elif gc.get_count()[0] >= COLLECT_OBJECTS:
            await self._till_first.rest(COLLECT_TURN_S)
            gc.collect(self._generation_due())
            self._has_old = True

    def _collect_old(self) -> None:
        gc.collect(OLD)
        freeze_gc()
        self._has_old, self._examined_old_s = False, self._now()

    def _generation_due(self) -> int:
        """Return 1 if the middle generation is due, otherwise 0: by Python's own count, or later while a till is
        active."""
        most = gc.get_threshold()[1] * (COLLECT_LATER_FACTOR if self._till_first.active else 1)
        return int(gc.get_count()[1] > most)
