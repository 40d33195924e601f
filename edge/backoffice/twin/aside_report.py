"""Reports another box's sales during a promotion as events of this box's journal.

So head office has them whatever is decided, even if the other box never reached head office.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial

from edge.backoffice.office import quarantine
from edge.backoffice.office.quarantine import QuarantinedFacts
from edge.core import ids
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import find_hash
from edge.core.messages import Done
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from sync.wire import Row

NAME = "aside_report"
LOOK_S = 5.0
AT_ONCE = 100
"""Maximum commands per round; the rest follow in the next ones."""


class AsideReport:
    """Reports quarantined facts. `put_aside` returns all undecided rows; it may block on disk access."""

    def __init__(self, shop: CommandBus, put_aside: Callable[[], list[Row]], look_s: float = LOOK_S) -> None:
        self._shop, self._put_aside, self._look_s = shop, put_aside, look_s

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        ready(None)
        while True:
            more = await self.report()
            await asyncio.sleep(0 if more else self._look_s)

    async def report(self) -> bool:
        """Report unreported facts. Returns whether there may be more."""
        found = await asyncio.to_thread(self._read)
        for one in found:
            if not isinstance(await report_facts(self._shop, one), Done):
                return False  # the disk isn't writable at the moment: retry later
        return len(found) == AT_ONCE

    def _read(self) -> list[QuarantinedFacts]:
        rows = self._put_aside()
        if not rows:
            return []
        every = quarantine.group_by_command(rows, self._shop.registry.decode)
        return self._shop.read(partial(_find_unreported, every=every))


async def report_facts(shop: CommandBus, one: QuarantinedFacts) -> object:
    """Report facts once; returns the outcome."""
    return await shop.do(one.report, system(), one.reported_id)


def _find_unreported(db: Connection, every: Iterable[QuarantinedFacts]) -> list[QuarantinedFacts]:
    def is_reported(id: ids.CommandId) -> bool:
        return find_hash(db, id) is not None

    return quarantine.list_undecided(db, (one for one in every if not is_reported(one.reported_id)), AT_ONCE)
