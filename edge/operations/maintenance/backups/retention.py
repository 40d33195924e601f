"""Backup retention: the newest, and the last one of some days and weeks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def backups_to_keep(days: Sequence[date], daily: int, weekly: int) -> set[int]:
    """The indexes of backups to keep, from their `days`, newest first.

    Days and weeks are counted as they occur, not by the calendar: a clock a year ahead, or a box that was off for a
    year, loses nothing. The newest is always kept.

    >>> monday = date(2026, 11, 16)
    >>> sorted(backups_to_keep([monday, monday, date(2026, 11, 15), date(2026, 11, 1)], daily=2, weekly=1))
    [0, 2]
    """
    stays = {0} if days else set()
    weeks = [day.isocalendar()[:2] for day in days]
    return stays | _first_of_each(days, daily) | _first_of_each(weeks, weekly)


def _first_of_each(periods: Sequence[object], wanted: int) -> set[int]:
    first: dict[object, int] = {}
    for place, period in enumerate(periods):
        if len(first) < wanted:
            first.setdefault(period, place)
    return set(first.values())
