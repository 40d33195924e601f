"""Opening hours: weekly spans and exceptions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec

DAY_MIN = 1440
SPANS_MOST = 6
EXCEPTIONS_MOST = 200
_US = 1_000_000


class OpenSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span from one minute of a day to another. Beyond 1440 is the following night, still part of that day."""

    from_min: Annotated[int, msgspec.Meta(ge=0, le=DAY_MIN - 1)]
    until_min: Annotated[int, msgspec.Meta(gt=0, le=2 * DAY_MIN)]


class DayException(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An exceptional day: other `spans`, or none (closed). `why`: its public name."""

    date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
    spans: Annotated[tuple[OpenSpan, ...], msgspec.Meta(max_length=SPANS_MOST)] = ()
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""


class StoreHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours of a store: `weekly` begins on Monday; always open if not set.

    Advance orders use slots of `slot_min` minutes for up to `capacity` orders (0: unlimited) or pieces (`capacity_in`),
    at most `days_ahead`, starting at least `prepare_min` open minutes from now.
    """

    weekly: Annotated[
        tuple[Annotated[tuple[OpenSpan, ...], msgspec.Meta(max_length=SPANS_MOST)], ...],
        msgspec.Meta(min_length=7, max_length=7),
    ] = ((OpenSpan(0, DAY_MIN),),) * 7
    exceptions: Annotated[tuple[DayException, ...], msgspec.Meta(max_length=EXCEPTIONS_MOST)] = ()
    slot_min: Annotated[int, msgspec.Meta(ge=5, le=240)] = 30
    capacity: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    prepare_min: Annotated[int, msgspec.Meta(ge=0, le=1440)] = 15
    days_ahead: Annotated[int, msgspec.Meta(ge=0, le=30)] = 3
    capacity_in: Literal["orders", "pieces"] = "orders"


def fault_of(hours: StoreHours) -> str:
    """Return the text key of a fault in these hours; "" if they are valid."""
    days = [*hours.weekly, *(one.spans for one in hours.exceptions)]
    if any(span.until_min <= span.from_min for spans in days for span in spans):
        return "hours_backwards"
    for spans in days:
        ordered = sorted(spans, key=lambda span: span.from_min)
        if any(later.from_min < sooner.until_min for sooner, later in pairwise(ordered)):
            return "hours_overlap"
    dates = [one.date for one in hours.exceptions]
    if len(set(dates)) != len(dates):
        return "hours_day_twice"
    try:
        [date.fromisoformat(one) for one in dates]
    except ValueError:
        return "hours_no_such_day"
    return ""


def spans_on(hours: StoreHours, day: date) -> tuple[OpenSpan, ...]:
    """Spans that begin on a day, in order."""
    found = next((one.spans for one in hours.exceptions if one.date == day.isoformat()), hours.weekly[day.weekday()])
    return tuple(sorted(found, key=lambda span: span.from_min))


def open_spans(hours: StoreHours, zone: ZoneInfo, first: date, days: int) -> list[tuple[int, int]]:
    """Return the open intervals on `days` days, plus the night before the first, in UTC microseconds. Adjacent
    intervals are merged."""
    return _opened_on(hours, zone, [first + timedelta(n) for n in range(-1, days)])


def _opened_on(hours: StoreHours, zone: ZoneInfo, days: Iterable[date]) -> list[tuple[int, int]]:
    """Open intervals from the spans of these days."""
    found: list[tuple[int, int]] = []
    for day in days:
        for span in spans_on(hours, day):
            begin, end = (_at(zone, day, minute) for minute in (span.from_min, span.until_min))
            if begin >= end:
                continue  # in the hour that is skipped when the clocks go forward
            if found and begin <= found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]))
            else:
                found.append((begin, end))
    return found


def shop_day(hours: StoreHours, zone: ZoneInfo, at_us: int) -> date:
    """Business day of a moment: during a span from the previous day, that day."""
    day = day_of(zone, at_us)
    own, before = (_opened_on(hours, zone, [one]) for one in (day, day - timedelta(1)))
    late = any(begin <= at_us < end for begin, end in before) and not any(begin <= at_us < end for begin, end in own)
    return day - timedelta(1) if late else day


