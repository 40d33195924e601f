"""What the second reader reads, and what comes of it beside what the grammar reads.

It acts on nothing of staff's alone: it proposes, and what it proposes waits for a yes. Where both readers say the same
effect, a word that the grammar does not know and the tagger knows to say nothing holds up no act; where the tagger is
sure that nothing happened, what the grammar reads is shown first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from edge.core.storage.database import Connection
from edge.shop.search.queries import Search
from edge.shop.turn_reading.lookup import LookedUp
from edge.shop.turn_reading.second_reader.marks import marks_of
from edge.shop.turn_reading.second_reader.tagged_lines import GOODS, UncertainTags, lines_of
from edge.shop.turn_reading.second_reader.tagged_turn import TaggedTurn, customers_turn, staff_turn
from edge.shop.understanding.found_products import FOUND_LIMIT, FoundProducts
from edge.shop.understanding.reading.linking import CatalogueLinker
from edge.shop.understanding.reading.model import Reading
from edge.shop.understanding.reading.words import language_of, with_and_apart
from edge.shop.understanding.tokens import all_tokens, clean

if TYPE_CHECKING:
    from models.kinds import Tagged

SURE_INTENT, SURE_WORD = 0.6, 0.4
"""So sure the tagger has to be of what the whole turn says, and of each of its words, for a reading."""
SURE_ACT = 0.85
"""So sure of what happened to goods, where the grammar leaves open which way they went."""
SURE_NOTHING = 0.9
"""So sure of nothing having happened, that what the grammar reads is shown first."""
NONE = "O"
MOST_WORDS = 40
"""A longer text is no sentence that it was trained on."""
NOTHING = ("no", "ask")
_WAYS = {"in": "in", "out": "out", "waste": "out"}


class MarkedWords(NamedTuple):
    """A sentence as the tagger is asked about it."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    language: str
    speaker: Literal["staff", "customer"]


def marked_words(db: Connection, search: Search, text: str, language: str, agent: str) -> MarkedWords | None:
    """The words of a text with what is known of each; None where there is nothing to read."""
    linker = CatalogueLinker(db, search, language)

    def is_known(word: str) -> bool:
        return bool(linker.naming(word))

    tokens = all_tokens(clean(text))
    words = [word for one in tokens for word in with_and_apart(one, linker.has_word, is_known)]
    if not words or len(words) > MOST_WORDS:
        return None
    spoken = language_of(words, language)
    marks = marks_of(words, spoken, is_known)
    return MarkedWords(tuple(words), marks, spoken, "customer" if agent == "shopping" else "staff")


def read_tagged(linker: CatalogueLinker, said: MarkedWords, tagged: Tagged) -> TaggedTurn | None:
    """What a turn says by its tags; None where that is nothing, or the tagger is not sure. Words that it is not sure
    say nothing are shown with what staff would have done; a customer is asked in other words."""
    counted = zip(said.words, said.marks, tagged.tags, tagged.scores, strict=True)
    unsure = [(word, mark, tag) for word, mark, tag, score in counted if score < SURE_WORD]
    if tagged.intent_score < SURE_INTENT or said.words[-1] == "?":
        return None
    if any(tag != NONE or "n" in mark for _, mark, tag in unsure):
        return None
    unowned = tuple(dict.fromkeys(word for word, mark, _ in unsure if word.isalpha() and not set(mark) & set("fcrj")))
    customer = said.speaker == "customer"
    try:
        lines = lines_of(said.words, tagged, linker, said.language)
        turn = (customers_turn if customer else staff_turn)(tagged.intent, lines, said.language)
    except UncertainTags:
        return None
    if unowned and (customer or turn.reading is None):
        return None
    return turn._replace(reading=turn.reading and msgspec.structs.replace(turn.reading, unowned=unowned))


def asks_second(looked_up: LookedUp) -> bool:
    """Whether the second reader is asked: not where advice, a command or a level is asked for."""
    if looked_up.errand is not None or looked_up.advice is not None or looked_up.modifiers is not None:
        return False
    reading = looked_up.reading
    if reading is not None and reading.clauses[0].verb in ("held", "stock"):
        return False
    return looked_up.kind in ("other", "act", "correct", "held")


def is_open(looked_up: LookedUp) -> bool:
    """Whether nothing, goods that no product is, or not what happened to them was read so far: then a language model
    may be asked."""
    reading = looked_up.reading
    if looked_up.correction is not None or looked_up.kind not in ("other", "act"):
        return False
    if reading is None:
        return looked_up.kind == "other" or looked_up.doubted or _lacks_names(looked_up)
    return reading.either or not all(reading.links.values())


