"""Days as ISO 8601 writes them."""

from __future__ import annotations

from datetime import date, timedelta


def day_of(text: str) -> date | None:
    """The day that a text says, such as 2026-11-22; None where there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def after(day: str, days: int) -> str:
    """The day so many days behind another; before it where they are negative.

    >>> after("2026-02-27", 2), after("2026-03-01", -1)
    ('2026-03-01', '2026-02-28')
    """
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
