"""Tells head office, by an event, whether this store uses its order status page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge.core.command_bus import CommandBus
from edge.core.messages import Command
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import system
from edge.ordering.orders.events import StatusPageSet

EVERY_S = 30.0
"""Seconds between checks for a changed store name."""
_TOLD = "SELECT shown, store_name, zone FROM status_page_told"
_TELL = "INSERT OR REPLACE INTO status_page_told (one, shown, store_name, zone) VALUES (1, ?, ?, ?)"
_TELL_AGAIN = """
    INSERT OR REPLACE INTO status_page_told (one, shown, store_name, zone)
    SELECT 1, -1, '', '' WHERE (SELECT max(seq) FROM journal) > 1
"""


class TellStatusPage(Command, frozen=True):
    """Record whether head office's page shows order status, if head office doesn't know it yet."""


class StatusPage:
    """The state of the page. `shown`: the value in config.toml; `settings`: reads the settings from a ledger."""

    def __init__(self, settings: Callable[[Connection], TillSettings], shown: bool) -> None:
        self._settings = settings
        self._shown = shown

    def untold(self, db: Connection) -> StatusPageSet | None:
        """The event that head office doesn't have yet; None if there is none.

        A store that never used the page has nothing to report.
        """
        wanted, told = self._current_page(db), db.execute(_TOLD).fetchone()
        if told is None:
            return wanted if wanted.on_page else None
        return None if tuple(told) == (wanted.on_page, wanted.store_name, wanted.zone) else wanted

    def tell(self, tx: Transaction, command: TellStatusPage) -> None:
        if new := self.untold(tx.db):
            tx.append(new)
            tx.db.execute(_TELL, (new.on_page, new.store_name, new.zone))

    def _current_page(self, db: Connection) -> StatusPageSet:
        if not self._shown:
            return StatusPageSet(False)
        said = self._settings(db)
        return StatusPageSet(True, said.header[0] if said.header else "", said.zone)


def after_restore(db: Connection) -> None:
    """Make a restored ledger record the state again, because head office may have events that the ledger lost.

    Not for a new ledger.
    """
    db.execute(_TELL_AGAIN)


class StatusPageTeller:
    """Records the status page's settings for head office."""

    def __init__(self, shop: CommandBus, page: StatusPage) -> None:
        self._shop = shop
        self._page = page

    async def run(self, ready: Callable[[], None]) -> None:
        """Publish order pages at head office until cancelled."""
        ready()
        while True:
            if self._page.untold(self._shop.reader):
                await self._shop.do(TellStatusPage(), system())
            await asyncio.sleep(EVERY_S)
