"""Reports a distrusted clock on every page, in `edge check`, `/healthz` and the metrics."""

from __future__ import annotations

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.core.clock import Doubt
from edge.core.command_bus import CommandBus
from edge.core.limits import CLOCK_LOOK_S
from edge.core.process.parts import PartState, Ready

ADVICE = "Set the date and time, or connect to the network."


class Timekeeping:
    """A part that is reported as lost while the clock is distrusted. Sales continue, because the journal is ordered by
    sequence."""

    def __init__(self, shop: CommandBus, zone: str) -> None:
        self._shop = shop
        self._zone = zone

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        while True:
            doubt = self._shop.doubt_of_clock
            ready(doubt_state(doubt, self._zone) if doubt else PartState("", "ok"))
            await asyncio.sleep(CLOCK_LOOK_S)


def doubt_state(doubt: Doubt, zone: str) -> PartState:
    """Describe a doubt, with times in the shop's zone."""
    says, better, day = show_moment(doubt.at_us, zone), show_moment(doubt.better_us, zone), doubt.business_date
    advice = f"{ADVICE} Until then, sales are recorded for business day {day}."
    values: dict[str, str | int] = {"says": says, "better": better, "day": day}
    if doubt.by_head_office:
        what = f"This machine's clock shows {says}, but head office's clock shows {better}."
        return PartState("", "lost", what, advice, "clock.told", values)
    if not doubt.better_us:
        return PartState("", "lost", f"This machine's clock shows {says}.", advice, "clock.first", values)
    what = f"This machine's clock shows {says}, but the newest verified entry is from {better}."
    return PartState("", "lost", what, advice, "clock.doubted", values)


def show_moment(at_us: int, zone: str) -> str:
    """Format a moment to the minute."""
    return f"{datetime.fromtimestamp(at_us / 1e6, tz=ZoneInfo(zone)):%Y-%m-%d %H:%M}"
