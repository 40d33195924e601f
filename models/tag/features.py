"""What a word looks like to the tagger: names of features, hashed to rows of its weights. Pure.

Training and running read the same functions: whoever changes one trains again (`VERSION`).
"""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

VERSION = 2
ROWS = 1 << 15
"""Rows of weights; two features that fall into the same one share it."""
WORDS = 64
"""What stands behind so many words is not looked at."""
SPEAKERS = ("staff", "customer")
LANGUAGES = 16
"""Rows of languages; two that fall into the same one share it."""
_LONGEST = 24
_KEPT = 50_000
_ENDS = (1, 2, 3, 4)
_GRAMS, _MOST_GRAMS = (3, 4), 10


@lru_cache(_KEPT)
def rows_of_word(word: str, mark: str) -> tuple[int, ...]:
    """The rows of a word: itself, its beginnings, ends and parts, and `mark`, a letter for each thing that vocabularies
    know of it.

    >>> len(rows_of_word("took", "o")) > 10
    True
    """
    word = word[:_LONGEST]
    names = [f"w {word}", f"m {mark}", f"s {_shape(word)}", *(f"l {one}" for one in mark)]
    names += [f"p{length} {word[:length]}" for length in _ENDS if len(word) > length]
    names += [f"e{length} {word[-length:]}" for length in _ENDS if len(word) > length]
    whole = f"^{word}$"
    for size in _GRAMS:
        names += [f"g{size} {whole[at : at + size]}" for at in range(min(len(whole) - size + 1, _MOST_GRAMS))]
    return tuple(crc32(name.encode("utf-8", "surrogatepass")) % ROWS for name in names)


def rows_of_speaker(speaker: str, language: str) -> tuple[int, ...]:
    """Who speaks, and in which language; nobody who is known is the first."""
    who = SPEAKERS.index(speaker) if speaker in SPEAKERS else 0
    return who, len(SPEAKERS) + crc32(language.encode()) % LANGUAGES


def _shape(word: str) -> str:
    """Digits, a sign, or letters of which writing."""
    if not word:
        return "."
    first = word[0]
    if first.isdigit():
        return "9" if word.isdigit() else "9x"
    if not first.isalpha():
        return "." + first
    return "h" if "\u0590" <= first <= "\u05ff" else "a" if first.isascii() else "o"
