"""Make the reports of completed periods, once each: daily reports shortly after the day ends; weekly and monthly
reports on the first morning after, or later if the appliance was off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec
import structlog

from edge.analytics.insight.commands import KeepReport
from edge.analytics.insight.reports import Kind, is_made, is_whole, read_report, span_of
from edge.analytics.insight.rules import DaySpan
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection, open_reader
from edge.foundation.access.rights import system
from edge.lib.regions.countries import first_weekday_at
from edge.lib.units.dates import after

_log = structlog.get_logger(__name__)
LOOK_S = 300.0
MORNING_HOUR = 6
"""The hour from which weekly and monthly reports are made."""
LOOKED_BACK: Mapping[Kind, int] = MappingProxyType({"daily": 7, "weekly": 4, "monthly": 2})
"""Number of completed periods checked for missing reports, which are then made, oldest first."""


class PeriodReports:
    """The part that makes reports. `zone`: the shop's time zone; `business_date`: returns the business
    day of a time.
    """

    def __init__(
        self, shop: CommandBus, ledger: Path, zone: str, business_date: Callable[[int], str], look_s: float = LOOK_S
    ) -> None:
        self._first_weekday = first_weekday_at(zone)
        self._shop = shop
        self._ledger = ledger
        self._zone = ZoneInfo(zone)
        self._business_date = business_date
        self._look_s = look_s

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        ready()
        await self._shop.till_first.repeat(self.make, self._look_s, self._look_s)

    async def make(self) -> list[tuple[Kind, str]]:
        """Make the reports that are due; returns their kinds and first days."""
        now_us = self._shop.now_us()
        today, hour = self._business_date(now_us), datetime.fromtimestamp(now_us / 1e6, tz=self._zone).hour
        commands = await asyncio.to_thread(self._due, today, hour)
        made = []
        for command in commands:
            if isinstance(await self._shop.do(command, system()), Done):
                made.append((command.kind, command.first))
        if made:
            _log.info("reports were created", reports=[f"{kind} {first}" for kind, first in made])
        return made

    def _due(self, today: str, hour: int) -> list[KeepReport]:
        with closing(open_reader(self._ledger)) as db:
            yesterday = date.fromisoformat(after(today, -1))
            kinds: tuple[Kind, ...] = ("daily", "weekly", "monthly") if hour >= MORNING_HOUR else ("daily",)
            spans = [(kind, span) for kind in kinds for span in over(kind, yesterday, self._first_weekday)]
            return [
                keep_report(db, kind, span)
                for kind, span in spans
                if not is_made(db, kind, span) and is_whole(db, span)
            ]


def over(kind: Kind, yesterday: date, first_weekday: int) -> list[DaySpan]:
    """Recently completed periods of a kind, newest last."""
    spans = [last_whole(kind, yesterday, first_weekday)]
    while len(spans) < LOOKED_BACK[kind]:
        spans.append(span_of(kind, date.fromisoformat(after(spans[-1].first, -1)), first_weekday))
    return spans[::-1]


def last_whole(kind: Kind, yesterday: date, first_weekday: int) -> DaySpan:
    """The newest period of a kind that ended yesterday or before."""
    span = span_of(kind, yesterday, first_weekday)
    if span.last > yesterday.isoformat():
        span = span_of(kind, date.fromisoformat(after(span.first, -1)), first_weekday)
    return span


def keep_report(db: Connection, kind: Kind, span: DaySpan) -> KeepReport:
    """The command that stores a period's current report."""
    body = msgspec.json.encode(read_report(db, kind, span)).decode()
    return KeepReport(kind, span.first, span.last, body)
