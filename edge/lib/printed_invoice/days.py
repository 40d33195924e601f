"""Parses dates on documents. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import msgspec

_MONTHS = (
    ("jan", "janv", "januar", "january", "janvier", "januari", "ינואר"),
    ("feb", "fév", "fev", "févr", "februar", "february", "février", "fevrier", "februari", "פברואר"),
    ("mar", "mär", "mrt", "märz", "march", "mars", "maart", "מרץ", "מרס"),
    ("apr", "avr", "april", "avril", "אפריל"),
    ("may", "mai", "mei", "מאי"),
    ("jun", "june", "juni", "juin", "יוני"),
    ("jul", "july", "juli", "juil", "juillet", "יולי"),
    ("aug", "août", "aout", "august", "augustus", "אוגוסט"),
    ("sep", "sept", "september", "septembre", "ספטמבר"),
    ("oct", "okt", "october", "oktober", "octobre", "אוקטובר"),
    ("nov", "november", "novembre", "נובמבר"),
    ("dec", "dez", "déc", "december", "dezember", "décembre", "decembre", "דצמבר"),
)
_MONTH_OF = {name: at for at, names in enumerate(_MONTHS, 1) for name in names}
_ISO = re.compile(r"(?<![0-9])([12][0-9]{3})-([01][0-9])-([0-3][0-9])(?![0-9])")
_FIGURES = re.compile(r"(?<![0-9./-])([0-9]{1,2})\s?([./-])\s?([0-9]{1,2})\s?\2\s?([0-9]{4}|[0-9]{2})(?![0-9])")
_DAY_FIRST = re.compile(
    r"(?<![0-9])([0-9]{1,2})(?:st|nd|rd|th|er)?\.?\s?[- ]?ב?([^\W\d_]{3,10})\.?[ ,-]*([12][0-9]{3})"
)
_MONTH_FIRST = re.compile(r"(?<![^\W_])([^\W\d_]{3,10})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?\s*,?\s*([12][0-9]{3})")


class FoundDay(msgspec.Struct, frozen=True):
    """A date (ISO 8601) and its position in the text. `unsure`: day and month could be swapped."""

    day: str
    start: int
    end: int
    unsure: bool = False


def days_of(text: str, month_first: bool = False) -> Iterator[FoundDay]:
    """Yield the dates in a text, in order. `month_first`: whether 3/4 means March 4 in the seller's country."""
    found = [*_plain(_ISO, text, (1, 2, 3)), *_figures(text, month_first)]
    found += [*_named_month_days(_DAY_FIRST, text, 1, 2), *_named_month_days(_MONTH_FIRST, text, 2, 1)]
    taken_to = -1
    for one in sorted(found, key=lambda day: (day.start, -day.end)):
        if one.start >= taken_to:
            taken_to = one.end
            yield one


def _plain(pattern: re.Pattern[str], text: str, order: tuple[int, int, int]) -> Iterator[FoundDay]:
    for match in pattern.finditer(text):
        if day := _iso(*(int(match[at]) for at in order)):
            yield FoundDay(day, *match.span())


def _figures(text: str, month_first: bool) -> Iterator[FoundDay]:
    for match in _FIGURES.finditer(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if year < 100 else 0
        swapped = first <= 12 and (second > 12 or month_first)
        month, day = (first, second) if swapped else (second, first)
        # full stops are only used where the day comes first
        either = match[2] != "." and first <= 12 and second <= 12 and first != second
        if found := _iso(year, month, day):
            yield FoundDay(found, *match.span(), either)


def _named_month_days(pattern: re.Pattern[str], text: str, day: int, month: int) -> Iterator[FoundDay]:
    for match in pattern.finditer(text):
        at = _MONTH_OF.get(match[month].casefold(), 0)
        if at and (found := _iso(int(match[3]), at, int(match[day]))):
            yield FoundDay(found, *match.span())


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat() if 1990 <= year <= 2100 else ""
    except ValueError:
        return ""
