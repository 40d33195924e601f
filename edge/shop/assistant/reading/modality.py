"""Whether a sentence tells what happened, or asks, plans, denies or hears say. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edge.shop.assistant.lexicon import vocabulary
from edge.shop.assistant.reading.statement_words import length_at, statement_words
from edge.shop.assistant.sentence import asks_first
from edge.shop.assistant.sentence_parts import STOPS


def without_politeness(words: Sequence[str], language: str) -> list[str] | None:
    """The words behind a polite request to write something down; None where it only asks."""
    said = statement_words(language)
    kept, asks = list(words), words[-1] == "?"
    while kept and kept[0] in (*STOPS, "&"):
        kept = kept[1:]
    while kept and (length := length_at(said.polite, kept, 0)):
        kept, asks = kept[length:], asks and length < 2
    if kept[:1] == ["ש"]:
        kept = kept[1:]
    return None if asks or not kept else [one for one in kept if one != "?"]


def does_not_tell(words: Sequence[str], language: str) -> bool:
    """Whether a sentence denies, plans, wishes or hears say."""
    known, said = vocabulary(language), statement_words(language)
    only = language == "fr" and any(word in ("que", "qu") for word in words) and "pas" not in words
    for at, word in enumerate(words):
        if only and word in ("ne", "n"):
            continue  # "il ne reste que 9"
        if word in ("n", "no") and at + 1 < len(words) and words[at + 1].isdigit():
            continue  # a number of a document
        length = max(known.match(known.hold, words, at), length_at(said.wants, words, at))
        act = length_at(said.acts, words, at)
        if length and length >= act:
            return True
    minus = any(said.signs.get((word,)) == "out" for word in words[1:])  # "took minus four"
    if minus and any(length_at(said.acts, words, at) for at in range(len(words))):
        return True
    return asks_first(words, known)
