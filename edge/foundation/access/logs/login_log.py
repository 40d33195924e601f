"""Log of authentications: PIN, password or code, place and result. Kept for 90 days, on this box only.

They aren't in the journal (see README.md). Rows are written in the background, at most once a second.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.foundation.access.logs.row_log import RowLog

How = Literal["pin", "password", "token", "code", "cookie"]
Result = Literal["right", "wrong", "off", "ended", "copied", "moved", "twice"]
"""Result of an attempt. `off`: the secret is disabled after a hundred wrong attempts, even if it was right; `ended`:
ended to make room for another device; `copied`: a cookie or token that was replaced long ago; `moved`: a second address
within the hour; `twice`: a kiosk's cookie on a second device."""

WAITING = 256
"""Rows to queue for writing. Further ones are dropped, because guesses arrive faster than the disk writes."""
READ_ROWS = 500
"""Most rows per query; continue with `before`."""

_READ = """
    SELECT id, at_us, user_id, how, place, network, result FROM access_login
    WHERE (?1 = 0 OR id < ?1) AND (?2 = '' OR user_id = ?2) ORDER BY id DESC LIMIT ?3
"""


class Login(msgspec.Struct, frozen=True):
    """One row. `user` is "" if unknown; `place` is a till or a device label."""

    id: int
    at_us: int
    user: str
    how: str
    place: str
    network: str
    result: str


class LoginLog:
    """The log of sign-ins. For the event loop's thread."""

    def __init__(self, shop: CommandBus) -> None:
        self._rows = RowLog(shop, "access_login", ("user_id", "how", "place", "network", "result"), WAITING)

    def note(self, user: str, how: How, result: Result, place: str = "", network: str = "") -> None:
        """Record an attempt."""
        self._rows.add(user, how, place[:60], network, result)

    async def stop(self) -> None:
        """Write pending rows."""
        await self._rows.stop()


def read_logins(db: Connection, before: Number = 0, user: str = "", limit: Number = 50) -> list[Login]:
    """Return the log's rows, newest first. `before`: only rows older than that one."""
    return [Login(*row) for row in db.execute(_READ, (before, user, min(limit, READ_ROWS)))]
