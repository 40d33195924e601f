"""Product names that contain a command's word ("open sandwich", "half and half").

If the catalogue has the name, the word belongs to it. Such names are found in the reader process (`names_in`) and kept
together while the sentence is read (`hear_names`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.product_matching import longest_run
from edge.conversation.understanding.shopping import hear
from edge.conversation.understanding.staff_questions import hear_staff
from edge.conversation.understanding.understood import LANGUAGES
from edge.conversation.understanding.whereabouts import PlacedSentence, Whereabouts
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search
from edge.goods.search.query.text import plain

NAMES, PAIRS = 2, 6
"""Maximum names with a command's word per sentence, and lookups for them."""
PHRASE_WORDS = 2
"""A phrase with more words isn't part of a name."""
HELD = "\ua78f"
"""Joins words into one: a letter that no vocabulary has."""
_LETTERS = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[\s-]+")


class _Phrase(NamedTuple):
    """The position of a command's words, up to the word after them."""

    begin: int
    end: int


def names_in(db: Connection, search: Search, text: str, language: str) -> tuple[str, ...]:
    """The product names in a sentence that contain command words; at least one command word stays outside them."""
    spans, words = _words(text)
    phrases = _phrases(words, language)
    found: dict[str, _Phrase] = {}
    for pair in list(_pairs(text, spans, words, phrases, language))[:PAIRS]:
        begin, end = longest_run(db, search, words, pair.begin, pair.end)
        run = _Phrase(begin, end)
        left = [one for one in phrases if not any(_meet(one, other) for other in (run, *found.values()))]
        if end > begin and left and not any(_meet(run, other) for other in found.values()):
            found[" ".join(words[begin:end])] = run
    return tuple(found)[:NAMES]


def hear_names(
    text: str,
    language: str,
    names: Iterable[str],
    places: Mapping[str, Mapping[str, str]] | None = None,
    today: str = "",
) -> PlacedSentence:
    """Read a sentence of staff, or of a customer (`places` None), with each of these names as one unit."""
    held = _join_names(text, names)
    if places is None:
        placed = PlacedSentence(hear(held, language), held, Whereabouts())
    else:
        placed = hear_staff(held, language, places, today)
    if held == text:
        return placed
    clauses = tuple(
        msgspec.structs.replace(one, text=_apart(one.text), whole=_apart(one.whole)) for one in placed.said.clauses
    )
    said = msgspec.structs.replace(placed.said, clauses=clauses)
    return placed._replace(said=said, text=_apart(placed.text))


def _join_names(text: str, names: Iterable[str]) -> str:
    for name in names:
        spans, words = _words(text)
        wanted = name.split()
        for at in range(len(words) - len(wanted) + 1):
            if words[at : at + len(wanted)] == wanted:
                inside = HELD.join(text[begin:end] for begin, end in spans[at : at + len(wanted)])
                text = f"{text[: spans[at][0]]}{inside}{text[spans[at + len(wanted) - 1][1] :]}"
                break
    return text


def _apart(text: str) -> str:
    return text.replace(HELD, " ")


def _words(text: str) -> tuple[list[tuple[int, int]], list[str]]:
    """The position of each word of letters, and its normalised spelling."""
    spans = [one.span() for one in _LETTERS.finditer(text)]
    return spans, [plain(text[begin:end]) for begin, end in spans]


def _meet(one: _Phrase, other: _Phrase) -> bool:
    return one.begin < other.end and other.begin < one.end


def _phrases(words: Sequence[str], language: str) -> list[_Phrase]:
    """The command words, in the first language with two of them here; empty if the sentence has only one."""
    for known in (vocabulary(language), *(vocabulary(one) for one in LANGUAGES if one != language)):
        found: list[_Phrase] = []
        at = 0
        while at < len(words):
            length = max(known.match(table, words, at) for table in (known.verbs, known.asks, known.shopping))
            length = length or int(words[at] in known.fractions)
            found += [_Phrase(at, at + length)] if length else []
            at += length or 1
        if len(found) > 1:
            return found
    return []


def _pairs(
    text: str, spans: Sequence[tuple[int, int]], words: Sequence[str], phrases: Sequence[_Phrase], language: str
) -> Iterator[_Phrase]:
    """Command words with the next or previous word. The sentence's first command word is the verb, unless it's common
    in names."""
    for number, one in enumerate(phrases):
        if one.end - one.begin > PHRASE_WORDS or not (number or _is_ambiguous(words[one.begin : one.end], language)):
            continue
        for begin, end in ((one.begin, one.end + 1), (one.begin - 1, one.end)):
            inside = begin >= 0 and end <= len(words)
            if inside and all(_GAP.fullmatch(text[spans[at][1] : spans[at + 1][0]]) for at in range(begin, end - 1)):
                yield _Phrase(begin, end)


def _is_ambiguous(words: Sequence[str], language: str) -> bool:
    known: Vocabulary = vocabulary(language)
    return tuple(words) in known.ambiguous
