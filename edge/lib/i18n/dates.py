"""ISO 8601 dates and months in localised form."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from edge.lib.i18n.languages import LANGUAGES

LOCALES_CACHED = 64
NO_BREAK = "\u00a0"


def is_day(text: str) -> bool:
    """Whether a text is a valid ISO 8601 date.

    >>> is_day("2027-01-15"), is_day("2027-02-30"), is_day("20270115")
    (True, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def written_day(day: str, locale: str) -> str:
    """Format a date ("2027-01-15") for a locale without line breaks ("15 janv. 2027"); "" if empty."""
    from babel.dates import format_date

    return format_date(date.fromisoformat(day), "medium", locale=locale).replace(" ", NO_BREAK) if day else ""


def written_month(month: str, locale: str) -> str:
    """Format a month ("2027-01") for a locale ("janvier 2027")."""
    from babel.dates import format_date

    return format_date(date.fromisoformat(f"{month}-01"), format="LLLL y", locale=locale)


def write_date(text: str, locale: str) -> str:
    """Format a date or a month."""
    return written_month(text, locale) if len(text) == len("2027-01") else written_day(text, locale)


def locale_of(language: str, country: str) -> str:
    """Return the locale of a language in a country. English without a country would mean the US."""
    from babel.localedata import exists

    wanted = f"{language}_{country}"
    if country and exists(wanted):
        return wanted
    return LANGUAGES[language].locale


def numeric_day(day: date, locale: str) -> str:
    """Format a date numerically with a four-digit year, short enough for receipts.

    >>> day = date(2026, 11, 5)
    >>> [numeric_day(day, one) for one in ("fr_FR", "de_DE", "he_IL", "en_US", "fr_CA")]
    ['05/11/2026', '05.11.2026', '5.11.2026', '11/5/2026', '2026-11-05']
    """
    from babel.dates import format_date

    return format_date(day, _pattern(locale), locale=locale)


@lru_cache(LOCALES_CACHED)
def _pattern(locale: str) -> str:
    from babel.dates import get_date_format

    short = get_date_format("short", locale=locale).pattern
    return short if "yyy" in short else short.replace("yy", "y")
