"""Split a sentence into parts that each say one thing. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edge.conversation.understanding.amounts import JOINED, amount_at
from edge.conversation.understanding.lexicon import Vocabulary
from edge.conversation.understanding.numerals import read_number

STOPS = frozenset(",;.\n!?")


def between_stops(words: Sequence[str]) -> list[list[str]]:
    """The words between punctuation; a single part if there is none.

    >>> between_stops(["two", ",", "please", "?"])
    [['two'], ['please'], []]
    """
    parts: list[list[str]] = [[]]
    for word in words:
        if word in STOPS:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def parts_of(words: Sequence[str], known: Vocabulary) -> list[list[str]]:
    """Split at punctuation, at "and" before a number ("two colas and 3 milks", but not "a kilo and a half"), and at a
    withdrawal before one ("2 milks no 3 rice")."""
    parts: list[list[str]] = [[]]
    at = 0
    while at < len(words):
        length = 1 if words[at] == JOINED else known.match(known.joiners, words, at)
        if words[at] in STOPS or (length and _counts(words, at + length, known)):
            parts.append([])
            at += length or 1
            continue
        denied = known.match(known.negations, words, at)
        if parts[-1] and denied and _counts(words, at + denied, known):
            parts.append([*words[at : at + denied]])
            at += denied
        amount = amount_at(list(words[at:]), 0, known)
        end = at + (amount.end if amount and amount.value is not None else 1)
        parts[-1] += words[at:end]
        at = end
    return [part for part in parts if any(word != JOINED and (word,) not in known.hurried for word in part)]


def _counts(words: Sequence[str], at: int, known: Vocabulary) -> bool:
    """Whether a number or a counting word begins here."""
    return bool(read_number(known, words, at) or known.match(known.counted, words, at)) if at < len(words) else False
