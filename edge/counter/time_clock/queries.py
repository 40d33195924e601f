"""Queries of the time clock: clocked-in users, hours worked, and shares of tips."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import msgspec

from edge.core.messages import IsoDate
from edge.core.storage.database import Connection
from edge.counter.reports.queries import read_day_sums
from edge.counter.till.rules.day_totals import DaySums
from edge.counter.time_clock.events import WorkSpan
from edge.counter.time_clock.rules import (
    FORGOTTEN_US,
    MINUTE_US,
    Running,
    break_lacking_min,
    share_by_minutes,
    worked_min,
)
from edge.lib.units.dates import days_through

DAYS_MOST = 366
"""Maximum number of days per query."""
_RUNNING = """
    SELECT begins_us, break_us, break_since_us FROM work_span WHERE person = ? AND ends_us = 0
    ORDER BY begins_us DESC, seq DESC LIMIT 1
"""
_RUNS_ON = "SELECT max(begins_us) FROM work_span WHERE person = ? AND day = ? AND ends_us = 0"
_MOMENTS = "SELECT begins_us, ends_us FROM work_span WHERE person = ? AND day = ?"
_IN = "SELECT person, begins_us, break_since_us FROM work_span WHERE ends_us = 0 AND begins_us > ? ORDER BY person"
_SPANS = """
    SELECT person, day, begins_us, ends_us, break_us, corrected FROM work_span WHERE day BETWEEN ? AND ?
    ORDER BY day, person, begins_us
"""


class WorkDay(msgspec.Struct, frozen=True):
    """A person's (user id) business day: ended spans, and whole minutes of work and breaks.

    `open_us`: the start of a span without an end (0: none). `lacking_min`: missing minutes of the break that the law
    requires.
    """

    person: str
    day: str
    spans: tuple[WorkSpan, ...]
    worked_min: int
    break_min: int
    open_us: int
    lacking_min: int
    corrected: bool


class AtWork(msgspec.Struct, frozen=True):
    """A person who is clocked in, and since when. `break_since_us` 0: not on a break."""

    person: str
    begins_us: int
    break_since_us: int


class TipShare(msgspec.Struct, frozen=True):
    """A person's share of pooled tips, by the minutes worked on each day."""

    person: str
    worked_min: int
    minor: int


class SharedTips(msgspec.Struct, frozen=True):
    """All shares, and the tips of days on which no hours were recorded."""

    shares: tuple[TipShare, ...]
    unshared_minor: int


def running(db: Connection, person: str) -> Running | None:
    """A person's running span, which they may have forgotten to end; None if there is none."""
    row = db.execute(_RUNNING, (person,)).fetchone()
    return Running(*row) if row else None


def runs_on(db: Connection, person: str, day: str, at_us: int) -> bool:
    """Whether a person's span of that day is still running.

    A forgotten span, or one begun by a wrong clock, doesn't count.
    """
    (begins_us,) = db.execute(_RUNS_ON, (person, day)).fetchone()
    return begins_us is not None and -MINUTE_US <= at_us - begins_us <= FORGOTTEN_US


def moments_of(db: Connection, person: str, day: str) -> tuple[int, ...]:
    """The start and end times of a person's spans on a business day."""
    return tuple(moment for row in db.execute(_MOMENTS, (person, day)) for moment in row)


def read_clocked_in(db: Connection, at_us: int) -> list[AtWork]:
    """People clocked in at this moment."""
    return [AtWork(*row) for row in db.execute(_IN, (at_us - FORGOTTEN_US,))]


def work_days(db: Connection, since: IsoDate, until: IsoDate, country: str = "") -> list[WorkDay]:
    """Hours worked between two business days, inclusive (ISO 8601), by day and person.

    `country`: the country whose law requires breaks.
    """
    of: dict[tuple[str, str], list[tuple[int, int, int, int]]] = {}
    for person, day, *span in db.execute(_SPANS, (since, _through(since, until))):
        of.setdefault((person, day), []).append(tuple(span))
    return [_day(person, day, rows, country) for (person, day), rows in of.items()]


def _through(since: str, until: str) -> str:
    """The last day included, at most `DAYS_MOST` after the first."""
    first = date.fromisoformat(since)
    return min(until, (first + min(timedelta(days=DAYS_MOST), date.max - first)).isoformat())


def _day(person: str, day: str, rows: list[tuple[int, int, int, int]], country: str) -> WorkDay:
    spans = tuple(WorkSpan(begins, ends, rest) for begins, ends, rest, _ in rows if ends)
    return WorkDay(
        *(person, day, spans),
        sum(worked_min(span) for span in spans),
        sum(span.break_us for span in spans) // 60_000_000,
        max((begins for begins, ends, *_ in rows if not ends), default=0),
        break_lacking_min(spans, country),
        any(corrected for *_, corrected in rows),
    )


def pooled_minor(sums: DaySums) -> int:
    """A day's pooled tips, without tips that belong to individual users."""
    theirs = sum(minor for by in sums.tips_to.values() for minor in by.values())
    return sum(sums.tips.values()) - theirs


def shared_tips(db: Connection, since: IsoDate, until: IsoDate) -> SharedTips:
    """Pooled tips shared among the people who worked on each day, by minutes."""
    minutes: dict[str, dict[str, int]] = {}
    for one in work_days(db, since, until):
        if one.worked_min:
            minutes.setdefault(one.day, {})[one.person] = one.worked_min
    worked, given, unshared_minor = Counter[str](), Counter[str](), 0
    for day in days_through(since, _through(since, until)):
        sums, own = read_day_sums(db, day), minutes.get(day, {})
        pool_minor = pooled_minor(sums)
        worked.update(own)
        given.update(share_by_minutes(pool_minor, own))
        unshared_minor += 0 if own else pool_minor
    shares = tuple(TipShare(person, worked[person], given[person]) for person in sorted(worked))
    return SharedTips(shares, unshared_minor)
