"""Sort keys for lists, independent of language. Pure.

Letters with diacritics sort next to letters without, and ligatures as their letters. Hebrew points are ignored. Ties
are broken by the diacritics, so that the order is stable.
"""

from __future__ import annotations

from edge.lib.i18n.folding import without_marks

_AS_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def sort_key(text: str | None) -> str | None:
    """Return a key for comparing a text; None for None.

    >>> sorted(["Zebra", "élan", "Eggs", "ångström", "apple", "Ærø", "שָׁלוֹם", "שלג"], key=sort_key)
    ['Ærø', 'ångström', 'apple', 'Eggs', 'élan', 'Zebra', 'שלג', 'שָׁלוֹם']
    """
    if text is None or text.isascii():
        return text and text.lower()
    folded = text.casefold()
    return f"{without_marks(folded.translate(_AS_LETTERS))}\0{folded}"
