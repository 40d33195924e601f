"""Read questions about stock levels: "any challah today?", "what's our egg count"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from edge.conversation.understanding.amounts import JOINED
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.linking import CatalogueLinker, goods_of_category
from edge.conversation.understanding.reading.modality import does_not_tell
from edge.conversation.understanding.reading.model import Owner, Reading
from edge.conversation.understanding.reading.statement_words import length_at, statement_words
from edge.conversation.understanding.reading.words import language_of, own_words, split_words
from edge.conversation.understanding.sentence_parts import STOPS
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search
from edge.goods.search.query.sizes import is_unit

MOST_WORDS = 16


def read_stock_question(
    db: Connection, search: Search, text: str, language: str, counts: bool = False
) -> Reading | None:
    """Return the products asked about, as an item with verb `stock`.

    None if the sentence doesn't ask for a stock level, or asks about nothing the shop has. "Of it" refers to the
    product mentioned last. `counts`: the sentence has a counting word but no number ("count of eggs").
    """
    linker = CatalogueLinker(db, search, language)
    words = split_words(text, linker, language)
    if not words or len(words) > MOST_WORDS:
        return None
    spoken = language_of(words, language)
    linker.language, said = spoken, statement_words(spoken)
    if words[-1] != "?" and _is_request(words, spoken):
        return None  # "can you knock off 2 bottles" is a request
    boxed, kinds = asks_box(words, spoken), _asks_kinds(words, spoken)
    asks = boxed or any(length_at(said.level, words, at) for at in range(len(words)))
    if (_is_of_worth(words, spoken) and not boxed) or not (asks or counts or kinds or words[-1] == "?"):
        return None
    acts = {word for phrase, kind in said.acts.items() if kind == "adjust" for word in phrase} if counts else set()
    known = own_words(spoken) | acts | {word for phrase in said.level | said.storage for word in phrase}
    owners: list[Owner] = ["filler"] * len(words)
    names: list[str] = []
    for at, word in enumerate(words):
        named = (word.isalpha() or len(word) > 2) and not _is_said(words, at, spoken)
        if named and (linker.naming(word) or (kinds and word not in known and goods_of_category(db, (word,)))):
            owners[at] = "product"
            names.append(word)
        elif named and at and owners[at - 1] == "product" and word not in known:
            return None  # an unknown word next to a name is part of it, so no product matches
    if several := _several(words, owners, spoken, linker):
        clauses = tuple(Clause("stock", text=" ".join(one)) for one in several)
        links = {" ".join(one): linker.link(one).skus for one in several}
        return Reading(spoken, clauses, links, tuple(owners), told=True, sure=True)
    names = next((some for some in _readings(words, owners, names, spoken) if linker.link(some).skus), names)
    names = _with_size(words, names, linker)
    skus = (goods_of_category(db, names) if kinds and names else ()) or (linker.link(names).skus if names else ())
    of_it = not names and asks and any(length_at(said.them, words, at) for at in range(len(words)))
    if not skus and not of_it:
        return None
    clause = Clause("stock", text=" ".join(names))
    return Reading(spoken, (clause,), {clause.text: skus} if names else {}, tuple(owners), told=True, sure=True)


def _with_size(words: Sequence[str], names: list[str], linker: CatalogueLinker) -> list[str]:
    """Return the words of a name with a percentage or size next to them, if there are such goods: "the 20% oil"."""
    for size in pairwise(words):
        sized = names and size[0][0].isdigit() and (size[1] == "%" or is_unit(size[1]))
        if sized and linker.link((*names, *size)).skus:
            return [*names, *size]
    return names


def asks_box(words: Sequence[str], language: str) -> bool:
    """Whether a sentence asks for the box size: "how many bottles makes a case of malbec", "case size of vinegar"."""
    known, said, places = vocabulary(language), statement_words(language), range(len(words))
    if any(length_at(said.in_box, words, at) for at in places):
        return True
    forms = [(word, known.counted.get((word,))) for word in words]
    boxes = [word for word, form in forms if form is not None and form.unit == "box"]
    one_of_it = bool(boxes) and not any(one.endswith(known.plurals) for one in boxes)
    sized = any(length_at(said.box_size, words, at) for at in places)
    return one_of_it and sized and not any(length_at(said.remains, words, at) for at in places)


def _asks_kinds(words: Sequence[str], language: str) -> bool:
    """Whether a sentence asks for the products of a kind: "which cheeses have we?", "list the beers".

    Not with a number.
    """
    known, said, places = vocabulary(language), statement_words(language), range(len(words))
    return any(length_at(said.kinds, words, at) for at in places) and not any(
        read_number(known, words, at) for at in places
    )


def read_question_part(db: Connection, search: Search, text: str, language: str) -> Reading | None:
    """Return the question in one part of a sentence whose other parts only comment or name.

    "A guest wants 30 challahs, how many have I got?", "lettuce? just the count". None if there is no question, or an
    event is reported.
    """
    linker = CatalogueLinker(db, search, language)
    words = split_words(text, linker, language)
    if not words:
        return None
    spoken = language_of(words, language)
    linker.language = spoken
    parts = _cut(words)
    known, said = vocabulary(spoken), statement_words(spoken)
    asking = next((at for at, one in enumerate(parts) if _asks(one, spoken)), -1)
    if asking < 0 or len(parts) < 2:
        return None
    level = max(length_at(said.level, parts[asking], at) for at in range(len(parts[asking])))
    priced = [len(one) for one in _phrases_of(parts[asking], known) if known.shopping.get(one) == "price"]
    if max(priced, default=0) > level:  # French "they are at how much" asks for a price
        return None
    for part in parts:
        happened = (said.acts.get(tuple(part[at : at + length_at(said.acts, part, at)])) for at in range(len(part)))
        counted = any(read_number(known, part, at) for at in range(len(part)))
        if counted and any(one not in (None, "adjust") for one in happened) and not does_not_tell(part, spoken):
            return None  # "took 2 challahs, how many are left?" reports something first
    for part in (parts[asking], *reversed(parts[:asking]), *parts[asking + 1 :]):
        names = [word for at, word in enumerate(part) if _names(part, at, spoken, linker)]
        names = _with_size(part, names, linker)
        skus = linker.link(names).skus if names else ()
        if (names or part is parts[asking]) and _is_of_worth(part, spoken):
            return None
        if skus:
            clause = Clause("stock", text=" ".join(names))
            owners: list[Owner] = ["filler"] * len(words)
            return Reading(spoken, (clause,), {clause.text: skus}, tuple(owners), told=True, sure=True)
        if names:
            return None
    return None


def _phrases_of(part: Sequence[str], known: Vocabulary) -> list[tuple[str, ...]]:
    lengths = [(at, known.match(known.shopping, part, at)) for at in range(len(part))]
    return [tuple(part[at : at + length]) for at, length in lengths if length]


def _cut(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word in STOPS and word != "?":
            parts.append([])
        else:
            parts[-1].append(word)
            if word == "?":
                parts.append([])
    return [one for one in parts if one]


def _is_of_worth(part: Sequence[str], language: str) -> bool:
    """Whether a part asks for prices, dates or orders, other than within a stock question."""
    said = statement_words(language)
    levels = [(at, at + length_at(said.level, part, at)) for at in range(len(part))]
    worth = [at for at in range(len(part)) if length_at(said.worth, part, at)]
    return any(not any(begin <= at < end for begin, end in levels) for at in worth)


def _asks(part: list[str], language: str) -> bool:
    """Whether a part asks for a stock level."""
    known, said = vocabulary(language), statement_words(language)
    lengths = [(at, known.match(known.asks, part, at)) for at in range(len(part))]
    asked = any(known.asks[tuple(part[at : at + length])] == "stock" for at, length in lengths if length)
    level = any(length_at(said.level, part, at) for at in range(len(part)))
    counted = any(read_number(known, part, at) for at in range(len(part)))
    return asked or (level and (part[-1] == "?" or not counted))


def _names(part: list[str], at: int, language: str, linker: CatalogueLinker) -> bool:
    """Whether a word is a product word and not part of the question."""
    word = part[at]
    named = word.isalpha() and word not in own_words(language) and not _is_said(part, at, language)
    return named and bool(linker.naming(word))


def _several(words: list[str], owners: list[Owner], language: str, linker: CatalogueLinker) -> list[list[str]]:
    """The names joined by "and", if each matches products but the whole doesn't."""
    known = vocabulary(language)
    parts: list[list[str]] = [[]]
    for at, word in enumerate(words):
        if owners[at] == "product":
            parts[-1].append(word)
        elif parts[-1] and (word == JOINED or known.match(known.joiners, words, at)):
            parts.append([])
    parts = [one for one in parts if one]
    together = [word for one in parts for word in one]
    apart = len(parts) > 1 and not linker.link(together).skus and all(linker.link(one).skus for one in parts)
    return parts if apart else []


