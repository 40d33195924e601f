"""Read a statement about stock with the catalogue: act, products, quantities, context.

Every word has one role, and words without one are shown with the effect. Staff reports are interpreted here; the
grammar (`sentence.py`) reads replies, questions and places.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import msgspec

from edge.conversation.understanding.amounts import MONEY_SIGNS
from edge.conversation.understanding.lexicon import Phrase, vocabularies, vocabulary
from edge.conversation.understanding.reading.amending import amend_number, with_name_corrected, without_recorded
from edge.conversation.understanding.reading.asides import without_asides
from edge.conversation.understanding.reading.assembly import CONTEXT_CHARS, Assembly
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.listed_amounts import with_stops_behind_amounts
from edge.conversation.understanding.reading.modality import (
    does_not_tell,
    says_need,
    stated_consequence,
    waits_for_a_yes,
    without_names,
    without_politeness,
    without_request,
)
from edge.conversation.understanding.reading.model import Reading
from edge.conversation.understanding.reading.none_left import read_none_left
from edge.conversation.understanding.reading.pieces import Cut, Cutter
from edge.conversation.understanding.reading.romanised import respelt as in_hebrew
from edge.conversation.understanding.reading.statement_parts import core_of
from edge.conversation.understanding.reading.statement_words import (
    counting_word_respelt,
    length_at,
    statement_words,
)
from edge.conversation.understanding.reading.uncounted import with_percents
from edge.conversation.understanding.reading.words import language_of, own_words, split_words
from edge.conversation.understanding.sentence import cause_in
from edge.conversation.understanding.tokens import all_tokens, clean
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search
from edge.lib.units.quantity import THOUSANDTHS

_PLUS = re.compile(r"^\s*\+\s*(?=\d)")
_MINUS = re.compile(r"(?<=[^\W\d_])\s+[-−](?=\d)")
_DASH = re.compile(r"(?<=[^\W\d_])\s+[-−–—]\s+(?=\d)")
"""A spaced dash between goods and a number, which is a pause.

