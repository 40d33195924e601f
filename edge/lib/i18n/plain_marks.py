"""Replaces typographic punctuation for devices whose character set lacks it."""

from __future__ import annotations

from collections.abc import Callable

_PLAINER = str.maketrans("×‘’“”„–—−…״׳\u00a0\u202f", 'x\'\'"""---."\'  ')


def with_plain_marks(text: str, has: Callable[[str], bool]) -> str:
    """Replace marks and spaces for which `has` returns False by plain ones, leaving letters unchanged.

    >>> with_plain_marks("סה״כ 5 × 2", str.isascii)
    'סה"כ 5 x 2'
    """
    return "".join(char if has(char) else char.translate(_PLAINER) for char in text)
