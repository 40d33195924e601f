"""Days and months of ISO 8601 as people write them."""

from __future__ import annotations

from datetime import date

NO_BREAK = "\u00a0"


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar as ISO 8601 has it.

    >>> is_day("2027-01-15"), is_day("2027-02-30"), is_day("20270115")
    (True, False, False)
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def written_day(day: str, locale: str) -> str:
    """A day ("2027-01-15") as a language or locale writes it, in one piece ("15 janv. 2027"); "" where none is said."""
    from babel.dates import format_date

    return format_date(date.fromisoformat(day), "medium", locale=locale).replace(" ", NO_BREAK) if day else ""


def written_month(month: str, locale: str) -> str:
    """A month ("2027-01") as a language or a locale writes it ("janvier 2027")."""
    from babel.dates import format_date

    return format_date(date.fromisoformat(f"{month}-01"), format="LLLL y", locale=locale)


def write_date(text: str, locale: str) -> str:
    """A day or a month, whichever it is."""
    return written_month(text, locale) if len(text) == len("2027-01") else written_day(text, locale)
