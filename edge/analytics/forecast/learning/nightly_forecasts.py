"""Update forecasts nightly; retrain weekly, or after drift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog

from edge.analytics.forecast.accuracy import drift
from edge.analytics.forecast.commands import RetrainForecasts
from edge.analytics.forecast.queries import champion, read_models, read_state
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import Ready
from edge.foundation.access.rights import system

_log = structlog.get_logger(__name__)
LOOK_S = 600.0
FIRST_LOOK_S = 20.0
AT_HOUR = 3
_FOLLOWED = """
    SELECT EXISTS (SELECT 1 FROM demand_open)
       AND (SELECT seq FROM projection WHERE name = 'demand') > (SELECT max(seq) FROM journal) - 1000
"""
RETRAIN_DAYS = 7


class NightlyForecasts:
    """The part that updates forecasts.

    `zone`: the shop's time zone; `business_date`: returns the business day of a time.
    """

    def __init__(
        self, shop: CommandBus, zone: str, business_date: Callable[[int], str], look_s: float = LOOK_S
    ) -> None:
        self._shop = shop
        self._zone = ZoneInfo(zone)
        self._business_date = business_date
        self._look_s = look_s
        self._asked = ""

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.look, self._look_s, min(FIRST_LOOK_S, self._look_s))

    async def look(self) -> None:
        """Start forecasts that are due."""
        if (command := self.due()) is not None:
            outcome = await self._shop.do(command, system())
            if isinstance(outcome, Done):
                self._asked = self._today()
            _log.info("forecasts are being updated", anew=not command.refresh, job=str(outcome)[:60])

    def due(self) -> RetrainForecasts | None:
        """The command that is due now, if any; at most one per business day."""
        db = self._shop.reader
        today, made, model = self._today(), read_state(db), champion(db)
        if self._asked == today or not db.execute(_FOLLOWED).fetchone()[0]:
            return None
        if made is None or model is None:
            return RetrainForecasts()
        hour = datetime.fromtimestamp(self._shop.now_us() / 1e6, tz=self._zone).hour
        stale = (date.fromisoformat(today) - date.fromisoformat(made.through)).days
        if stale <= 1 or (hour < AT_HOUR and stale <= 2):
            return None
        newest = read_models(db)[0]
        age = (date.fromisoformat(today) - date.fromisoformat(newest.trained_date)).days
        tried = any(one.role == "challenger" for one in read_models(db))
        if drift(db, today):  # a model on trial is judged first, sooner due to the drift (`handlers.HURRIED_DAYS`)
            return RetrainForecasts(refresh=tried or age < 1)
        return RetrainForecasts(refresh=tried or age < RETRAIN_DAYS)

    def _today(self) -> str:
        return self._business_date(self._shop.now_us())
