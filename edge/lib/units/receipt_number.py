"""Format of receipt numbers. Pure."""

from __future__ import annotations

import re

GIFT = "RG/"
"""Prefix of the number on a gift receipt. Returns by gift receipt never pay out the buyer's money."""
_NUMBER = re.compile(r"(?:[A-Z]+/)?(?:(?P<register>[a-z0-9][a-z0-9_-]{0,62})-)?(?P<number>[0-9]{1,15})", re.IGNORECASE)


def shown_number(register: str, number: int) -> str:
    """Format a receipt number, such as 1-000042."""
    return f"{register}-{number:06d}"


def number_of(text: str, register: str) -> tuple[str, int] | None:
    """Register and number of a typed or scanned "42", "1-000042" or "R/1-000042", with a default register."""
    found = _NUMBER.fullmatch(text.strip())
    return (found["register"] or register, int(found["number"])) if found else None
