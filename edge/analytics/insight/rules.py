"""Periods, shares and anomaly scores. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median

import msgspec

LONGEST_DAYS = 3 * 366
LEAST_DAYS = 14
"""Number of comparable days needed to detect an anomaly."""
ODD = 3.5
"""The robust z-score from which a day is anomalous: |x - median| / (1.4826 MAD)."""
_MONTH = re.compile(r"^\d{4}-\d{2}$")
_DAYS = re.compile(r"^(\d{1,4})d$")


class DaySpan(msgspec.Struct, frozen=True):
    """Business days from `first` to `last`, inclusive (ISO 8601)."""

    first: str
    last: str

    @property
    def days(self) -> int:
        return (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days + 1

    @property
    def before(self) -> DaySpan:
        """The previous period: the month before a complete month, otherwise the same number of days."""
        first, last = date.fromisoformat(self.first), date.fromisoformat(self.last)
        if first.day == 1 and (last + timedelta(days=1)).day == 1 and first.month == last.month:
            end = first - timedelta(days=1)
            return DaySpan(end.replace(day=1).isoformat(), end.isoformat())
        return DaySpan((first - timedelta(days=self.days)).isoformat(), (first - timedelta(days=1)).isoformat())


def span_of(text: str, today: str) -> DaySpan | None:
    """Parse a period: `7d` (through today), `2026-11`, `2026-11-20`, `2026-11-01..2026-11-20`; None if invalid or too
    long.

    >>> span_of("2026-02", "2026-11-21"), span_of("7d", "2026-11-21")
    (DaySpan(first='2026-02-01', last='2026-02-28'), DaySpan(first='2026-11-15', last='2026-11-21'))
    """
    try:
        if found := _DAYS.match(text):
            days = int(found[1])
            first = date.fromisoformat(today) - timedelta(days=days - 1)
            span = DaySpan(first.isoformat(), today) if days else None
        elif _MONTH.match(text):
            start = date.fromisoformat(text + "-01")
            end = (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            span = DaySpan(start.isoformat(), end.isoformat())
        else:
            first_text, _, last_text = text.partition("..")
            first, last = date.fromisoformat(first_text), date.fromisoformat(last_text or first_text)
            span = DaySpan(first.isoformat(), last.isoformat()) if last >= first else None
    except (ValueError, OverflowError):
        return None
    return span if span and span.days <= LONGEST_DAYS else None


def share(numerator: int, denominator: int) -> int | None:
    """A share in tenths of a percent; None if the denominator is 0.

    >>> share(1, 3), share(1, 0)
    (333, None)
    """
    return round(1000 * numerator / denominator) if denominator else None


def oddness(value: float, others: Sequence[float], least: float = 0.0) -> float | None:
    """A robust anomaly score of a value among similar values; None if there are too few.

    If most values are equal, the mean deviation replaces the median deviation (Iglewicz and Hoaglin, 1993). The
    deviation is at least a tenth of the median, and at least `least`, so that small changes aren't anomalies.
    """
    if len(others) < LEAST_DAYS:
        return None
    middle = median(others)
    away = [abs(other - middle) for other in others]
    spread = 1.4826 * median(away) or 1.2533 * sum(away) / len(away)
    spread = max(spread, 0.1 * abs(middle), least)
    return (value - middle) / spread if spread else None
