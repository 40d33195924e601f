"""Counts of failed attempts, in memory and persistent, written at most once a second.

A wait is stored as its remaining time, so that neither a clock change nor a restart shortens it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from edge.core.command_bus import CommandBus
from edge.core.process.parts import TaskSet
from edge.core.storage.database import Connection
from edge.foundation.access.credentials.throttle import (
    FORGIVEN_US,
    OFF_AFTER,
    UNNAMED_MOST,
    AttemptSource,
    Count,
    after_wrong,
)

COUNTERS_LIMIT = 4_096
"""People and places to count. One more resets the one with the oldest wrong attempt, unless it is locked out."""
SAVED_EVERY_S = 1.0

_SAVE = "INSERT INTO access_try (what, wrong, total, left_us) VALUES (?, ?, ?, ?)"


class Tries:
    """Counts of failed attempts. `now_us` is the monotonic clock; for the event loop's thread."""

    def __init__(self, shop: CommandBus, now_us: Callable[[], int]) -> None:
        self._shop = shop
        self._now_us = now_us
        self._saver = TaskSet(1)
        self._changed = False
        self._of: OrderedDict[str, Count] = OrderedDict()
        now = now_us()
        for what, wrong, total, left_us in shop.reader.execute("SELECT what, wrong, total, left_us FROM access_try"):
            self._of[what] = Count(wrong, total, now, now + left_us)

    def wait_us(self, source: AttemptSource, person: str = "") -> int:
        """Remaining wait at this place or for this person (`AttemptSource.person`)."""
        now = self._now_us()
        waits = [count.wait_us(now) for key in (*source.keys, person) if (count := self._of.get(key))]
        return min(max(waits, default=0), source.longest_us)

    def is_off(self, person: str) -> bool:
        """Whether a person's secret is disabled after too many guesses."""
        count = self._of.get(person)
        return count is not None and count.wrong >= OFF_AFTER

    def asks_name(self, source: AttemptSource) -> bool:
        """Whether so many guesses were made at this place that a name is required."""
        count = self._of.get(source.unnamed_key)
        return source.near and count is not None and count.wrong >= UNNAMED_MOST

    def wrong(self, source: AttemptSource, person: str = "") -> int:
        """Count a failure; return the place's total."""
        now = self._now_us()
        for key in source.keys:
            self._put(key, after_wrong(self._of.get(key, Count()), now, source.longest_us, FORGIVEN_US))
        if person:
            self.count(person, source)
        self._save_soon()
        return self._of[source.keys[0]].total

    def count(self, person: str, source: AttemptSource) -> None:
        """Count a consecutive failure of a person only."""
        self._put(person, after_wrong(self._of.get(person, Count()), self._now_us(), source.longest_us))
        self._save_soon()

    def right(self, person: str) -> None:
        """Reset a person's count after success."""
        if self._of.pop(person, None) is not None:
            self._save_soon()

    async def stop(self) -> None:
        """Write pending counts."""
        await self._saver.stop()
        if self._changed:
            await self._save()

    def _put(self, key: str, count: Count) -> None:
        self._of[key] = count
        self._of.move_to_end(key)
        if len(self._of) > COUNTERS_LIMIT:
            now = self._now_us()
            free = (one for one, kept in self._of.items() if not kept.wait_us(now) and kept.wrong < OFF_AFTER)
            del self._of[next(free, next(iter(self._of)))]

    def _save_soon(self) -> None:
        self._changed = True
        self._saver.start(self._saving(), "counts of wrong tries")  # refused while one runs, which includes this change

    async def _saving(self) -> None:
        while self._changed:
            await self._save()
            await asyncio.sleep(SAVED_EVERY_S)

    async def _save(self) -> None:
        self._changed, now = False, self._now_us()
        rows = [(what, count.wrong, count.total, count.wait_us(now)) for what, count in self._of.items()]

        def change(db: Connection) -> None:
            db.execute("DELETE FROM access_try")
            db.executemany(_SAVE, rows)

        await self._shop.maintain(change)
