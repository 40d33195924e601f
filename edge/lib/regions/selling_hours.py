"""Legal selling hours of restricted goods, from `selling_hours.toml` by place. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from edge.lib.regions.ages import Regulated
from edge.lib.regions.place import Jurisdiction

HOUR = r"(?:[01]\d|2[0-3]):[0-5]\d"
SPAN = re.compile(rf"^({HOUR})-(?!\1$)({HOUR})$(?!\n)")
"""A span from one minute of the day to another. An end before the start is on the next morning."""
SpanText = Annotated[str, msgspec.Meta(max_length=11, pattern=rf"^$(?!\n)|{SPAN.pattern}")]
_DAY_MIN = 1440
_US = 1_000_000
_WEEKEND = 5
_AHEAD_DAYS = 10
"""Days to search ahead: no law forbids sales for this many consecutive days."""


class OpenMinutes(NamedTuple):
    """Opening hours from one minute of a day to another. Beyond 1440 is the next morning, still part of that day."""

    begin: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.begin)}-{_clock(self.end)}"


class SellingHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the table, as its header explains. `source`: the law, as shown to people."""

    days: Annotated[tuple[SpanText, ...], msgspec.Meta(min_length=1, max_length=7)]
    source: str
    closed: tuple[str, ...] = ()
    others: dict[str, SpanText] = {}
    by_leave: bool = False
    first: str = msgspec.field(default="", name="from")
    last: str = msgspec.field(default="", name="until")

    def on(self, day: date) -> OpenMinutes | None:
        """Return the hours that begin on a day, or None. The night before a day without hours ends at midnight."""
        names = _names_of(day)
        if not names.isdisjoint(self.closed):
            return None
        span = self._usual(day, names)
        if span and span.end > _DAY_MIN and not _names_of(day + timedelta(1)).isdisjoint(self.closed):
            return OpenMinutes(span.begin, _DAY_MIN)
        return span

    def _usual(self, day: date, names: set[str]) -> OpenMinutes | None:
        if day.weekday() >= _WEEKEND:
            names |= {f"weekend {name}" for name in names}
        special = [name for name in self.others if name in names]
        text = self.others[max(special, key=len)] if special else self.days[day.weekday() % len(self.days)]
        return read_span(text)

    def holds_on(self, day: date) -> bool:
        return self.first <= day.isoformat() and (not self.last or day.isoformat() <= self.last)


def read_span(text: str) -> OpenMinutes | None:
    """Parse `09:00-23:00`; None if empty. Raises `ValueError` if it is invalid or has no length.

    >>> read_span("10:00-02:00")
    OpenMinutes(begin=600, end=1560)
    """
    if not text:
        return None
    found = SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} isn't a range like 09:00-23:00")
    begin, end = (int(part[:2]) * 60 + int(part[3:]) for part in found.groups())
    return OpenMinutes(begin, end if end > begin else end + _DAY_MIN)


def hours_by_law(kind: Regulated, place: Jurisdiction, day: date) -> SellingHours | None:
    """Return the row in effect for a kind of product at a place on a day, or None."""
    for key in (f"{place.country}-{place.province}", place.country):
        for row in selling_hours().get(key, {}).get(kind, ()) if place.country else ():
            if row.holds_on(day):
                return row
    return None


def has_hours(kind: Regulated, place: Jurisdiction) -> bool:
    """Whether the place's law is known to set selling hours for this kind of goods."""
    return any(kind in selling_hours().get(key, {}) for key in (f"{place.country}-{place.province}", place.country))


def is_within(spans: Iterable[tuple[date, OpenMinutes | None]], zone: ZoneInfo, at_us: int) -> bool:
    """Whether a moment (UTC microseconds) is within any of these hours."""
    return any(_begin_us(zone, of, span) <= at_us < _end_us(zone, of, span) for of, span in spans if span)


def days_about(zone: ZoneInfo, at_us: int) -> tuple[date, date]:
    """Return the days whose hours may include a moment: its own day, and the previous one, whose hours may extend past
    midnight."""
    day = day_at(zone, at_us)
    return day - timedelta(1), day


def law_allows(kind: Regulated, place: Jurisdiction, zone: ZoneInfo, at_us: int) -> bool:
    """Whether the law allows selling this kind of goods at a moment; always if no hours are known."""
    before, day = days_about(zone, at_us)
    if hours_by_law(kind, place, day) is None:
        return True
    rows = [(of, hours_by_law(kind, place, of)) for of in (before, day)]
    return is_within([(of, row.on(of)) for of, row in rows if row], zone, at_us)


def next_hours(kind: Regulated, place: Jurisdiction, zone: ZoneInfo, at_us: int) -> tuple[date, OpenMinutes] | None:
    """Return the current or next hours; None if there are none within ten days, or no row applies."""
    day = day_at(zone, at_us)
    for of in (day + timedelta(n) for n in range(_AHEAD_DAYS)):
        row = hours_by_law(kind, place, of)
        if row and (span := row.on(of)) and at_us < _end_us(zone, of, span):
            return of, span
    return None


def day_at(zone: ZoneInfo, at_us: int) -> date:
    """Local calendar date."""
    return datetime.fromtimestamp(at_us / _US, tz=zone).date()


@cache
def selling_hours() -> dict[str, dict[Regulated, tuple[SellingHours, ...]]]:
    """Return all known hours, by place and kind. The first row in effect applies."""
    text = files("edge.lib.regions").joinpath("selling_hours.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, dict[Regulated, tuple[SellingHours, ...]]])


def _begin_us(zone: ZoneInfo, day: date, span: OpenMinutes) -> int:
    return _us(zone, day, span.begin)


def _end_us(zone: ZoneInfo, day: date, span: OpenMinutes) -> int:
    """Return the end of the last minute. At a clock change, it is before the change (AGLC handbook 4.1)."""
    return _us(zone, day, span.end - 1) + 60 * _US


def _us(zone: ZoneInfo, day: date, minute: int) -> int:
    """Return the UTC microseconds of a local minute; the first one if it occurs twice."""
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    return int(wall.replace(tzinfo=zone).timestamp()) * _US


def _names_of(day: date) -> set[str]:
    """Return the names by which rows refer to a day."""
    names = {f"{day:%m-%d}"}
    if day == _easter(day.year):
        names.add("easter")
    if day.month == 9 and day.weekday() == 0 and day.day <= 7:
        names.add("labour")
    return names


def _easter(year: int) -> date:
    """Return Easter Sunday of a Gregorian year (Butcher's rule, 1876, in J. Meeus, Astronomical Algorithms, ch. 8).

    >>> _easter(2027).isoformat()
    '2027-03-28'
    """
    century, within = divmod(year, 100)
    golden = year % 19
    leap, rest = divmod(century, 4)
    moved = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap - moved + 15) % 30
    fours, ones = divmod(within, 4)
    sunday = (32 + 2 * rest + 2 * fours - moon - ones) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _clock(minute: int) -> str:
    hour, rest = divmod(minute % _DAY_MIN, 60)
    return f"{hour:02}:{rest:02}"
