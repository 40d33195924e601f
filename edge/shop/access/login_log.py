"""Who showed a PIN, a password or a code, how, where, and whether it was right: for 90 days, in this box alone.

The journal has none of it (see README.md). Rows are written behind whoever signs in, once a second at most.
"""

from __future__ import annotations

import asyncio
from typing import Literal

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Number, Refused
from edge.core.process.parts import TaskSet
from edge.core.storage.database import Connection

How = Literal["pin", "password", "token", "code", "cookie"]
Result = Literal["right", "wrong", "off", "ended", "copied", "moved"]
"""`off`: right or not, it opens nothing after a hundred wrong ones; `ended`: another device needed its place;
`copied`: a cookie or token that was replaced long ago; `moved`: a second address within the hour."""

KEPT_US = 90 * 86_400_000_000
KEPT_ROWS = 50_000
"""What is older, or more, goes: the oldest first."""
WAITING = 256
"""Rows that wait to be written. What comes beyond them is not kept: somebody guesses faster than the disk writes."""
SAVED_EVERY_S = 1.0
READ_ROWS = 500
"""What one question gets at most; `before` goes on from there."""

_INSERT = "INSERT INTO access_login (at_us, user_id, how, place, network, result) VALUES (?, ?, ?, ?, ?, ?)"
_OLD = "DELETE FROM access_login WHERE at_us < ? OR id <= (SELECT max(id) FROM access_login) - ?"
_READ = """
    SELECT id, at_us, user_id, how, place, network, result FROM access_login
    WHERE (?1 = 0 OR id < ?1) AND (?2 = '' OR user_id = ?2) ORDER BY id DESC LIMIT ?3
"""


class Login(msgspec.Struct, frozen=True):
    """One row: `user` is "" where nobody knows whose it was meant to be. `place` is a till or a device by its label."""

    id: int
    at_us: int
    user: str
    how: str
    place: str
    network: str
    result: str


class LoginLog:
    """Used on the event loop's thread."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._saver = TaskSet(2)
        self._waiting: list[tuple[int, str, str, str, str, str]] = []

    def note(self, user: str, how: How, result: Result, place: str = "", network: str = "") -> None:
        """Somebody showed something."""
        if len(self._waiting) < WAITING:
            self._waiting.append((self._shop.now_us(), user, how, place[:60], network, result))
            self._saver.start(self._saving(), "who signed in")

    async def stop(self) -> None:
        """Write what is not written yet, behind what is being written."""
        await self._saver.stop()
        await self._save()

    async def _saving(self) -> None:
        while self._waiting:
            await self._save()
            await asyncio.sleep(SAVED_EVERY_S)

    async def _save(self) -> None:
        rows, self._waiting = self._waiting, []
        before = (self._shop.now_us() - KEPT_US, KEPT_ROWS)

        def change(db: Connection) -> None:
            db.executemany(_INSERT, rows)
            db.execute(_OLD, before)

        if isinstance(await self._shop.maintain(change), Refused):
            self._waiting = [*rows, *self._waiting][:WAITING]  # the disk is full: they wait for the next time


def read_logins(db: Connection, before: Number = 0, user: str = "", limit: Number = 50) -> list[Login]:
    """The newest first; `before`: older than that row."""
    return [Login(*row) for row in db.execute(_READ, (before, user, min(limit, READ_ROWS)))]
