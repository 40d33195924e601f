"""Date formats in other systems' files: detect a column's format, and parse its cells. Pure.

`3/4/2024` may be in April or March. A single cell can't tell, but a column can, once one of its numbers exceeds 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale

from edge.lib.i18n import LANGUAGES

DayForm = Literal["", "day_first", "month_first"]
FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4})|[/.](\d{2}))(?!\d)")
"""A two-digit year is only recognised after slashes or points: with dashes it may come first."""
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIAL_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets' day numbers (ISO/IEC 29500-1, 18.17.4.1)."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)")
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
_NUMBERS = re.compile(r"\d+")


def forms_of(cells: Iterable[str]) -> tuple[int, int, int]:
    """Of cells whose day and month are ambiguous in form: how many must be day-first, month-first, or could be
    either."""
    days = months = either = 0
    for cell in cells:
        found = _YEAR_LAST.match(cell.strip())
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        days += first > 12 >= second
        months += second > 12 >= first
        either += first <= 12 and second <= 12 and first != second
    return days, months, either


def form_of(cells: Iterable[str]) -> DayForm | None:
    """The format of a column: that of most decisive cells; "" if no cell needs one. None: undecidable."""
    days, months, either = forms_of(cells)
    if days == months == 0:
        return None if either else ""
    return "day_first" if days >= months else "month_first"


def day_of(text: str, form: DayForm = "", zone: ZoneInfo | None = None) -> str | None:
    """The day of a cell in a column of this format; a time with its own zone is converted to `zone`.

    >>> day_of("2024-03-01 10:00"), day_of("3/4/2024", "month_first"), day_of("3/4/2024"), day_of("soon")
    ('2024-03-01', '2024-03-04', None, None)
    >>> day_of("Saturday, January 1, 2022"), day_of("1 mars 2024")
    ('2022-01-01', '2024-03-01')
    >>> day_of("7/28/26 1:33 PM", "month_first"), day_of("28.7.26", "day_first"), day_of("46231.56")
    ('2026-07-28', '2026-07-28', '2026-07-28')
    """
    text = text.strip()
    if serial := _SERIAL.fullmatch(text):
        return _within(_SERIAL_EPOCH + timedelta(days=int(serial[1])))
    if zone is not None and (moment := _MOMENT.fullmatch(text)):
        when = datetime.fromisoformat(re.sub(r"\s+", "", text[:10]) + "T" + re.sub(r"\s", "", moment[0][11:]))
        return _within(when.astimezone(zone).date())
    if found := _YEAR_FIRST.match(text):
        return _iso_day(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.match(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3] or f"20{found[4]}")
        if first == second:
            return _iso_day(year, first, second)
        if form == "day_first":
            return _iso_day(year, second, first)
        return _iso_day(year, first, second) if form == "month_first" else None
    return _day_in_words(text)


def _day_in_words(text: str) -> str | None:
    """A date with its month in words."""
    months = {_months()[word] for word in _WORDS.findall(text.lower()) if word in _months()}
    numbers = [int(one) for one in _NUMBERS.findall(text.partition(":")[0])]
    years = [one for one in numbers if one > 31]
    days = [one for one in numbers[:2] if 1 <= one <= 31]
    if len(months) != 1 or len(years) != 1 or not days:
        return None
    return _iso_day(years[0], months.pop(), days[0])


def _iso_day(year: int, month: int, day: int) -> str | None:
    try:
        return _within(date(year, month, day))
    except ValueError:
        return None


def _within(found: date) -> str | None:
    return found.isoformat() if FIRST <= found <= LAST else None


@lru_cache(1)
def _months() -> dict[str, int]:
    """Months by their full and short names in the shop's languages (CLDR), without ambiguous ones."""
    found: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for kind in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in Locale(language).months[kind][width].items():
                    bare = name.lower().strip(".")
                    for word in (bare, f"ב{bare}"):
                        found.setdefault(word, set()).add(month)
    return {name: months.pop() for name, months in found.items() if len(months) == 1 and name.isalpha()}
