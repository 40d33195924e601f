"""Translate a question about a chain into a single shop's words: a store becomes a location. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from edge.conversation.copilot.meaning.vocabulary import chain_words
from edge.conversation.understanding.understood import LANGUAGES

_BETWEEN = r"(?:(?:de|d'|in|of|at) ?)?"


def in_words_of_a_shop(text: str, stores: Iterable[str]) -> str:
    """Replace a chain's words: "by store" becomes by place, "all stores" overall, "the Haifa store" Haifa. `stores`:
    their names.

    >>> in_words_of_a_shop("sales of the Haifa store, and of all stores by branch", ["Haifa"])
    'sales of the Haifa, and of overall by location'
    """
    known = [chain_words(language) for language in LANGUAGES]
    called = "|".join(re.escape(word) for one in known for word in (*one.stores, *one.store))
    found = text
    for name in sorted({*stores} - {""}, key=len, reverse=True):
        own = re.escape(name)
        found = re.sub(rf"(?i)\b(?:{called}) {_BETWEEN}({own})\b", r"\1", found)
        found = re.sub(rf"(?i)\b({own}) (?:{called})\b", r"\1", found)
    for one in known:
        found = _replace(found, one.all, one.overall)
    for one in known:
        found = _replace(_replace(found, one.stores, one.places), one.store, one.place)
    return found


def _replace(text: str, words: Iterable[str], into: str) -> str:
    """Replace these words, also with an attached Hebrew "the" or "in", which is kept."""
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(rf"(?i)(?<!\w)([הב]?)(?:{pattern})(?!\w)", rf"\g<1>{into}", text)
