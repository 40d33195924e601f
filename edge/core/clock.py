"""Time, handed in: what the clocks say, and whether the wall clock can be believed.

Order in the journal is the sequence, never the clock. A wrong clock marks rows
`suspect` and sells on.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

Trust = Literal["ok", "suspect"]

RELEASED_US = 1_767_225_600_000_000
"""2026-01-01 UTC. No sale happened before the software existed: an earlier clock is wrong."""

DRIFT_US = 120_000_000
"""How far the wall clock may run from the monotonic one within a boot before it is doubted."""

BACKWARDS_US = 2_000_000
"""How far back the wall clock may step (NTP does, a little) before it is doubted."""


STEADY_US = 600_000_000
"""A doubted clock that then runs true for so long is believed again: most jumps are corrections (NTP after a
start with an old time). Without this, the day of business would stand still until the next start."""


class Reading(msgspec.Struct, frozen=True):
    """What the clocks said: UTC microseconds, monotonic microseconds, and the boot (16 bytes)."""

    at_us: int
    mono_us: int
    boot_id: bytes


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A reading, judged: when a command happened, and on which day of business (ISO 8601)."""

    at_us: int
    mono_us: int
    boot_id: bytes
    clock: Trust
    business_date: str


class Clock(Protocol):
    """Where time comes from."""

    def read(self) -> Reading: ...


class SystemClock:
    """The machine's clocks. The boot id is the kernel's (random(4)), or one of this process."""

    def __init__(self) -> None:
        try:
            text = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            text = str(UUID(int=time.time_ns()))
        self._boot_id = UUID(text).bytes

    def read(self) -> Reading:
        return Reading(time.time_ns() // 1000, time.monotonic_ns() // 1000, self._boot_id)


class Judge:
    """Turns readings into moments: compares each with the last one that could be believed.

    What jumped is doubted until it has been steady for `STEADY_US`, or the machine was started again.
    `trusted` is the newest believed reading in the journal (None: an empty journal),
    `business_date` the newest row's: a clock in doubt does not start or end a day.
    """

    def __init__(
        self, zone: str, day_turns_at_min: int, trusted: Reading | None = None, business_date: str | None = None
    ) -> None:
        self._zone = ZoneInfo(zone)
        self._turn = timedelta(minutes=day_turns_at_min)
        self._trusted = trusted
        self._doubted: Reading | None = None
        self._business_date = business_date
        self._minute = -1
        self._minute_date = ""

    def moment(self, now: Reading) -> Moment:
        """`now`, with whether to believe it. A believed reading becomes the one to compare with."""
        if self._believable(now) or self._steady(now):
            self._trusted, self._doubted = now, None
            self._business_date = self._date_of(now.at_us)
            return Moment(now.at_us, now.mono_us, now.boot_id, "ok", self._business_date)
        date = self._business_date or self._date_of(now.at_us)
        return Moment(now.at_us, now.mono_us, now.boot_id, "suspect", date)

    def _believable(self, now: Reading) -> bool:
        if now.at_us < RELEASED_US:
            return False
        last = self._trusted
        if last is None:
            return True
        if now.at_us < last.at_us - BACKWARDS_US:
            return False
        return now.boot_id != last.boot_id or abs(_drift_us(last, now)) <= DRIFT_US

    def _steady(self, now: Reading) -> bool:
        """Whether a doubted clock has run true for long enough since it was first doubted."""
        if now.at_us < RELEASED_US:
            return False
        first = self._doubted
        if first is None or now.boot_id != first.boot_id or abs(_drift_us(first, now)) > BACKWARDS_US:
            self._doubted = now
            return False
        return now.mono_us - first.mono_us >= STEADY_US

    def _date_of(self, at_us: int) -> str:
        # Zones change by quarters of an hour, and the turn of the day is a whole minute: a minute's answer holds.
        minute = at_us // 60_000_000
        if minute != self._minute:
            self._minute, self._minute_date = minute, business_date(at_us, self._zone, self._turn)
        return self._minute_date


def business_date(at_us: int, zone: ZoneInfo, turn: timedelta) -> str:
    """The day of business (ISO 8601) at a moment, by the shop's clock; one ends at `turn` behind midnight."""
    local = datetime.fromtimestamp(at_us // 60_000_000 * 60, tz=zone)
    return (local - turn).date().isoformat()


def _drift_us(earlier: Reading, now: Reading) -> int:
    """By how much the wall clock ran ahead of the monotonic one between two readings of one boot."""
    return (now.at_us - earlier.at_us) - (now.mono_us - earlier.mono_us)
