"""Names that have a command's word in them ("open sandwich", "half and half"): where the catalogue knows such a name,
its words are of the name and ask nothing.

They are found beside the till (`name_in`), and held together while the sentence is understood (`hear_names`).
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
"""Such names of one sentence, and what is looked up for them at most."""
PHRASE_WORDS = 2
"""A phrase of more words is of no name."""
HELD = "\ua78f"
"""Between words that are held together: a letter, so that both are one word, which no vocabulary has."""
_LETTERS = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[\s-]+")


class _Phrase(NamedTuple):
    """Words of a command, from one to behind the last."""

    begin: int
    end: int


def names_in(db: Connection, search: Search, text: str, language: str) -> tuple[str, ...]:
    """The names of goods in a sentence that have words of a command in them; one of a command stays beside them."""
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
    """A sentence of the staff's, or (`places` None) of a customer's, in which each of these names is only a name."""
    held = _join_names(text, names)
    if places is None:
        placed = PlacedSentence(hear(held, language), held, Whereabouts())
    else:
        placed = hear_staff(held, language, places, today)
    if held == text:
        return placed
    clauses = tuple(
        msgspec.structs.replace(one, text=_apart(one.text), whole=_apart(one.whole), reason=_apart(one.reason))
        for one in placed.said.clauses
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
    """Where each word of letters stands, and what it is in plain spelling."""
    spans = [one.span() for one in _LETTERS.finditer(text)]
    return spans, [plain(text[begin:end]) for begin, end in spans]


def _meet(one: _Phrase, other: _Phrase) -> bool:
    return one.begin < other.end and other.begin < one.end


def _phrases(words: Sequence[str], language: str) -> list[_Phrase]:
    """Words of commands, by the first language that has two of them here; none where one alone is all there is."""
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
    """A command's words with the word behind or before them. The first of a sentence says what is wanted, unless it is
    one that names often have."""
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
