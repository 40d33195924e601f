"""Detect a replaced Postgres server: a promoted standby, or a restored backup.

It may lack the last acknowledged rows (with asynchronous replication it does). Sending stores would reveal the gap;
idle ones wouldn't. So every device is asked for the row after the last one stored: a device that knows it was
acknowledged says hello and sends from there (`sync.uplink`); others stay silent.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import asyncpg

from sync import limits
from sync.hub import sql
from sync.hub.model import Key
from sync.hub.recurring import repeat
from sync.hub.store import Store
from sync.wire import ResendRequest

log = logging.getLogger(__name__)

NOT_SAID = (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedFunctionError, asyncpg.FeatureNotSupportedError)
"""Errors of a server that doesn't identify itself: a managed Postgres may refuse; a standard one answers everyone."""

Ask = Callable[[Key, ResendRequest], Awaitable[bool]]
"""Sends a device this message; False without a connection to the broker."""


class Failover:
    """See the module."""

    def __init__(self, store: Store, ask: Ask) -> None:
        self._store = store
        self._ask = ask
        self._sql = sql.load("failover.sql")

    async def run(self) -> None:
        """Check until cancelled, as long as this Postgres identifies itself."""
        try:
            await repeat("detecting another server", self.look, limits.SWEEP_S)
        except NOT_SAID as error:
            text = "hub: this Postgres can't identify its server (%s): rows lost in a failover are found"
            log.warning(f"{text} only by gaps and the daily comparison", error)

    async def look(self) -> None:
        """Ask all devices for missing rows if the server changed. The new server is recorded only after all were asked.

        An unknown server also counts as changed: a standby may have been promoted before the first one was recorded.
        """
        pool = self._store.pool
        now, before = await pool.fetchrow(self._sql["server"])
        if now == before:
            return
        if before is not None:
            log.warning("hub: Postgres is a different server (%s, not %s): asking stores for missing rows", now, before)
        if not await self._ask_all():
            return
        await pool.execute(self._sql["note_server"], now)

    async def _ask_all(self) -> bool:
        after = Key("", "", "")
        while True:
            page = await self._store.pool.fetch(
                self._sql["page_of_devices"], after.tenant, after.store, after.device, limits.SWEEP_DEVICES
            )
            for tenant, store, device, epoch, through in page:
                after = Key(tenant, store, device)
                if epoch and not await self._ask(after, ResendRequest(epoch, through + 1, through + 1)):
                    return False
            if len(page) < limits.SWEEP_DEVICES:
                return True