def with_second(db: Connection, search: Search, looked_up: LookedUp, said: MarkedWords, tagged: Tagged) -> LookedUp:
    """What was looked up, with what the second reader adds."""
    linker = CatalogueLinker(db, search, said.language)
    nothing = tagged.intent in NOTHING and tagged.intent_score >= SURE_NOTHING
    turn = None if nothing else read_tagged(linker, said, tagged)
    if said.speaker == "customer":
        return _customers(looked_up, turn, nothing and tagged.intent == "no")
    return _staffs(looked_up, turn, nothing, _are_sure_acts(tagged))


def _are_sure_acts(tagged: Tagged) -> bool:
    """Whether the tagger is sure of what happened to all goods."""
    named = [score for tag, score in zip(tagged.tags, tagged.scores, strict=True) if tag[2:] in GOODS]
    return bool(named) and min(named) >= SURE_ACT


def _customers(looked_up: LookedUp, turn: TaggedTurn | None, nothing: bool) -> LookedUp:
    if nothing and looked_up.basket is None:
        return looked_up._replace(doubted=True, reading=None)
    if looked_up.basket is not None or turn is None:
        return looked_up
    if looked_up.reading is not None or (looked_up.kind == "act" and not _lacks_names(looked_up)):
        return looked_up
    return _with(looked_up, turn)


def _staffs(looked_up: LookedUp, turn: TaggedTurn | None, nothing: bool, sure_acts: bool) -> LookedUp:
    first = looked_up.reading
    if looked_up.correction is not None:
        return looked_up
    if nothing:
        if first is not None and first.sure:
            return looked_up._replace(reading=msgspec.structs.replace(first, sure=False))
        return looked_up._replace(doubted=True)
    if turn is None:
        return looked_up
    if turn.correction is not None:
        settled = first is not None and first.sure
        return looked_up if settled or looked_up.kind == "held" else _with(looked_up, turn)
    second = turn.reading
    if second is None:
        return looked_up
    if first is not None and _contradict(first, second):
        second = _open_ways(second)
        turn = turn._replace(reading=second)
    if first is None:
        opens = looked_up.kind == "other" or looked_up.doubted or _lacks_names(looked_up)
        return _with(looked_up, turn) if opens else looked_up
    if first.either and not first.waits and _moves(first) == _moves(second):
        return _with(looked_up, turn) if sure_acts else looked_up
    if _is_whole(first):
        return looked_up._replace(reading=_confirm_reading(first, second))
    return looked_up if first.either and all(first.links.values()) and _counts(first) else _with(looked_up, turn)


def _is_whole(reading: Reading) -> bool:
    """Whether it says all that an act needs."""
    return all(reading.links.values()) and not reading.either and _counts(reading)


def _contradict(first: Reading, second: Reading) -> bool:
    """Whether both read goods that moved, and one that they came, the other that they went."""
    ways = [[_WAYS.get(one.verb, "") for one in reading.clauses] for reading in (first, second)]
    return len(ways[0]) == len(ways[1]) and all(ways[0]) and all(ways[1]) and ways[0] != ways[1]


def _open_ways(reading: Reading) -> Reading:
    """The same, so that it is asked whether goods came or went."""
    return msgspec.structs.replace(
        reading, clauses=tuple(msgspec.structs.replace(one, verb="") for one in reading.clauses)
    )


def _counts(reading: Reading) -> bool:
    return not any(one.doubt or one.amount is None for one in reading.clauses)


def _with(looked_up: LookedUp, turn: TaggedTurn) -> LookedUp:
    known = {one.text: one for one in looked_up.found}
    links = turn.reading.links if turn.reading else {}
    for name, skus in links.items():
        known[name] = FoundProducts(name, "all" if skus else "none", skus[:FOUND_LIMIT], len(skus) > FOUND_LIMIT)
    found = tuple(known.values())[-FOUND_LIMIT:]
    return looked_up._replace(
        found=found,
        reading=turn.reading,
        correction=turn.correction,
        basket=turn.basket,
        proposed=True,
        doubted=False,
    )


def _lacks_names(looked_up: LookedUp) -> bool:
    return any(one.kind != "all" for one in looked_up.found if one.text[:1] not in ("=", "~"))


def _confirm_reading(first: Reading, second: Reading) -> Reading:
    """The grammar's reading; it needs no yes where the second reader says the same of it."""
    if first.waits or first.either or not first.told:
        return first
    return msgspec.structs.replace(first, sure=True) if _effects(first) == _effects(second) else first


def _moves(reading: Reading) -> list[tuple[object, ...]]:
    """The same without which way."""
    return [one[1:] for one in _effects(reading)]


def _effects(reading: Reading) -> list[tuple[object, ...]]:
    """What would move: act, amount, unit, goods; nothing else of a reading does anything."""
    return [
        (one.verb, one.amount, one.unit, one.container, one.loose, one.grouped, one.doubt, reading.links.get(one.text))
        for one in reading.clauses
    ]
