"""What texts are sorted by: as in a list for people, whatever language each of them is in. Pure.

Letters with a mark stand beside those without it, whole words of signs that look like two letters as these; points of
Hebrew are left out. What is the same but for that is told apart by the marks, so an order is the same each time.
"""

from __future__ import annotations

from edge.lib.i18n.folding import without_marks

_AS_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def sort_key(text: str | None) -> str | None:
    """What a text is compared by, letter for letter; None of None.

    >>> sorted(["Zebra", "élan", "Eggs", "ångström", "apple", "Ærø", "שָׁלוֹם", "שלג"], key=sort_key)
    ['Ærø', 'ångström', 'apple', 'Eggs', 'élan', 'Zebra', 'שלג', 'שָׁלוֹם']
    """
    if text is None or text.isascii():
        return text and text.lower()
    folded = text.casefold()
    return f"{without_marks(folded.translate(_AS_LETTERS))}\0{folded}"
