"""Clock readings, and whether the wall clock can be trusted.

The journal is ordered by sequence number, never by time. With a wrong clock, rows are marked `suspect` and sales
continue. The clock is checked against head office's, if there is one; otherwise against the newest event and the time
elapsed since.
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

FUTURE_US = RELEASED_US + 40 * 31_557_600_000_000
"""Clocks 40 years past the release are wrong, too."""

CLOSED_MAX_US = 400 * 86_400_000_000
"""Longest time that a shop is assumed to be closed. A clock further ahead of the newest event needs a second source."""

TOLD_US = 600_000_000
"""Largest accepted difference between the wall clock and head office's."""

SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
"""Exists once the network has set the clock since boot (systemd-timesyncd.service(8))."""

LOOK_US = 1_000_000
"""Interval between checks for that file."""

DRIFT_US = 120_000_000
"""Largest drift between the wall clock and the monotonic clock within a boot before the wall clock is doubted."""

BACKWARDS_US = 2_000_000
"""Largest step back of the wall clock (NTP makes small ones) before it is doubted."""


STEADY_US = 600_000_000
"""A doubted clock that runs steadily for this long is trusted again: most jumps are corrections, such as NTP after
booting with an old time. Without this, the business day would not advance until the next start."""


class ClockReading(msgspec.Struct, frozen=True):
    """A clock reading: UTC microseconds, monotonic microseconds and the boot id (16 bytes).

    `told_us` is the time by head office's clock (0: not received since this process started). `synced`: whether the
    network has set the wall clock during this boot.
    """

    at_us: int
    mono_us: int
    boot_id: bytes
    told_us: int = 0
    synced: bool = False


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A validated reading: when a command happened, and its business date (ISO 8601)."""

    at_us: int
    mono_us: int
    boot_id: bytes
    clock: Trust
    business_date: str


class Doubt(msgspec.Struct, frozen=True):
    """Why the clock isn't trusted: its time, the better estimate and the business date used meanwhile. The estimate
    comes from head office or the newest trusted event (0: none)."""

    at_us: int
    better_us: int
    by_head_office: bool
    business_date: str


class Clock(Protocol):
    """Source of clock readings."""

    def read(self) -> ClockReading: ...


class SystemClock:
    """The system clocks. The boot id is the kernel's (random(4)), or one made by this process."""

    def __init__(self) -> None:
        try:
            text = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            text = str(UUID(int=time.time_ns()))
        self._boot_id = UUID(text).bytes
        self._told = (0, 0)
        self._synced = False
        self._looked_us = -LOOK_US

    def read(self) -> ClockReading:
        at_us, mono_us = time.time_ns() // 1000, time.monotonic_ns() // 1000
        if not self._synced and mono_us - self._looked_us >= LOOK_US:  # each command reads the clock several times
            self._looked_us, self._synced = mono_us, SYNCHRONIZED.exists()
        told_us, then_us = self._told
        return ClockReading(at_us, mono_us, self._boot_id, told_us and told_us + mono_us - then_us, self._synced)

    def note_head_office_time(self, at_us: int) -> None:
        """Record the current time at head office. May be called from any thread."""
        self._told = (at_us, time.monotonic_ns() // 1000)


class ClockValidator:
    """Turns readings into moments by comparing each with head office's clock, or with the last trusted reading.

    After a jump the clock is distrusted until it has run steadily for `STEADY_US` or the machine restarts. A machine
    started with a wrong time is corrected by the network: the first step back to a time that can follow the previous
    boot's newest event is trusted immediately, and so is a clock that the network has just set. `trusted` is the newest
    trusted reading in the journal (None: empty journal), `business_date` that of the newest row. A distrusted clock
    doesn't start or end a business day; head office's does.
    """

    def __init__(
        self, zone: str, day_turns_at_min: int, trusted: ClockReading | None = None, business_date: str | None = None
    ) -> None:
        self._zone = ZoneInfo(zone)
        self._turn = timedelta(minutes=day_turns_at_min)
        self._trusted = trusted
        self._before_boot: ClockReading | None = None
        """The newest trusted time of the previous boot, until this boot's clock is known to be right."""
        self._synced = False
        self._doubted: ClockReading | None = None
        self._business_date = business_date
        self._minute = -1
        self._minute_date = ""
        self.doubt: Doubt | None = None
        """The doubt about the last reading."""

    def moment(self, now: ClockReading) -> Moment:
        """Validate `now`. A trusted reading becomes the new reference."""
        if self._believable(now) or self._steady(now):
            last = self._trusted
            if last is not None and now.boot_id != last.boot_id:
                self._before_boot = last
            if now.told_us or now.synced or (last is not None and now.at_us < last.at_us - BACKWARDS_US):
                self._before_boot = None  # this boot's clock was corrected: a further step back isn't a correction
            self._trusted, self._doubted, self._synced, self.doubt = now, None, now.synced, None
            minute = now.at_us // 60_000_000
            date = self._minute_date if minute == self._minute else self._date_of(now.at_us)
            self._business_date = date
            return Moment(now.at_us, now.mono_us, now.boot_id, "ok", date)
        if now.told_us:
            self._business_date = self._date_of(now.told_us)
        date = self._business_date or self._date_of(now.at_us)
        better_us = now.told_us or (self._trusted.at_us if self._trusted else 0)
        self.doubt = Doubt(now.at_us, better_us, bool(now.told_us), date)
        return Moment(now.at_us, now.mono_us, now.boot_id, "suspect", date)

    def _believable(self, now: ClockReading) -> bool:
        if not RELEASED_US <= now.at_us < FUTURE_US:
            return False
        if now.told_us:
            return abs(now.at_us - now.told_us) <= TOLD_US
        last = self._trusted
        if last is None or (now.synced and not self._synced):
            return True
        is_back = now.at_us < last.at_us - BACKWARDS_US  # further than NTP sets it back while keeping time
        if now.boot_id != last.boot_id:
            return not is_back and now.at_us <= last.at_us + CLOSED_MAX_US
        if is_back:
            return self._before_boot is not None and now.at_us >= self._before_boot.at_us - BACKWARDS_US
        return abs((now.at_us - last.at_us) - (now.mono_us - last.mono_us)) <= DRIFT_US

    def _steady(self, now: ClockReading) -> bool:
        """Whether a distrusted clock has run steadily for long enough since it was first doubted."""
        if now.told_us or not RELEASED_US <= now.at_us < FUTURE_US:
            return False
        if self._trusted is not None and now.at_us > self._trusted.at_us + CLOSED_MAX_US:
            return False
        first = self._doubted
        if (
            first is None
            or now.boot_id != first.boot_id
            or abs((now.at_us - first.at_us) - (now.mono_us - first.mono_us)) > BACKWARDS_US
        ):
            self._doubted = now
            return False
        return now.mono_us - first.mono_us >= STEADY_US

    def _date_of(self, at_us: int) -> str:
        # Time zones change by quarter hours and the business day turns on a whole minute, so a result holds for its
        # minute.
        minute = at_us // 60_000_000
        if minute != self._minute:
            self._minute, self._minute_date = minute, business_date(at_us, self._zone, self._turn)
        return self._minute_date


def business_date(at_us: int, zone: ZoneInfo, turn: timedelta) -> str:
    """Business date (ISO 8601) of a moment in the shop's time zone; a day ends `turn` after midnight."""
    local = datetime.fromtimestamp(at_us // 60_000_000 * 60, tz=zone)
    return (local - turn).date().isoformat()
