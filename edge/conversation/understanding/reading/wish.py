"""Read requests of customers that the grammar doesn't know: "1 bagel 2 challahs", "iced tea x2"."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.assembly import Assembly
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import Reading
from edge.conversation.understanding.reading.pieces import Cut, Cutter
from edge.conversation.understanding.reading.statement_parts import core_of
from edge.conversation.understanding.reading.statement_words import StatementWords, length_at, statement_words
from edge.conversation.understanding.reading.uncounted import with_percents
from edge.conversation.understanding.reading.words import language_of, split_words
from edge.conversation.understanding.tokens import clean
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search
from edge.lib.units.quantity import THOUSANDTHS

MOST_WORDS = 25
_LESS = re.compile(r"(?:^|\s)[-−–]\s?\d")
"""A negative amount, which can't be requested."""
_QUESTION = re.compile(r"^.*\?\s+(?=\S+\s+\S+.*[^?\s]\s*$)")
"""A question before the request: "how much are sausages? give me a kilo of the beef ones"."""
_TIMES = re.compile(r"(?<![\d.,])\s[x×]\s?(?=\d)|(?<=\s)(\d+)\s?[x×](?=\s)", re.IGNORECASE)
"""A number that multiplies: "iced tea x2", "2x bagel"."""


def read_wish(db: Connection, search: Search, text: str, language: str) -> Reading | None:
    """Return the products to add, with quantities.

    None if the sentence is a question or denial, or has an unknown word, so that the customer is asked to rephrase.
    """
    text = clean(text)
    if _LESS.search(text):
        return None
    linker = CatalogueLinker(db, search, language)
    text = _QUESTION.sub("", text) or text
    words = split_words(_TIMES.sub(lambda hit: f" {hit[1] or ''} ", text), linker, language)
    words = with_percents(words or (), language)
    if not words or len(words) > MOST_WORDS or words[-1] == "?":
        return None
    spoken = language_of(words, language)
    linker.language = spoken
    known = vocabulary(spoken)
    if known.match(known.inverted, words, 0) and not known.match(known.polite, words, 0):
        return None
    if found := _wish_of(words, linker, spoken):
        return found
    core = core_of(words, linker, spoken)
    return _wish_of(core, linker, spoken) if core else None


def _wish_of(words: Sequence[str], linker: CatalogueLinker, spoken: str) -> Reading | None:
    known, said = vocabulary(spoken), statement_words(spoken)
    cue = length_at(said.corrects, words, 0) or known.match(known.negations, words, 0)
    if cue and known.replies.get(tuple(words[:cue])) == "no" and linker.naming(words[cue] if cue < len(words) else ""):
        return None  # "no bagels please" takes them out
    kept, wished = _without_wish(words[cue:], known, said, linker)
    if kept is None or any(_can_start_name(kept, at, linker) for at in range(len(kept))):
        return None
    cut = Cutter(kept, linker, spoken).cut()
    if any(one.kind == "act" for one in cut.pieces) and any((one,) in said.deals for one in cut.words):
        return None  # "knock ten bottles off your inventory"
    reading = Assembly(cut, linker).assemble_wish("add")
    if reading is None or reading.unowned or not all(reading.links.values()):
        return None
    reading = _one_of_size(reading, cut)
    counted = any(one.amount is not None for one in reading.clauses)
    if not counted and _wishes_more(cut):
        return None
    return reading if wished or counted else None


def _one_of_size(reading: Reading, cut: Cut) -> Reading:
    """The reading with one item if "a litre of milk" chose the bottle of a litre."""
    clause, first = reading.clauses[0], cut.pieces[0]
    measures = first.amount is not None and first.amount.value == THOUSANDTHS and bool(first.amount.unit)
    if len(reading.clauses) > 1 or clause.amount is not None or not measures:
        return reading
    return msgspec.structs.replace(reading, clauses=(msgspec.structs.replace(clause, amount=THOUSANDTHS, unit="unit"),))


def _wishes_more(cut: Cut) -> bool:
    """Whether another request follows uncounted products: "... and give me 100 dollars"."""
    told = [one for one in cut.pieces if one.kind not in ("filler", "stop")]
    figures = (word for one in told if one.kind == "context" for word in cut.words[one.begin : one.end])
    return told[-1].kind == "joint" or any(word[0].isdigit() for word in figures)


def _can_start_name(words: Sequence[str], at: int, linker: CatalogueLinker) -> bool:
    """Whether a number begins a product name ("7 up") and so may not be a count, unless another number counts it."""
    percent = words[at + 1 : at + 2] == ["%"]
    before = words[at - 1] if at else ""
    counted = before.isalpha() and read_number(vocabulary(linker.language), words, at - 1) is not None
    return words[at].isdigit() and not (percent or counted) and linker.run_at(words, at, linker.naming(words[at])) > 1


def _without_wish(
    words: Sequence[str], known: Vocabulary, said: StatementWords, linker: CatalogueLinker
) -> tuple[list[str] | None, bool]:
    """Return the words without expressions of requesting, and whether there were any. Names keep their words ("no 5").

    None if other words deny or change the basket.
    """
    kept: list[str] = []
    wished, at = False, 0
    words = [*map(known.bare_number, words)]
    while at < len(words):
        if at and linker.run_at(words, at - 1, linker.naming(words[at - 1])) > 1:
            kept.append(words[at])
            at += 1
            continue
        length = known.match(known.shopping, words, at)
        intent = known.shopping[tuple(words[at : at + length])] if length else ""
        into = known.match(known.into, words, at)
        polite = known.match(known.polite, words, at) or length_at(said.wishing, words, at)
        if length_at(said.denies, words, at) or known.match(known.negations, words, at):
            return None, False
        if intent and intent != "add" and not into:
            return None, False
        if intent == "add" or polite:
            wished = True
            at += max(length, polite)
            continue
        at += into
        if not into:
            kept.append(words[at])
            at += 1
    while kept and kept[0] in (",", JOINED):
        kept.pop(0)
    return kept, wished
