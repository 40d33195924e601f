"""Corrects text typed with the wrong keyboard layout. Pure.

The Israeli layout (SI 1452) shares QWERTY keys: "jkc" was meant as חלב.
"""

from __future__ import annotations

_LATIN = "qwertyuiopasdfghjkl;'zxcvbnm,./"
_HEBREW = "/'קראטוןםפשדגכעיחלךף,זסבהנמצתץ."
_TO_HEBREW = str.maketrans(_LATIN, _HEBREW)
_TO_LATIN = str.maketrans(_HEBREW, _LATIN)


def swap_layout(text: str) -> str | None:
    """Text in the other layout; None if it has letters of both or neither.

    >>> swap_layout("jkc"), swap_layout("חלב"), swap_layout("50")
    ('חלב', 'jkc', None)
    """
    text = text.lower()
    latin = any("a" <= letter <= "z" for letter in text)
    hebrew = any("א" <= letter <= "ת" for letter in text)
    if latin == hebrew:
        return None
    return text.translate(_TO_HEBREW if latin else _TO_LATIN)