def is_open(hours: StoreHours, zone: ZoneInfo, at_us: int) -> bool:
    """Whether the shop is open at a moment."""
    return any(begin <= at_us < end for begin, end in open_spans(hours, zone, day_of(zone, at_us), 1))


def opens_next(hours: StoreHours, zone: ZoneInfo, at_us: int) -> int | None:
    """Return when a closed shop opens; None if it is open, or doesn't open within two weeks."""
    spans = open_spans(hours, zone, day_of(zone, at_us), 15)
    if any(begin <= at_us < end for begin, end in spans):
        return None
    return next((begin for begin, _ in spans if begin > at_us), None)


def open_between(hours: StoreHours, zone: ZoneInfo, from_us: int, until_us: int, enough_us: int) -> bool:
    """Whether the shop was open for at least `enough_us` between two moments (up to a month)."""
    days = min(31, (day_of(zone, until_us) - day_of(zone, from_us)).days + 1)
    sums = (
        max(0, min(end, until_us) - max(begin, from_us))
        for begin, end in open_spans(hours, zone, day_of(zone, from_us), max(1, days))
    )
    return sum(sums) >= enough_us


def after_open(hours: StoreHours, zone: ZoneInfo, from_us: int, minutes: int) -> int | None:
    """Return when the shop will have been open for `minutes` since `from_us`; None if not within two weeks."""
    left = minutes * 60 * _US
    for begin, end in open_spans(hours, zone, day_of(zone, from_us), 15):
        begin = max(begin, from_us)
        if end <= begin:
            continue
        if begin + left <= end:
            return begin + left
        left -= end - begin
    return None


def slots(hours: StoreHours, zone: ZoneInfo, now_us: int) -> Iterator[tuple[int, int]]:
    """Yield the slots available to an order placed now, in UTC microseconds, soonest first.

    Spans are divided by wall clock from their start, so that slots don't depend on the time of the request. There are
    none in a skipped hour, and both in a repeated one. Slots never overlap.
    """
    earliest = after_open(hours, zone, now_us, hours.prepare_min)
    if earliest is None:
        return
    length = hours.slot_min * 60 * _US
    today = day_of(zone, now_us)
    last, free_us = today + timedelta(hours.days_ahead), 0
    for day in (today + timedelta(n) for n in range(-1, hours.days_ahead + 1)):
        for span in _merge_spans(spans_on(hours, day)):
            closing = _at(zone, day, span.until_min)
            minutes = range(span.from_min, span.until_min, hours.slot_min)
            for at in sorted({at for minute in minutes for at in _both(zone, day, minute)}):
                if not free_us <= at <= closing - length:
                    continue
                free_us = at + length
                if at >= earliest and day_of(zone, at) <= last:
                    yield at, free_us


def day_of(zone: ZoneInfo, at_us: int) -> date:
    """Local calendar date."""
    return datetime.fromtimestamp(at_us / _US, tz=zone).date()


def _merge_spans(spans: Iterable[OpenSpan]) -> list[OpenSpan]:
    """Return the spans of a day in order, with adjacent ones merged."""
    found: list[OpenSpan] = []
    for span in spans:
        if found and span.from_min <= found[-1].until_min:
            found[-1] = OpenSpan(found[-1].from_min, max(span.until_min, found[-1].until_min))
        else:
            found.append(span)
    return found


def _wall(day: date, minute: int) -> datetime:
    return datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)


def _us_of(zone: ZoneInfo, wall: datetime, fold: int) -> int:
    return int(wall.replace(tzinfo=zone, fold=fold).timestamp()) * _US


def _both(zone: ZoneInfo, day: date, minute: int) -> set[int]:
    """Return the moments when clocks show a minute of a day, in UTC microseconds: none, one, or two."""
    wall = _wall(day, minute)
    found = {_us_of(zone, wall, fold) for fold in (0, 1)}
    return {at for at in found if datetime.fromtimestamp(at / _US, tz=zone).replace(tzinfo=None) == wall}


def _at(zone: ZoneInfo, day: date, minute: int) -> int:
    """Return the moment when clocks show a minute of a day, in UTC microseconds: the first in a repeated hour, and the
    jump in a skipped one."""
    return next(min(found) for later in range(minute, minute + 2 * DAY_MIN) if (found := _both(zone, day, later)))
