"""Sentences that take back what was done just now, in more words than the phrase for it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from edge.shop.assistant.amounts import without_fillers
from edge.shop.assistant.lexicon import Vocabulary
from edge.shop.assistant.numerals import read_number
from edge.shop.assistant.reading.statement_words import length_at, statement_words
from edge.shop.assistant.sentence_parts import STOPS


def takes_back(said: Sequence[str], known: Vocabulary) -> bool:
    """Whether words that correct end in those that take back: "no wait, undo that"."""
    begins = statement_words(known.language).corrects
    at = 0
    while at < len(said):
        if at and _is_back(said[at:], known):
            return True
        length = (
            length_at(begins, said, at)
            or known.match(known.negations, said, at)
            or known.match(known.fillers, said, at)
        )
        if not length:
            return False
        at += length
    return False


def takes_back_because(words: Sequence[str], known: Vocabulary) -> bool:
    """Whether it is taken back and then said why: "forget it, they were fine", "no wait, cancel that, wrong shop". What
    is counted or done behind is no reason, but may be what is wanted instead.

    >>> from edge.shop.assistant.lexicon import vocabulary
    >>> takes_back_because(["forget", "it", ",", "they", "were", "fine"], vocabulary("en"))
    True
    >>> takes_back_because(["forget", "it", ",", "they", "took", "pears"], vocabulary("en"))
    False
    """
    acts = statement_words(known.language).acts
    for stop, word in enumerate(words):
        head = [one for one in words[:stop] if one not in STOPS]
        if word not in STOPS or not (_is_back(head, known) or takes_back(head, known)):
            continue
        why = [one for one in words[stop:] if one not in STOPS]
        places = range(len(why))
        does = any(known.match(known.verbs, why, at) or length_at(acts, why, at) for at in places)
        return words[-1] != "?" and not does and not any(read_number(known, why, at) for at in places)
    return False


def _is_back(said: Sequence[str], known: Vocabulary) -> bool:
    bare = tuple(without_fillers(list(said), known))
    return "cancel" in (known.replies.get(tuple(said)), known.replies.get(bare))
