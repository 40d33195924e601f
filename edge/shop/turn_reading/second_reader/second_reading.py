"""What the second reader reads, and what comes of it beside what the grammar reads.

It acts on nothing: alone it proposes, and what it proposes waits for a yes. Where both readers say the same effect, a
word that the grammar does not know and the tagger knows to say nothing holds up no act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from edge.core.storage.database import Connection
from edge.shop.search.queries import Search
from edge.shop.turn_reading.lookup import LookedUp
from edge.shop.turn_reading.second_reader.marks import marks_of
from edge.shop.turn_reading.second_reader.tagged_pieces import TaggedPieces, UncertainTags
from edge.shop.understanding.found_products import FOUND_LIMIT, FoundProducts
from edge.shop.understanding.reading.asides import without_asides
from edge.shop.understanding.reading.assembly import Assembly
from edge.shop.understanding.reading.linking import CatalogueLinker
from edge.shop.understanding.reading.modality import does_not_tell, is_inexact
from edge.shop.understanding.reading.model import Reading
from edge.shop.understanding.reading.words import language_of, split_words
from edge.shop.understanding.tokens import clean

if TYPE_CHECKING:
    from models.kinds import Tagged

SURE_INTENT = 0.85
"""So sure the tagger has to be of what the whole sentence says, for a proposal."""
MOST_WORDS = 40
"""A longer text is no sentence that it was trained on."""


class MarkedWords(NamedTuple):
    """A sentence as the tagger is asked about it."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    language: str


def marked_words(db: Connection, search: Search, text: str, language: str) -> MarkedWords | None:
    """The words of a text with what is known of each; None where there is nothing to read."""
    linker = CatalogueLinker(db, search, language)
    words = split_words(clean(text), linker, language)
    if not words or len(words) > MOST_WORDS:
        return None
    spoken = language_of(words, language)
    linker.language = spoken
    words, _ = without_asides(words, linker, spoken)
    return MarkedWords(tuple(words), marks_of(words, spoken, lambda word: bool(linker.naming(word))), spoken)


def read_tagged(linker: CatalogueLinker, said: MarkedWords, tagged: Tagged) -> Reading | None:
    """What a sentence says happened, by its tags; None where it says nothing, or the tagger is not sure."""
    if tagged.intent != "told" or tagged.intent_score < SURE_INTENT:
        return None
    if does_not_tell(said.words, said.language) or "?" in said.words:
        return None
    if is_inexact(" ".join(said.words), said.language):
        return None
    try:
        cut = TaggedPieces(said.words, linker, said.language, tagged).cut()
    except UncertainTags:
        return None
    reading = Assembly(cut, linker).reading()
    if reading is None or not reading.told or reading.either or not all(reading.links.values()):
        return None
    if any(one.amount is None or one.doubt for one in reading.clauses):
        return None
    return reading


def asks_second(looked_up: LookedUp, kind: str) -> bool:
    """Whether the second reader is asked: where the grammar owns every word, or reads that nothing happened, it is not.
    `kind`: what phrases alone take the sentence for."""
    reading = looked_up.reading
    if looked_up.correction is not None or kind not in ("other", "act"):
        return False
    if reading is None:
        return kind == "other" or looked_up.doubted or _lacks_names(looked_up)
    if reading.clauses[0].verb in ("held", "stock"):
        return False
    return bool(reading.unowned) or any(one.doubt for one in reading.clauses) or not all(reading.links.values())


def is_open(looked_up: LookedUp) -> bool:
    """Whether nothing, goods that no product is, or not what happened to them was read so far: then a language model
    may be asked."""
    reading = looked_up.reading
    return reading is None or reading.either or not all(reading.links.values())


def with_second(db: Connection, search: Search, looked_up: LookedUp, said: MarkedWords, tagged: Tagged) -> LookedUp:
    """What was looked up, with what the second reader adds."""
    linker = CatalogueLinker(db, search, said.language)
    second = read_tagged(linker, said, tagged)
    if second is None:
        return looked_up
    first = looked_up.reading
    settles = first is not None and (_says_which(first, second) or _says_how_many(first, second))
    if first is not None and all(first.links.values()) and not settles:
        return looked_up._replace(reading=_agreed(first, second))
    if first is None and looked_up.doubted and not _lacks_names(looked_up):
        return looked_up
    proposal = msgspec.structs.replace(second, sure=False, proposed=True)
    known = {one.text: one for one in looked_up.found}
    for name, skus in second.links.items():
        known[name] = FoundProducts(name, "all", skus[:FOUND_LIMIT], len(skus) > FOUND_LIMIT)
    return looked_up._replace(found=tuple(known.values())[-FOUND_LIMIT:], reading=proposal)


def _lacks_names(looked_up: LookedUp) -> bool:
    return any(one.kind != "all" for one in looked_up.found if one.text[:1] not in ("=", "~"))


def _agreed(first: Reading, second: Reading) -> Reading:
    """The grammar's reading; it needs no yes where the second reader says the same of it and owns all words."""
    if first.waits or first.either or not first.told or second.waits or second.unowned or not second.sure:
        return first
    return msgspec.structs.replace(first, sure=True) if _effects(first) == _effects(second) else first


def _says_which(first: Reading, second: Reading) -> bool:
    """Whether the second reader knows which way goods went, of which the grammar knows all but that."""
    if not first.either or first.waits or second.waits:
        return False
    return [one[1:] for one in _effects(first)] == [one[1:] for one in _effects(second)]


def _says_how_many(first: Reading, second: Reading) -> bool:
    """Whether the second reader knows which number counts, of which the grammar knows the act and the goods alone."""
    if first.waits or second.waits or len(first.clauses) != len(second.clauses):
        return False
    doubted = any(one.doubt for one in first.clauses)
    return doubted and all(
        one[0] == other[0] and one[-1] == other[-1]
        for one, other in zip(_effects(first), _effects(second), strict=True)
    )


def _effects(reading: Reading) -> list[tuple[object, ...]]:
    """What would move: act, amount, unit, goods; nothing else of a reading does anything."""
    return [
        (one.verb, one.amount, one.unit, one.container, one.loose, one.grouped, one.doubt, reading.links.get(one.text))
        for one in reading.clauses
    ]
