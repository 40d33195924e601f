"""Weekly work, due on Sunday at 03:00 or later."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from edge.core.messages import Actor, Command
from edge.core.process.part_context import PartContext
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection

_log = structlog.get_logger(__name__)
LOOK_S = 900.0
SUNDAY, AT_HOUR = 6, 3
_ASKED = "SELECT max(queued_us) FROM job WHERE kind = ?"


def is_due(today: str, hour: int, newest: str) -> bool:
    """Whether the weekly run is due: none has happened since the last Sunday 03:00 of business date `today`. `newest`:
    the day of the last run ("": none). A shop that was off catches up.

    >>> is_due("2026-11-22", 2, "2026-11-15"), is_due("2026-11-22", 3, "2026-11-15")
    (False, True)
    """
    day = date.fromisoformat(today)
    back = (day.weekday() - SUNDAY) % 7
    if back == 0 and hour < AT_HOUR:
        back = 7
    return newest < (day - timedelta(days=back)).isoformat()


class WeeklyPart:
    """Sends `command`, which starts a job of kind `job`, as `actor`. `done` returns the days of past runs, read from
    the ledger, or None if the job doesn't apply. A failed run is retried a week later."""

    def __init__(
        self,
        context: PartContext,
        command: Command,
        actor: Actor,
        job: str,
        done: Callable[[Connection], Iterable[str] | None],
    ) -> None:
        self._shop = context.shop
        self._business_date = context.business_date
        self._zone = ZoneInfo(context.zone)
        self._command, self._actor, self._job, self._done = command, actor, job, done

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.look, LOOK_S, LOOK_S)

    async def look(self) -> None:
        """Send the command if a run is due."""
        if self.due():
            outcome = await self._shop.do(self._command, self._actor)
            _log.info("weekly job requested", job=self._job, outcome=str(outcome)[:60])

    def due(self) -> bool:
        """Whether a run is due now."""
        db, now_us = self._shop.reader, self._shop.now_us()
        done = self._done(db)
        if done is None:
            return False
        asked_us = db.execute(_ASKED, (self._job,)).fetchone()[0]
        days = [*done, *([self._business_date(asked_us)] if asked_us else [])]
        hour = datetime.fromtimestamp(now_us / 1e6, tz=self._zone).hour
        return is_due(self._business_date(now_us), hour, max(days, default=""))
