"""Date formats in other systems' files: detect a column's format, and parse its cells. Pure.

`3/4/2024` may be in April or March. A single cell is ambiguous, but a column isn't if one of its numbers exceeds 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale

from edge.lib.i18n import LANGUAGES

DayForm = Literal["", "day_first", "month_first"]
FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4})|[/.](\d{2}))(?!\d)")
"""Matches dates with the year last.

A two-digit year is only recognised after slashes or points: with dashes, the year may come first.
"""
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_RUN_TOGETHER = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d{4}|\d{6})")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?")
"""Matches seconds or milliseconds since 1970, as written by programs."""
_SHORT_YEAR = re.compile(r"\D*(\d{1,2})\W{0,2}([^\W\d_]+)\.?\W{1,2}(\d{2})(?!\d)")
_MORE_LANGUAGES = (
    *("de", "es", "it", "pt", "nl", "pl", "sv", "da", "nb", "fi", "cs", "tr", "ru", "uk", "ro", "hu", "el"),
)
"""Languages of month names in other systems, in addition to the shop's."""
_SERIAL_EPOCH = date(1899, 12, 30)
"""Day 0 of spreadsheets' day numbers (ISO/IEC 29500-1, 18.17.4.1)."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s*(Z|[+-]\d\d:?\d\d)")
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
_NUMBERS = re.compile(r"\d+")


def forms_of(cells: Iterable[str]) -> tuple[int, int, int]:
    """Count cells in a form in which day and month are ambiguous: day-first, month-first, and either."""
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
    """The format of a column, by most of its decisive cells; "" if no cell is ambiguous.

    None: undecidable. In dates with points, the day is always first.
    """
    cells = list(cells)
    days, months, either = forms_of(cells)
    if days == months == 0:
        is_pointed = all(found[0].count(".") for cell in cells if (found := _YEAR_LAST.match(cell.strip())))
        return ("day_first" if is_pointed else None) if either else ""
    return "day_first" if days >= months else "month_first"


def day_of(
    text: str, form: DayForm = "", zone: ZoneInfo | None = None, first: date = FIRST, last: date = LAST
) -> str | None:
    """The day of a cell in a column of this format, within `first` and `last`; a time with its own zone is converted to
    `zone`. A two-digit year is in this century, unless the day would be after `last`.

    >>> day_of("2024-03-01 10:00"), day_of("3/4/2024", "month_first"), day_of("3/4/2024"), day_of("soon")
    ('2024-03-01', '2024-03-04', None, None)
    >>> day_of("Saturday, January 1, 2022"), day_of("1 mars 2024")
    ('2022-01-01', '2024-03-01')
    >>> day_of("7/28/26 1:33 PM", "month_first"), day_of("28.7.26", "day_first"), day_of("46231.56")
    ('2026-07-28', '2026-07-28', '2026-07-28')
    >>> day_of("24/03/81", "day_first", first=date(1900, 1, 1), last=date(2026, 11, 29))
    '1981-03-24'
    """
    found = _day_in(text.strip(), form, zone, last)
    return found.isoformat() if found and first <= found <= last else None


def _day_in(text: str, form: DayForm, zone: ZoneInfo | None, last: date) -> date | None:
    if serial := _SERIAL.fullmatch(text):
        return _SERIAL_EPOCH + timedelta(days=int(serial[1]))
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]), zone or UTC).date()
    if found := _RUN_TOGETHER.fullmatch(text):
        return _date_of(int(found[1]), int(found[2]), int(found[3]))
    if zone is not None and (moment := _MOMENT.fullmatch(text)):
        when = datetime.fromisoformat(re.sub(r"\s+", "", text[:10]) + "T" + re.sub(r"\s", "", moment[0][11:]))
        return when.astimezone(zone).date()
    if found := _YEAR_FIRST.match(text):
        return _date_of(int(found[1]), int(found[2]), int(found[3]))
    if found := _YEAR_LAST.match(text):
        one, other, year = int(found[1]), int(found[2]), int(found[3] or f"20{found[4]}")
        month, day = (other, one) if form == "day_first" else (one, other)
        if not form and one != other:
            return None
        whole = _date_of(year, month, day)
        return _date_of(year - 100, month, day) if whole and found[4] and whole > last else whole
    return _day_in_words(text, last)


def _day_in_words(text: str, last: date) -> date | None:
    """Parse a date with its month in words."""
    if (short := _SHORT_YEAR.match(text.lower())) and (month := _months().get(short[2])):
        found = _date_of(2000 + int(short[3]), month, int(short[1]))
        return _date_of(1900 + int(short[3]), month, int(short[1])) if found and found > last else found
    months = {_months()[word] for word in _WORDS.findall(text.lower()) if word in _months()}
    numbers = [int(one) for one in _NUMBERS.findall(text.partition(":")[0])]
    years = [one for one in numbers if one > 31]
    days = [one for one in numbers[:2] if 1 <= one <= 31]
    if len(months) != 1 or len(years) != 1 or not days:
        return None
    return _date_of(years[0], months.pop(), days[0])


def _date_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(1)
def _months() -> dict[str, int]:
    """Months by their full and short names in the shop's and other languages (CLDR), without ambiguous names."""
    found: dict[str, set[int]] = {}
    for language in (*LANGUAGES, *_MORE_LANGUAGES):
        for kind in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in Locale(language).months[kind][width].items():
                    bare = name.lower().strip(".")
                    for word in (bare, f"ב{bare}"):
                        found.setdefault(word, set()).add(month)
    return {name: months.pop() for name, months in found.items() if len(months) == 1 and name.isalpha()}
