"""Reorders text for printing, by the Unicode bidirectional algorithm (UAX #9, python-bidi). Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from edge.lib.i18n.arabic import join_letters

TEXTS = 2048
"""Number of texts whose order is cached, because product names repeat."""
_MARKS = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
"""Control characters of the algorithm, which aren't printed."""
_SHOWN = {**_MARKS, 0xA0: " ", 0x202F: " "}
_STRONG = ("L", "R", "AL")
_MARK = "\u0301"


def width(text: str) -> int:
    """Number of columns that `text` takes."""
    return len(text) if text.isascii() else len(text.translate(_MARKS))


def printable_text(text: str) -> str:
    """`text` without direction marks, and with plain spaces only."""
    return text if text.isascii() else text.translate(_SHOWN)


@lru_cache(TEXTS)
def visual(text: str, right_to_left: bool) -> str:
    """Text in visual order, one character per column, with Arabic letters joined.

    In a right-to-left document, text with such letters is right-to-left even after a Latin brand name; text with only
    Latin letters is left-to-right. Otherwise the first letter decides.
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
    """Return the text in visual order. The library implements the rules up to L2, but neither mirroring (L4) nor
    reporting where it applies. A mark is therefore added after each bracket (rule W1 keeps it there); where it precedes
    the bracket, the text was reversed."""
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
    """Compose accented letters into single characters; drop marks that take no column (niqqud)."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) != "Mn")


def closing_isolates(text: str) -> str:
    """Characters that close the text's unclosed isolates (Unicode UAX 9)."""
    opened = sum(text.count(one) for one in "\u2066\u2067\u2068")
    return "\u2069" * (opened - text.count("\u2069"))
