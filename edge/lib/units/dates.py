"""ISO 8601 dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta


def day_of(text: str) -> date | None:
    """Parse a date such as 2026-11-22; None if invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def days_through(first: str, last: str) -> Iterator[str]:
    """Yield the dates from the first to the last, inclusive; none if reversed.

    >>> list(days_through("2026-02-28", "2026-03-01"))
    ['2026-02-28', '2026-03-01']
    """
    begins, ends = date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
    return (date.fromordinal(day).isoformat() for day in range(begins, ends + 1))


def after(day: str, days: int) -> str:
    """Return the date `days` after another; a negative number means before.

    >>> after("2026-02-27", 2), after("2026-03-01", -1)
    ('2026-03-01', '2026-02-28')
    """
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def week_of(day: date, first_weekday: int) -> tuple[date, date]:
    """Return the first and last day of a date's week. `first_weekday`: 1 is Monday.

    >>> [str(one) for one in week_of(date(2026, 11, 27), 7)]  # a Friday
    ['2026-11-22', '2026-11-28']
    """
    first = day - timedelta(days=(day.isoweekday() - first_weekday) % 7)
    return first, first + timedelta(days=6)
