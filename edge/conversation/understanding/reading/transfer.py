"""Read a move of goods between places, which were read apart: "put 2 crates of cola" (in the cellar)."""

from __future__ import annotations

import msgspec

from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.assembly import Assembly
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import Reading
from edge.conversation.understanding.reading.pieces import Cutter
from edge.conversation.understanding.reading.words import language_of, split_words
from edge.conversation.understanding.tokens import clean
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search

MOVE = "move"


def read_transfer(db: Connection, search: Search, text: str, language: str) -> Reading | None:
    """Return the goods moved in a sentence whose only verbs are about moving.

    None if it names no goods, or states something else.
    """
    linker = CatalogueLinker(db, search, language)
    words = split_words(clean(text), linker, language) or []
    linker.language = spoken = language_of(words, language)
    known, kept, at = vocabulary(spoken), list[str](), 0
    while at < len(words):
        length = known.match(known.verbs, words, at)
        moved = bool(length) and known.verbs[tuple(words[at : at + length])] == MOVE
        kept += [] if moved else [words[at]]
        at += length if moved else 1
    if not kept:
        return None
    cut = Cutter(kept, linker, spoken).cut()
    if any(one.kind == "act" for one in cut.pieces):
        return None
    reading = Assembly(cut, linker).assemble_wish(MOVE)
    return msgspec.structs.replace(reading, told=True, sure=not reading.unowned) if reading else None
