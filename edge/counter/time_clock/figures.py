"""Figures of hours and tips, made from the stamps and corrections of each day.

The key is a person, and the first and last day; for tips of days without hours, only the days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from edge.core.figure import Figure, Unit
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.reports.figures import changes_of_day
from edge.counter.reports.queries import BEHIND
from edge.counter.time_clock.events import ClockStamped, WorkSpan
from edge.counter.time_clock.queries import pooled_minor, shared_tips, work_days
from edge.counter.time_clock.rules import MINUTE_US, break_lacking_min, share_by_minutes, worked_min
from edge.lib.units.dates import day_of, days_through

_PAGE = "/manager/work-hours?week={1}"
_DAYS_MOST = 31
_SPANS = """
    SELECT seq, begins_us, ends_us, break_us, corrected FROM work_span
    WHERE person = ? AND day = ? AND ends_us > 0 ORDER BY seq, begins_us
"""
Value = Callable[[list[WorkSpan]], int]
_STAMPS = (ClockStamped.__name__,)


def _worked_min(spans: list[WorkSpan]) -> int:
    return sum(worked_min(span) for span in spans)


def _break_min(spans: list[WorkSpan]) -> int:
    return sum(span.break_us for span in spans) // MINUTE_US


def _are_days(first: str, last: str) -> bool:
    one, other = day_of(first), day_of(last)
    return one is not None and other is not None and 0 <= (other - one).days < _DAYS_MOST


def _minutes(value: Value, db: Connection, registry: Registry, person: str, first: str, last: str) -> int | None:
    if not _are_days(first, last):
        return None
    found = [value(list(one.spans)) for one in work_days(db, first, last) if one.person == person]
    return sum(found) if found else None


def _minute_parts(
    value: Value, db: Connection, registry: Registry, person: str, first: str, last: str
) -> Iterator[tuple[int, int]]:
    """The change that each stamp or correction makes to a value of its day."""
    for day in days_through(first, last):
        ended, was = list[WorkSpan](), 0
        for seq, begins_us, ends_us, break_us, corrected in db.execute(_SPANS, (person, day)).fetchall():
            span = WorkSpan(begins_us, ends_us, break_us)
            steps = [(seq, span)] if corrected else _steps_of(db, registry, person, seq, span)
            for of, so_far in steps:
                now = value([*ended, so_far])
                yield of, now - was
                was = now
            ended.append(span)


def _steps_of(
    db: Connection, registry: Registry, person: str, seq: int, span: WorkSpan
) -> Iterator[tuple[int, WorkSpan]]:
    """A recorded span, as it was after each of its stamps."""
    yield seq, WorkSpan(span.begins_us, span.begins_us, 0)
    ends_us, break_us, break_since_us = span.begins_us, 0, 0
    said = f'"person":"{person}"'.encode()
    for fact in facts_of_types(db, registry, _STAMPS, seq + 1, read_head(db).seq, said):
        if not isinstance(fact.event, ClockStamped) or fact.event.person != person:
            continue
        if fact.event.step == "out":
            yield fact.seq, span
            return
        ends_us = max(ends_us, fact.at_us)
        if fact.event.step == "break":
            break_since_us = fact.at_us
        elif fact.event.step == "back":
            break_us, break_since_us = break_us + max(0, fact.at_us - break_since_us), 0
        yield fact.seq, WorkSpan(span.begins_us, ends_us, break_us)


def _tips_minor(db: Connection, registry: Registry, person: str, first: str, last: str) -> int | None:
    found = shared_tips(db, first, last).shares if _are_days(first, last) else ()
    return next((one.minor for one in found if one.person == person), None)


def _unshared_minor(db: Connection, registry: Registry, first: str, last: str) -> int | None:
    return shared_tips(db, first, last).unshared_minor if _are_days(first, last) else None


def _days_with_tips(
    db: Connection, registry: Registry, first: str, last: str
) -> Iterator[tuple[dict[str, int], list[tuple[int, int]]]]:
    """The minutes of each day by person, and the day's papers with their pooled tips."""
    minutes: dict[str, dict[str, int]] = {}
    for one in work_days(db, first, last):
        if one.worked_min:
            minutes.setdefault(one.day, {})[one.person] = one.worked_min
    for day in days_through(first, last):
        yield minutes.get(day, {}), list(changes_of_day(db, registry, day, pooled_minor))


def _tips_parts(db: Connection, registry: Registry, person: str, first: str, last: str) -> Iterator[tuple[int, int]]:
    """The person's share of each paper's tips."""
    for own, papers in _days_with_tips(db, registry, first, last):
        pool_minor, was = 0, 0
        for seq, minor in papers if person in own else ():
            pool_minor += minor
            now = share_by_minutes(pool_minor, own)[person]
            yield seq, now - was
            was = now


def _unshared_parts(db: Connection, registry: Registry, first: str, last: str) -> Iterator[tuple[int, int]]:
    for own, papers in _days_with_tips(db, registry, first, last):
        yield from () if own else papers


def figures(country: str) -> tuple[Figure, ...]:
    """The figures of a store in a country, by whose law breaks are required."""

    def of_spans(name: str, value: Value, unit: Unit = "minutes") -> Figure:
        shown, parts = partial(_minutes, value), partial(_minute_parts, value)
        return Figure(f"time_clock.{name}", unit, shown, parts, _PAGE, "person", keys=3)

    return (
        of_spans("worked", _worked_min),
        of_spans("break", _break_min),
        of_spans("break_missing", lambda spans: break_lacking_min(spans, country), "count"),
        Figure("time_clock.tips", "minor", _tips_minor, _tips_parts, _PAGE, "person", BEHIND, 3),
        Figure(
            "time_clock.no_hours", "minor", _unshared_minor, _unshared_parts, _PAGE.replace("1", "0"), "", BEHIND, 2
        ),
    )
