"""Asks for a new count of what goes together once a week: Sunday, 03:00, or when the shop is back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog

from edge.core.command_bus import CommandBus
from edge.core.process.part_context import PartContext
from edge.core.process.parts import Ready
from edge.core.registry import PartSpec
from edge.shop.access.rights import system
from edge.shop.recommend.commands import TrainRecommendations
from edge.shop.recommend.handlers import JOB, Settings
from edge.shop.recommend.queries import recommendation_models
from edge.shop.recommend.rules import is_due

_log = structlog.get_logger(__name__)
LOOK_S = 900.0
_TRADED = "SELECT EXISTS (SELECT 1 FROM receipt WHERE kind = 'sale')"
_ASKED = "SELECT max(queued_us) FROM job WHERE kind = ?"


class WeeklyCount:
    """A part; `zone` is the shop's, `business_date` the day of business at a moment."""

    def __init__(
        self,
        shop: CommandBus,
        zone: str,
        business_date: Callable[[int], str],
        settings: Settings,
        look_s: float = LOOK_S,
    ) -> None:
        self._shop = shop
        self._zone = ZoneInfo(zone)
        self._business_date = business_date
        self._settings = settings
        self._look_s = look_s

    async def run(self, ready: Ready) -> None:
        """Until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.look, self._look_s, self._look_s)

    async def look(self) -> None:
        """Ask for what is due."""
        if self.due():
            outcome = await self._shop.do(TrainRecommendations(), system())
            _log.info("what goes together is counted", job=str(outcome)[:60])

    def due(self) -> bool:
        """Whether it is to be counted now; what failed is tried again a week later."""
        db, now_us = self._shop.reader, self._shop.now_us()
        if not self._settings.at(db).on or not db.execute(_TRADED).fetchone()[0]:
            return False
        asked_us = db.execute(_ASKED, (JOB,)).fetchone()[0]
        days = [one.trained_date for one in recommendation_models(db, 1)]
        days += [self._business_date(asked_us)] if asked_us else []
        today, now = self._business_date(now_us), datetime.fromtimestamp(now_us / 1e6, tz=self._zone)
        return is_due(today, date.fromisoformat(today).weekday(), now.hour, max(days, default=""))


def parts(settings: Settings) -> tuple[PartSpec, ...]:
    """What goes on beside the selling."""

    def weekly(context: PartContext) -> WeeklyCount:
        return WeeklyCount(context.shop, context.zone, context.business_date, settings)

    return (PartSpec("recommend", weekly),)
