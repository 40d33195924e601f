"""Combine a model's quotes with the grammar's reading.

A reading by grammar may act; one by quotes only proposes, and needs confirmation. If they disagree on the direction of
a movement, the user is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.found_products import MATCHES_LIMIT, FoundProducts
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.lookup import LookedUp
from edge.conversation.understanding.quotes.quoted_lines import QuotedLine, QuotedSpan, UncertainQuotes, lines_of
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import Reading
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.words import language_of, with_and_apart
from edge.conversation.understanding.tokens import all_tokens, clean
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search

MOST_WORDS = 40
_WAYS = {"in": "in", "out": "out", "waste": "out"}


class OpenWords(NamedTuple):
    """The words the grammar leaves open, and their language."""

    words: tuple[str, ...]
    language: str


def open_words(db: Connection, search: Search, text: str, language: str) -> OpenWords | None:
    """The words of a text; None if there are none or too many for a sentence."""
    linker = CatalogueLinker(db, search, language)
    tokens = all_tokens(clean(text))
    words = [
        word for one in tokens for word in with_and_apart(one, linker.has_word, lambda word: bool(linker.naming(word)))
    ]
    if not words or len(words) > MOST_WORDS:
        return None
    return OpenWords(tuple(words), language_of(words, language))


def is_open(looked_up: LookedUp) -> bool:
    """Whether the reading failed, found no product or no verb, so that a language model may be asked. Not for advice,
    commands or stock levels."""
    if looked_up.errand or looked_up.advice or looked_up.modifiers or looked_up.correction:
        return False
    reading = looked_up.reading
    if looked_up.kind not in ("other", "act") or (reading and reading.clauses[0].verb in ("held", "stock")):
        return False
    if reading is None:
        lacks = any(one.kind != "all" for one in looked_up.found if one.text[:1] not in ("=", "~"))
        return looked_up.kind in ("other", "act") or lacks
    return reading.either or not all(reading.links.values())


def with_quotes(
    db: Connection, search: Search, looked_up: LookedUp, said: OpenWords, quoted: Sequence[QuotedSpan]
) -> LookedUp:
    """The lookup with the reading of the quotes, without acts if it contradicts the grammar's.

    Unchanged if the quotes can't be read.
    """
    reading = read_quotes(CatalogueLinker(db, search, said.language), said, quoted)
    if reading is None:
        return looked_up
    if looked_up.reading is not None and _contradict(looked_up.reading, reading):
        open = tuple(msgspec.structs.replace(one, verb="") for one in reading.clauses)
        reading = msgspec.structs.replace(reading, clauses=open)
    known = {one.text: one for one in looked_up.found}
    for name, skus in reading.links.items():
        known[name] = FoundProducts(name, "all" if skus else "none", skus[:MATCHES_LIMIT], len(skus) > MATCHES_LIMIT)
    found = tuple(known.values())[-MATCHES_LIMIT:]
    return looked_up._replace(found=found, reading=reading, proposed=True)


def read_quotes(linker: CatalogueLinker, said: OpenWords, quoted: Sequence[QuotedSpan]) -> Reading | None:
    """Return the reading of quotes, shown with the meaningful words outside them.

    None if they can't be read, name no product of the shop or leave out a number, or the sentence is a question.
    """
    taken = {at for one in quoted for at in range(one.begin, one.end)}
    left = [at for at in range(len(said.words)) if at not in taken]
    if said.words[-1] == "?" or any(_is_number(said.words[at], said.language) for at in left):
        return None
    try:
        lines = lines_of(said.words, quoted, linker, said.language)
    except UncertainQuotes:
        return None
    if not lines or not all(one.skus for one in lines):
        return None
    unowned = tuple(dict.fromkeys(said.words[at] for at in left if not _says_nothing(said, at)))
    links = {" ".join(one.words): one.skus for one in lines}
    clauses = tuple(map(_clause, lines))
    return Reading(said.language, clauses, links, (), unowned, told=True, proposed=True)


def _is_number(word: str, language: str) -> bool:
    known = vocabulary(language)
    return word[0].isdigit() or word in known.numbers or word in known.dozens or word in known.fractions


def _says_nothing(said: OpenWords, at: int) -> bool:
    """Whether a word has no effect: punctuation, function words, people or places."""
    words, known, more = said.words, vocabulary(said.language), statement_words(said.language)
    context = more.before | more.occasions | more.served | more.suppliers | more.storage
    phrases = more.little | known.fillers | known.joiners | context
    return not words[at].isalpha() or any(at - n < length_at(phrases, words, n) for n in range(at + 1))


def _contradict(first: Reading, second: Reading) -> bool:
    """Whether the readings disagree on the direction of a movement."""
    ways = [[_WAYS.get(one.verb, "") for one in reading.clauses] for reading in (first, second)]
    return len(ways[0]) == len(ways[1]) and all(ways[0]) and all(ways[1]) and ways[0] != ways[1]


def _clause(line: QuotedLine) -> Clause:
    text, verb, amount = " ".join(line.words), line.verb, line.amount
    if amount is None:
        return Clause(verb, text=text)
    return Clause(
        verb,
        amount.value,
        amount.unit,
        amount.container,
        text,
        numbered=amount.value is not None,
        loose=line.loose,
        grouped=amount.grouped,
        counted_as=amount.word,
    )