A minus sign ("lettuce -4") is right before its number.
"""
_HEADED = re.compile(r"\s*:(?=\s|$)")
"""A heading names the movement of the lines after it ("out: 3 bagels"), and the number counts."""
_QUOTED = re.compile(
    r"(?<![^\W\d_])[\"“”„«״](?=\S| )((?:[^\"“”„«»״]|(?<=[^\W\d_])[\"״](?=[^\W\d_])){3,200})[\"”“»״](?![^\W\d_])"
)
"""Words in quotation marks. Between letters, a mark abbreviates a Hebrew word (ק״ג) and quotes nothing."""
_MONEY = re.compile(rf"[{MONEY_SIGNS}]\s?(\d+(?:[.,]\d+)?)|(?<![\d.,])(\d+(?:[.,]\d+)?)\s?[{MONEY_SIGNS}]")
_TIME = re.compile(r"(?<![\d.,:])(?:[01]?\d|2[0-3])(?::|\s?h\s?)[0-5]\d(?![\d:])(?:\s?[ap]m\b)?")


class HeardStatement(NamedTuple):
    """The events that a sentence reports; None if there are none, or it names nothing the shop has.

    `denied`: it denies, plans or asks.
    """

    reading: Reading | None = None
    denied: bool = False


def hear_statement(
    db: Connection, search: Search, text: str, language: str, is_near: Callable[[str], bool] = bool
) -> HeardStatement:
    """Read a sentence about stock. Names with one wrong letter are accepted, except those that `is_near` asks about."""
    linker = CatalogueLinker(db, search, language)
    text = clean(text)
    times = _TIME.findall(text)
    words = with_percents(split_words(_mark_stops(text, language), linker, language) or (), language)
    if not words:
        return HeardStatement()
    romanised = in_hebrew(words, linker)
    words = romanised or words
    spoken = language_of(words, language) if romanised is None else "he"
    linker.language = spoken
    words = _without(_without(words, statement_words(spoken).sealed), statement_words(spoken).beside)
    if not words or _is_quoted(text, spoken):
        return HeardStatement(denied=bool(words))
    words = amend_number(without_recorded(words, spoken), spoken)
    renamed = with_name_corrected(words, linker, spoken)
    told, asked = without_request(renamed or words, spoken)
    if not told:
        return HeardStatement()
    waits = asked or renamed is not None
    heard = _hear(told, waits, linker, romanised is not None, is_near)
    core = core_of(told, linker, spoken) if heard.reading is None and not asked else None
    if core is not None and (again := _hear(core, True, linker, romanised is not None, is_near).reading) is not None:
        heard = HeardStatement(again)
    if heard.reading is not None and (cause := cause_in(words, vocabulary(spoken))):
        wasted = (
            msgspec.structs.replace(one, cause=cause if one.verb == "waste" else "") for one in heard.reading.clauses
        )
        heard = HeardStatement(msgspec.structs.replace(heard.reading, clauses=tuple(wasted)))
    if heard.reading is not None and times:
        context = " ".join((*times, heard.reading.context)).strip()[:CONTEXT_CHARS]
        heard = HeardStatement(msgspec.structs.replace(heard.reading, context=context))
    return heard


def _hear(
    told: list[str], asked: bool, linker: CatalogueLinker, romanised: bool, is_near: Callable[[str], bool]
) -> HeardStatement:
    """Read the words after a request. `asked`: there was one, so confirmation is needed, as for `romanised` Hebrew."""
    spoken = linker.language
    if none := read_none_left(told, linker, spoken):
        return HeardStatement(none)
    told, aside = without_asides(told, linker, spoken)
    stripped = without_politeness(told, spoken) if not asked else [one for one in told if one != "?"]
    if stripped is not None:
        plain = without_names(stripped, linker)
        denies = does_not_tell(plain, spoken)
        came = stated_consequence(stripped, spoken, linker) if denies or says_need(plain, spoken) else None
        stripped = came if denies else came or stripped
    if stripped is None:
        return HeardStatement(denied=True)
    stripped = with_stops_behind_amounts(stripped, linker, spoken)
    reading = _read(stripped, linker, spoken)
    lacking = [name for name, skus in reading.links.items() if not skus] if reading else []
    if reading is None or (lacking and not all(map(is_near, lacking))):
        spelt = [
            one if one in own_words(spoken) else counting_word_respelt(one, spoken) or linker.respelt(one)
            for one in stripped
        ]
        corrected = _read(spelt, linker, spoken) if spelt != stripped else None
        if corrected is not None and all(corrected.links.values()) and not corrected.unowned:
            reading, aside = corrected, True
    if reading is not None and (asked or aside or romanised or waits_for_a_yes(stripped, spoken)):
        reading = msgspec.structs.replace(reading, sure=False, waits=True)
    return HeardStatement(reading)


def _read(words: list[str], linker: CatalogueLinker, language: str) -> Reading | None:
    """Return the reading of some words.

    Counting words are read as parts of a name ("half and half") if nothing else is named, or it's unclear which number
    counts.
    """
    cut = Cutter(words, linker, language).cut()
    named = any(one.kind == "goods" for one in cut.pieces)
    reading = _one_of_size(Assembly(cut, linker).reading(), cut) if named else None
    if named and not (reading and any(one.doubt for one in reading.clauses)):
        return reading
    again = Assembly(Cutter(words, linker, language, names_first=True).cut(), linker).reading()
    if not named:
        return again
    if again is None or again.unowned or not all(again.links.values()):
        return reading
    plain = all(one.text and one.amount is not None and not one.doubt for one in again.clauses)
    return again if plain else reading


def _one_of_size(reading: Reading | None, cut: Cut) -> Reading | None:
    """The reading with one item if "a litre of juice" chose the bottle of a litre."""
    amounts = [one.amount for one in cut.pieces if one.amount is not None]
    if reading is None or len(reading.clauses) > 1 or len(amounts) != 1:
        return reading
    clause, (only,) = reading.clauses[0], amounts
    if clause.amount is not None or clause.unit or only.value != THOUSANDTHS or only.unit not in ("litre", "kg"):
        return reading
    return msgspec.structs.replace(reading, clauses=(msgspec.structs.replace(clause, amount=THOUSANDTHS, unit="unit"),))


def _without(words: list[str], phrases: frozenset[Phrase]) -> list[str]:
    """Return the words without phrases whose "not" doesn't deny the event.

    Examples are goods returned unopened, or "nothing else".
    """
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = length_at(phrases, words, at)
        kept += [] if length else [words[at]]
        at += length or 1
    return kept


def _is_quoted(text: str, language: str) -> bool:
    """Whether the event is quoted within a longer text: 'write "took 3 bagels" on the board'."""
    said = statement_words(language)
    for found in _QUOTED.finditer(text):
        words = all_tokens(found[1])
        around = (text[: found.start()] + text[found.end() :]).strip(" .!")
        if around and len(words) > 1 and any(length_at(said.acts, words, at) for at in range(len(words))):
            return any(word[0].isdigit() or word in vocabulary(language).numbers for word in words)
    return False


@cache
def _shorten() -> re.Pattern[str]:
    """Abbreviations before the number of a phone or document, whose dot doesn't end a sentence."""
    words = "|".join(sorted({word for one in vocabularies() for word in one.shortened}))
    return re.compile(rf"\b({words})\.\s*(?=\d)", re.IGNORECASE)


def _mark_stops(text: str, language: str) -> str:
    """A text with times replaced by punctuation, punctuation after a heading ("brunch: 3 bagels"), and a leading plus
    as a word."""
    text = _shorten().sub(r"\1 ", text)
    headed = _HEADED.sub(" ; ", _TIME.sub(",", _MONEY.sub(rf"\1\2 {vocabulary(language).money_word}", text)))
    signs = {kind: " ".join(phrase) for phrase, kind in statement_words(language).signs.items()}
    before = all_tokens(headed[: found.start()]) if (found := _MINUS.search(headed)) else []
    if not any(length_at(statement_words(language).acts, before, at) for at in range(len(before))):
        headed = _MINUS.sub(f" {signs.get('out', '')} ", headed)  # "took -3" is asked about
    headed = _DASH.sub(", ", headed)
    return _PLUS.sub(f"{signs.get('in', '')} ", headed)
