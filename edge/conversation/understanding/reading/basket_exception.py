"""Clear all but some products: "everything but the challahs", "empty the basket except for the bagel"."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.basket_goods import POINTS, goods_of, names_of, without_stops
from edge.conversation.understanding.reading.basket_words import BasketPart, basket_words, parts_in
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.model import BasketChange
from edge.conversation.understanding.reading.name_forms import bare_forms
from edge.conversation.understanding.reading.statement_words import languages_first, length_at
from edge.conversation.understanding.sentence_parts import STOPS


def read_cleared_but(words: Sequence[str], linker: CatalogueLinker) -> BasketChange | None:
    """ "Empty the basket except for the bagel": remove all except the named products."""
    for one in languages_first(linker.language):
        linker.language = one
        behind = _after_clearing(words, one)
        while behind and words[behind : behind + 1] and (words[behind] in STOPS or words[behind] == JOINED):
            behind += 1
        length = length_at(basket_words(one)["excepting"], words, behind) if behind else 0
        parts = without_stops(parts_in(words[behind + length :], one, linker.has_word)) if length else []
        if parts and {part.role for part in parts} <= {"name", *POINTS}:
            found = all_of(_with_written_on(parts, linker), linker)
            return msgspec.structs.replace(found, change="only") if found else None
    return None


def clears(words: Sequence[str], language: str) -> bool:
    """Whether everything is removed from the basket, without exceptions."""
    spoken = languages_first(language)
    excepted = any(length_at(basket_words(one)["excepted"], words, at) for one in spoken for at in range(len(words)))
    return not excepted and any(_after_clearing(words, one) for one in spoken)


def read_exception(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """ "Everything but the challahs" removes them; "remove everything but the challahs" keeps them."""
    kept = without_stops(parts)
    at = next((n for n, one in enumerate(kept) if one.role == "excepted"), len(kept))
    roles = {one.role for one in kept}
    if at == len(kept) or not roles <= {"excepted", "drop", "name", "by", *POINTS} or names_of(kept[:at]):
        return None
    found = all_of(_with_written_on(kept[at + 1 :], linker), linker)
    goes = any(one.role == "drop" for one in kept[:at])
    return msgspec.structs.replace(found, change="only") if found and goes else found


def all_of(parts: Sequence[BasketPart], linker: CatalogueLinker) -> BasketChange | None:
    """Remove everything that is named."""
    goods = goods_of(parts, linker)
    return BasketChange("less", linker.language, None, goods.text, goods.skus) if goods.skus else None


def _with_written_on(parts: Sequence[BasketPart], linker: CatalogueLinker) -> list[BasketPart]:
    """The parts with attached Hebrew prefixes taken off names, if only the rest is a name: "but-from-the-challahs"."""
    bare = [
        next((form for form in bare_forms(word) if linker.naming(form)), word) if not linker.naming(word) else word
        for word in names_of(parts)
    ]
    return [BasketPart("name", (word,)) for word in bare]


def _after_clearing(words: Sequence[str], language: str) -> int:
    """The position after the words that empty the basket; 0 if there are none."""
    known = vocabulary(language)
    for at in range(len(words)):
        length = known.match(known.shopping, words, at)
        if length and known.shopping[tuple(words[at : at + length])] == "clear":
            return at + length
    return 0
