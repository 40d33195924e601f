"""Temporary log tables on this box, written in the background at most once a second."""

from __future__ import annotations

import asyncio

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.process.parts import TaskSet
from edge.core.storage.database import Connection

KEPT_US = 90 * 86_400_000_000
LOG_ROWS = 50_000
"""Most rows to keep; the oldest are deleted first."""
SAVED_EVERY_S = 1.0


class RowLog:
    """A log `table` with `at_us` and these `fields`. Beyond `waiting` pending rows, more are dropped. For the event
    loop's thread."""

    def __init__(self, shop: CommandBus, table: str, fields: tuple[str, ...], waiting: int) -> None:
        self._shop = shop
        self._saver = TaskSet(2)
        self._most = waiting
        self._waiting: list[tuple[object, ...]] = []
        marks = ", ".join("?" * (len(fields) + 1))
        self._insert = f"INSERT INTO {table} (at_us, {', '.join(fields)}) VALUES ({marks})"
        self._old = f"DELETE FROM {table} WHERE at_us < ? OR id <= (SELECT max(id) FROM {table}) - ?"

    def add(self, *values: object) -> None:
        """Add a row with the current time."""
        if len(self._waiting) < self._most:
            self._waiting.append((self._shop.now_us(), *values))
            self._saver.start(self._saving(), "who did what")

    async def stop(self) -> None:
        """Write pending rows."""
        await self._saver.stop()
        await self._save()

    async def _saving(self) -> None:
        while self._waiting:
            await self._save()
            await asyncio.sleep(SAVED_EVERY_S)

    async def _save(self) -> None:
        rows, self._waiting = self._waiting, []
        before = (self._shop.now_us() - KEPT_US, LOG_ROWS)

        def change(db: Connection) -> None:
            db.executemany(self._insert, rows)
            db.execute(self._old, before)

        if isinstance(await self._shop.maintain(change), Refused):
            self._waiting = [*rows, *self._waiting][: self._most]  # the disk is full: keep them for the next attempt
