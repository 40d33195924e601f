"""Asks for a model of prices once a week, in the night before Monday's work begins: Sunday, 03:00."""

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
from edge.shop.pricing.commands import TrainPrices
from edge.shop.pricing.queries import price_models
from edge.shop.pricing.rules import is_due

_log = structlog.get_logger(__name__)
LOOK_S = 900.0
_TRADED = """
    SELECT EXISTS (SELECT 1 FROM figure_day)
       AND (SELECT seq FROM projection WHERE name = 'figures') > (SELECT max(seq) FROM journal) - 1000
"""
_ASKED = "SELECT max(queued_us) FROM job WHERE kind = 'prices'"


class WeeklyPrices:
    """A part; `zone` is the shop's, `business_date` the day of business at a moment."""

    def __init__(
        self, shop: CommandBus, zone: str, business_date: Callable[[int], str], look_s: float = LOOK_S
    ) -> None:
        self._shop = shop
        self._zone = ZoneInfo(zone)
        self._business_date = business_date
        self._look_s = look_s

    async def run(self, ready: Ready) -> None:
        """Until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.look, self._look_s, self._look_s)

    async def look(self) -> None:
        """Ask for what is due."""
        if self.due():
            outcome = await self._shop.do(TrainPrices(), system())
            _log.info("a model of prices is made", job=str(outcome)[:60])

    def due(self) -> bool:
        """Whether a model is to be made now; one that failed is tried again a week later."""
        db, now_us = self._shop.reader, self._shop.now_us()
        if not db.execute(_TRADED).fetchone()[0]:
            return False
        asked_us = db.execute(_ASKED).fetchone()[0]
        days = [one.trained_date for one in price_models(db, 1)]
        days += [self._business_date(asked_us)] if asked_us else []
        today, now = self._business_date(now_us), datetime.fromtimestamp(now_us / 1e6, tz=self._zone)
        return is_due(today, date.fromisoformat(today).weekday(), now.hour, max(days, default=""))


def _weekly(context: PartContext) -> WeeklyPrices:
    return WeeklyPrices(context.shop, context.zone, context.business_date)


PARTS = (PartSpec("prices", _weekly),)
