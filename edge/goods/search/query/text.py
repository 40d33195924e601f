"""Text normalisation for search: spelling, words and sizes. Pure; accepts any text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from edge.goods.search.query.sizes import size_of
from edge.goods.search.query.stems import forms

WORD_CHARS = 40
"""Maximum length of a word in the index and in queries; longer words are cut."""

STEM_CACHE = 60_000
"""Number of words whose forms are cached, least recently used dropped first; a catalogue of 60,000
products has 30,000.
"""

_FINAL = str.maketrans({**dict(zip("םןץףךøłđı", "מנצפכoldi", strict=True)), "œ": "oe", "æ": "ae"})
_TO_FINAL = str.maketrans("מנצפכ", "םןץףך")
_QUOTED = re.compile(r"(?<=[א-ת])(?:['\"´`׳״‘’“”]{1,2}(?=[א-ת])|['´׳’])")
_BESIDE_LETTERS = re.compile(r"[^\w\x00-\x7f]")
"""Matches accents and niqqud as separate characters (after decomposition)."""
_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)?|%|[^\W\d_]+")


def plain(text: str) -> str:
    """Plain spelling: lower case, no accents or niqqud, no final letters, no geresh or gershayim inside a word.

    >>> plain('Crème Brûlée'), plain('יוֹגוּרט 150 מ"ל'), plain("צ'יפס לחם")
    ('creme brulee', 'יוגורט 150 מל', 'ציפס לחמ')
    """
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        if _BESIDE_LETTERS.search(text):
            text = "".join(letter for letter in text if not unicodedata.combining(letter))
        text = _QUOTED.sub("", text.translate(_FINAL))
    return text


def words_of(text: str) -> list[str]:
    """Words and numbers of a text in order, in plain spelling; a number and following letters are separate.

    >>> words_of("Coca-Cola 1,5L"), words_of("לחם 750ג'")
    (['coca', 'cola', '1.5', 'l'], ['לחמ', '750', 'ג'])
    """
    return [word[:WORD_CHARS].replace(",", ".") for word in _TOKEN.findall(plain(text))]


def with_final_letters(word: str) -> str:
    """Restore the final letter of a word in plain spelling.

    >>> with_final_letters("לחמ"), with_final_letters("milk")
    ('לחם', 'milk')
    """
    return word[:-1] + word[-1:].translate(_TO_FINAL)


def sizes_in(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Positions of numbers with units, and their canonical sizes.

    >>> list(sizes_in(words_of("Cola 1.5 L")))
    [(1, '1500ml')]
    """
    for place, word in enumerate(words[:-1]):
        if word[0].isdigit() and (size := size_of(word, words[place + 1])):
            yield place, size


def terms_of(words: list[str]) -> set[str]:
    """All index terms of a text: words, their other forms, and sizes."""
    terms = set(chain.from_iterable(map(all_forms, words)))
    terms.discard("%")
    terms.update(size for _, size in sizes_in(words))
    return terms


@lru_cache(maxsize=STEM_CACHE)
def all_forms(word: str) -> tuple[str, ...]:
    """A word and its other forms (`stems.forms`), cached."""
    return (word, *forms(word))
