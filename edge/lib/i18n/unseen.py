"""Characters that nobody sees, and with which a name or an address is not what it looks like. Pure.

Categories are those of Unicode (UAX #44): Cc control, Cf format (of direction, of no width, tags), Cs, Cn.
"""

from __future__ import annotations

import unicodedata

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def has_control(text: str) -> bool:
    """Whether there are characters in it that nobody sees and that could deceive: of control, unassigned ones, and
    those that turn the direction of what stands beside them."""
    return any(letter in _TURNING or unicodedata.category(letter) in ("Cc", "Cs", "Cn") for letter in text)


def without_unseen(text: str) -> str:
    """A text without the characters that come along where it is copied from elsewhere and that nobody sees: those of
    direction, and of no width."""
    return text if text.isascii() else "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def plain_name(text: str) -> str:
    """The name of a person in its one form (NFKC): what looks the same is the same, without blanks around it."""
    return " ".join(unicodedata.normalize("NFKC", without_unseen(text)).split())
