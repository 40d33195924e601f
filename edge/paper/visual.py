"""Text in the order in which a print head goes, by the Unicode bidirectional algorithm (UAX #9, python-bidi). Pure."""

from __future__ import annotations

import unicodedata

_MARKS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
"""They steer the algorithm, and nothing of them is printed."""


def width(text: str) -> int:
    """How many columns `text` takes."""
    return len(text) if text.isascii() else len(text.translate(_MARKS))


def shown(text: str) -> str:
    """`text` without what is not printed: marks of direction."""
    return text if text.isascii() else text.translate(_MARKS)


def visual(text: str, right_to_left: bool) -> str:
    """`text` from left to right as it is to stand on paper, one character a column.

    Its own first letter says which way it reads, as in `dir="auto"`: the name of a thing is
    in its own language on every receipt. Text without letters reads as the document does.
    """
    if text.isascii() and not right_to_left:
        return text
    from bidi import get_display

    base = _direction(text) or ("R" if right_to_left else "L")
    if base == "L" and (text.isascii() or not _has_right_to_left(text)):
        return shown(_composed(text))
    return shown(str(get_display(_composed(text), base_dir=base)))


def _composed(text: str) -> str:
    """Letters with their accents as one character each; points that have no place of their own (niqqud) left out."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Mn")


def _direction(text: str) -> str | None:
    """Rules P2 and P3: the direction of the first strong character."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind == "L":
            return "L"
        if kind in ("R", "AL"):
            return "R"
    return None


def _has_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
