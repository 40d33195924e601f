"""Text in the order in which a print head goes, by the Unicode bidirectional algorithm (UAX #9, python-bidi). Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from edge.lib.i18n.arabic import join_letters

TEXTS = 2048
"""Texts whose order is kept: names of products come again."""
_MARKS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
"""They steer the algorithm, and nothing of them is printed."""
_SHOWN = {**_MARKS, 0xA0: " ", 0x202F: " "}
_STRONG = ("L", "R", "AL")
_MARK = "\u0301"


def width(text: str) -> int:
    """How many columns `text` takes."""
    return len(text) if text.isascii() else len(text.translate(_MARKS))


def printable_text(text: str) -> str:
    """`text` without what is not printed: marks of direction; and with plain blanks alone."""
    return text if text.isascii() else text.translate(_SHOWN)


@lru_cache(TEXTS)
def visual(text: str, right_to_left: bool) -> str:
    """`text` from left to right as it is to stand on paper, one character a column, Arabic letters joined.

    In a document from right to left, what has such a letter reads so too, even behind a brand in
    Latin; what has Latin letters alone reads from left to right. Elsewhere the first letter decides.
    """
    if text.isascii() and not right_to_left:
        return text
    text = join_letters(_compose_accents(text))
    kinds = [kind for kind in map(unicodedata.bidirectional, text) if kind in _STRONG]
    if not kinds:
        backwards = right_to_left
    elif right_to_left:
        backwards = any(kind != "L" for kind in kinds)
    else:
        backwards = kinds[0] != "L"
    if not backwards and all(kind == "L" for kind in kinds):
        return printable_text(text)
    return printable_text(_visual_order(text, "R" if backwards else "L"))


def _visual_order(text: str, base: str) -> str:
    """Rules up to L2 are the library's. L4, which mirrors brackets in text from the right, it leaves to others, without
    saying which those are: a mark behind each bracket (they keep to their bracket, rule W1) is then before it there.
    """
    from bidi import get_display
    from bidi.mirror import MIRRORED

    marked = "".join(char + _MARK if char in MIRRORED else char for char in text)
    chars = iter(str(get_display(marked, base_dir=base)))
    out = []
    for char in chars:
        if char == _MARK:
            out.append(MIRRORED[next(chars)])
        else:
            out.append(char)
            if char in MIRRORED:
                next(chars)
    return "".join(out)


def _compose_accents(text: str) -> str:
    """Letters with their accents as one character each; points that have no place of their own (niqqud) left out."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Mn")


def closing_isolates(text: str) -> str:
    """What closes the isolates that a text begins and does not end (Unicode UAX 9)."""
    opened = sum(text.count(one) for one in "\u2066\u2067\u2068")
    return "\u2069" * (opened - text.count("\u2069"))