def _readings(words: list[str], owners: list[Owner], names: list[str], language: str) -> list[list[str]]:
    """Return the words that may be the name, likeliest first.

    These are all words, those without another meaning ("can I take"), or adjacent ones ("flour for 10 cakes").
    """
    plain = [one for one in names if one not in own_words(language)]
    runs: list[list[str]] = [[]]
    for at, word in enumerate(words):
        if owners[at] == "product" and word in plain:
            runs[-1].append(word)
        elif runs[-1] and owners[at] == "filler" and not _is_said(words, at, language):
            runs.append([])
    return [one for one in (names, plain, *runs) if one]


def _is_said(words: list[str], at: int, language: str) -> bool:
    """Whether a word belongs to the question instead of a name."""
    said = statement_words(language)
    place = (words[at],) in said.served | said.storage
    if place and at and any((words[one],) in said.before for one in range(max(0, at - 2), at)):
        return True  # "at the bar"
    tables = (said.level, said.little, said.before)
    return any(length_at(one, words, begin) > at - begin for one in tables for begin in range(max(0, at - 3), at + 1))


def _is_request(words: list[str], language: str) -> bool:
    """Whether the sentence asks a person to act on a number of goods."""
    known, said = vocabulary(language), statement_words(language)
    begin = next((at for at, word in enumerate(words) if not known.match(known.fillers, [word], 0)), 0)
    counted = any(read_number(known, words, at) for at in range(len(words)))
    return counted and any(length_at(said.request, words, at) for at in (0, begin))
