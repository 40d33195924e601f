"""Invisible characters that make names or addresses deceptive. Pure.

By Unicode category (UAX #44): Cc control, Cf format (direction, zero width, tags), Cs, Cn.
"""

from __future__ import annotations

import unicodedata

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def has_control(text: str) -> bool:
    """Whether a text has deceptive invisible characters: control, unassigned or direction-changing ones."""
    return any(letter in _TURNING or unicodedata.category(letter) in ("Cc", "Cs", "Cn") for letter in text)


def without_unseen(text: str) -> str:
    """Remove invisible characters that are often copied with a text: direction marks and zero-width characters."""
    return text if text.isascii() else "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def plain_name(text: str) -> str:
    """Normalise a person's name (NFKC) without surrounding or repeated spaces."""
    return " ".join(unicodedata.normalize("NFKC", without_unseen(text)).split())
