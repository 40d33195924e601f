"""Finds sentences that repeat themselves, as people do to be sure. Pure."""

from __future__ import annotations

import re

from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.statement_words import LONGEST, statement_words
from edge.goods.search.query.text import words_of

FEWEST = 3
"""Minimum words of a repetition; a shorter one only stresses a word: "no no", "two, two"."""
_WORD = re.compile(r"\S+")


def first_half(text: str, language: str) -> str:
    """The first half of a sentence that counts something and is repeated word for word, with or without "I repeat"
    between; else the sentence itself.

    >>> first_half("Took 2 bagels. I repeat: took 2 bagels.", "en"), first_half("took 2 bagels took 2 pears", "en")
    ('Took 2 bagels.', 'took 2 bagels took 2 pears')
    """
    spans = [(one.end(), words_of(one.group())) for one in _WORD.finditer(text)]
    words = [word for _, plain in spans for word in plain]
    numbers, repeating = vocabulary(language).numbers, statement_words(language).repeating
    for between in range(LONGEST):
        half = (len(words) - between) // 2
        if half < FEWEST or (len(words) - between) % 2:
            continue
        first, cue = words[:half], tuple(words[half : half + between])
        counts = any(word[0].isdigit() or word in numbers for word in first)
        if counts and first == words[half + between :] and (not cue or cue in repeating):
            return _until(text, spans, half)
    return text


def _until(text: str, spans: list[tuple[int, list[str]]], count: int) -> str:
    """The text up to and including this many words; all of it if they end inside a written word."""
    for end, plain in spans:
        count -= len(plain)
        if count <= 0:
            return text[:end] if count == 0 else text
    return text
