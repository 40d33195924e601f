"""Days as ISO 8601 writes them."""

from __future__ import annotations

from datetime import date


def day_of(text: str) -> date | None:
    """The day that a text says, such as 2026-11-22; None where there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
