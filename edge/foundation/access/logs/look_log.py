"""Access log of personal data and secrets. Kept for 90 days, on this box only.

Records the request, its user and the person concerned, never the content. It is part of a person's data export
(`personal_data.py`). Repeated page requests are recorded once a minute.
"""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Number
from edge.core.storage.database import Connection
from edge.foundation.access.logs.row_log import RowLog

WAITING = 4_096
AGAIN_US = 60_000_000
LOOKS_LIMIT = 1_024
"""Recorded accesses to remember, so that repeats aren't recorded. If there are more, repeats of the oldest are recorded
again."""
READ_ROWS = 500
"""Most rows per query; continue with `before`."""
WHAT_CHARS = 100
OF_CHARS = 64

_READ = """
    SELECT id, at_us, user_id, what, of, register, network FROM access_look
    WHERE (?1 = 0 OR id < ?1) AND (?2 = '' OR user_id = ?2) AND (?3 = '' OR of = ?3) ORDER BY id DESC LIMIT ?4
"""


class PersonalRead(msgspec.Struct, frozen=True):
    """One row: `user` requested `what` (a query, or an address by its declared path) at a `register` or from a
    `network`. `of`: the person concerned, if any."""

    id: int
    at_us: int
    user: str
    what: str
    of: str
    register: str
    network: str


class LookLog:
    """The log of accesses to personal data. For the event loop's thread."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._rows = RowLog(shop, "access_look", ("user_id", "what", "of", "register", "network"), WAITING)
        self._seen: OrderedDict[tuple[str, str, str], int] = OrderedDict()

    def note(self, actor: Actor, what: str, of: str, network: str) -> None:
        """Record an answered request, unless it repeats a recent one."""
        look, now_us = (actor.name, what[:WHAT_CHARS], of[:OF_CHARS]), self._shop.now_us()
        if now_us - self._seen.get(look, -AGAIN_US) < AGAIN_US:
            return
        self._seen[look] = now_us
        self._seen.move_to_end(look)
        if len(self._seen) > LOOKS_LIMIT:
            self._seen.popitem(last=False)
        self._rows.add(*look, actor.register, network)

    async def stop(self) -> None:
        """Write pending rows."""
        await self._rows.stop()


def read_looks(
    db: Connection, before: Number = 0, user: str = "", of: str = "", limit: Number = 50
) -> list[PersonalRead]:
    """Return the log's rows, newest first. `before`: only rows older than that one; `user`: the reader; `of`: the
    person concerned."""
    return [PersonalRead(*row) for row in db.execute(_READ, (before, user, of, min(limit, READ_ROWS)))]
