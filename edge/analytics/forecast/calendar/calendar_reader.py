"""Process that reads a calendar (iCalendar, RFC 5545): `python -m edge.analytics.forecast.calendar.calendar_reader`.

It reads a `CalendarQuestion` as JSON from standard input and answers with the calendar's occasions, with recurring
events expanded, or with the reason for having none. An event's property `X-EFFECT-PERCENT` is its effect on demand;
without it, the upload's effect applies. Cancelled events are omitted, and a moved occurrence only appears on its new
day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.forecast.commands import OCCASIONS_LIMIT, SetOccasion
from edge.core.process import child
from edge.lib.errors import NeedsHuman

MEMORY_BYTES = 1024**3
CPU_S = 20
WAIT_S = 40
CALENDAR_BYTES = 1024 * 1024
AHEAD_DAYS = 400
NAME_CHARS = 60


class CalendarQuestion(msgspec.Struct, frozen=True):
    """A calendar as text, the first day to read (ISO 8601), and the shop's time zone."""

    text: str
    first: str
    zone: str = "UTC"
    effect_percent: int = 0
    category: str = ""


class CalendarAnswer(msgspec.Struct, frozen=True):
    """The occasions by first day, at most OCCASIONS_LIMIT, and the number of later ones omitted; `why`: the reason if
    there are none.
    """

    occasions: tuple[SetOccasion, ...] = ()
    omitted: int = 0
    why: str = ""


def main() -> int:
    """Answer one request."""
    return child.answer(_answer_question, MEMORY_BYTES, CPU_S)


def _answer_question(asked: bytes) -> bytes:
    try:
        answer = read(msgspec.json.decode(asked, type=CalendarQuestion))
    except (ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        answer = CalendarAnswer(why=str(error)[:200] or type(error).__name__)
    return msgspec.json.encode(answer)


def read(ask: CalendarQuestion) -> CalendarAnswer:
    """Answer a request; see the module docstring. Raises `ValueError` if it isn't a calendar."""
    from icalendar import Calendar

    first = date.fromisoformat(ask.first)
    last = first + timedelta(days=AHEAD_DAYS)
    calendar = Calendar.from_ical(ask.text)
    if calendar.name != "VCALENDAR":
        raise ValueError(f"{calendar.name} isn't a VCALENDAR")
    found: dict[str, SetOccasion] = {}
    zone, events = ZoneInfo(ask.zone), calendar.walk("VEVENT")
    moved = {
        (str(event.get("UID", "")), _day(event.decoded("RECURRENCE-ID"), zone))
        for event in events
        if "RECURRENCE-ID" in event
    }
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        for begins, ends in _spans(event, first, last, zone):
            if "RECURRENCE-ID" not in event and (str(event.get("UID", "")), begins) in moved:
                continue
            one = _occasion(event, begins, ends, ask)
            found[one.id] = one
    ordered = sorted(found.values(), key=lambda one: (one.first, one.id))
    return CalendarAnswer(tuple(ordered[:OCCASIONS_LIMIT]), max(0, len(ordered) - OCCASIONS_LIMIT))


def _occasion(event: Any, begins: date, ends: date, ask: CalendarQuestion) -> SetOccasion:
    name = " ".join(str(event.get("SUMMARY", "")).split())[:NAME_CHARS] or begins.isoformat()
    about = f"{event.get('UID', name)} {begins}"
    said = event.get("X-EFFECT-PERCENT")
    effect = max(-100, min(900, int(str(said)))) if said is not None else ask.effect_percent
    id = f"ics-{hashlib.sha256(about.encode()).hexdigest()[:16]}"
    return SetOccasion(id, name, begins.isoformat(), ends.isoformat(), effect, ask.category)


def _spans(event: Any, first: date, last: date, zone: ZoneInfo) -> Iterator[tuple[date, date]]:
    """The days of each occurrence of an event between two days."""
    begins = event.decoded("DTSTART")
    ends = event.decoded("DTEND") if "DTEND" in event else begins + event.decoded("DURATION", timedelta())
    whole = not isinstance(begins, datetime)
    days = (_day(ends, zone) - _day(begins, zone)).days
    if days > 0 and (whole or _at_midnight(ends, zone)):
        days -= 1  # an event's end is exclusive
    days = max(0, min(days, AHEAD_DAYS))
    left_out = {_day(one.dt, zone) for part in _as_list(event.get("EXDATE")) for one in part.dts}
    for start in _starts(event, begins, first - timedelta(days=days), last, zone):
        if start not in left_out and start <= last and start + timedelta(days=days) >= first:
            yield start, start + timedelta(days=days)


def _starts(event: Any, begins: Any, first: date, last: date, zone: ZoneInfo) -> Iterator[date]:
    start = _day(begins, zone)
    if "RRULE" not in event:
        yield start
        return
    from dateutil.rrule import rrulestr

    text = event["RRULE"].to_ical().decode()
    rule = ";".join(part for part in text.split(";") if not part.startswith("UNTIL="))
    until = min([last, *(_day(one, zone) for one in event["RRULE"].get("UNTIL", []))])
    again = rrulestr(rule, dtstart=datetime(start.year, start.month, start.day))
    for count, moment in enumerate(again):
        if moment.date() > until or count > 20_000:
            return
        if moment.date() >= first:
            yield moment.date()


def _as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _day(value: Any, zone: ZoneInfo) -> date:
    if isinstance(value, datetime):
        return (value.astimezone(zone) if value.tzinfo else value).date()
    return date.fromisoformat(str(value))


def _at_midnight(value: Any, zone: ZoneInfo) -> bool:
    local = value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=UTC)
    return not (local.hour or local.minute)


def read_calendar(ask: CalendarQuestion) -> CalendarAnswer:
    """Read a calendar in a separate process. Raises `NeedsHuman` if it's unreadable."""
    try:
        answered = child.ask("edge.analytics.forecast.calendar.calendar_reader", msgspec.json.encode(ask), WAIT_S)
    except child.ChildFailed:
        raise NeedsHuman("The calendar can't be read.", "Export it again as iCalendar (.ics).") from None
    answer = msgspec.json.decode(answered, type=CalendarAnswer)
    if answer.why:
        raise NeedsHuman(answer.why, "Export it again as iCalendar (.ics).")
    return answer


if __name__ == "__main__":
    raise SystemExit(main())
