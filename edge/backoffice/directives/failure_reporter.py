"""Reports directive jobs that ended early. Checked at start and when a job changes."""

from __future__ import annotations

from edge.backoffice.directives.commands import GiveUpDirective
from edge.core.command_bus import CommandBus
from edge.core.jobs.store import JOBS
from edge.core.process.parts import Ready
from edge.foundation.access.rights import system

REASON_CHARS = 500

_ENDED = """
    SELECT open.number, job.state, job.message
    FROM directive_open AS open
    LEFT JOIN job ON job.id = open.job
    WHERE job.id IS NULL OR job.state IN ('failed', 'cancelled')
    ORDER BY open.number
"""


class FailureReporter:
    """Records in the journal that a directive's job ended early."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop

    async def run(self, ready: Ready) -> None:
        """Run until cancelled. A report that can't be written at the moment is retried at the next change or start."""
        subscription = self._shop.bus.subscribe(JOBS)
        ready()
        try:
            while True:
                for number, state, message in self._shop.reader.execute(_ENDED).fetchall():
                    reason = (message or "its job no longer exists")[:REASON_CHARS]
                    cancelled = state == "cancelled"
                    await self._shop.do(GiveUpDirective(number, cancelled, "" if cancelled else reason), system())
                await subscription.next()
        finally:
            self._shop.bus.unsubscribe(subscription)
