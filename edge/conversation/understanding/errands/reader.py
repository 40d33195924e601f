"""Read requests other than stock movements: "order 3 cases of tonic from Metro", "set the price of honey to 23".

A request begins with its phrase, and every further word has an owner (product, quantity, price, supplier, filler).
Otherwise it's left to other readers: "order 3 tonics for a friend of mine".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.errands.command_reader import read_command
from edge.conversation.understanding.errands.errand_words import (
    THOUSAND,
    amount_in,
    ends_in,
    errand_words,
    names_in,
    number_in,
    supplier_in,
)
from edge.conversation.understanding.errands.model import Errand, ErrandKind, SaidErrand
from edge.conversation.understanding.lexicon import Phrase, vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.modality import is_inexact
from edge.conversation.understanding.reading.statement_words import languages_first, length_at
from edge.conversation.understanding.reading.words import split_words
from edge.conversation.understanding.sentence_parts import STOPS
from edge.core.storage.database import Connection
from edge.goods.search.queries import Search

MOST_WORDS = 20
ERRANDS: tuple[ErrandKind, ...] = (
    "figures",
    "where",
    "command",
    "price",
    "label",
    "acknowledge",
    "receipt",
    "order",
    "minimum",
    "sold_out",
    "back",
)
BEHIND: tuple[ErrandKind, ...] = ("sold_out", "back")
"""Phrases that may also come after the goods."""
LITTLE: Mapping[ErrandKind, tuple[str, ...]] = {
    "where": ("little", "polite", "placed"),
    "order": ("little", "polite", "money", "order_more"),
}
"""Sets of function words by kind of errand."""


def read_errand(
    db: Connection, search: Search, text: str, language: str, kinds: Sequence[ErrandKind] = ERRANDS
) -> SaidErrand | None:
    """Return the request of these kinds in a sentence; None if there is none or a word has no role.

    Incomplete requests count only if nothing else matches.
    """
    linker = CatalogueLinker(db, search, language)
    words = split_words(text, linker, language)
    if not words or len(text.split()) > MOST_WORDS:
        return None
    said = (text, words, language, kinds, search.minor)
    return _whole(db, linker, *said) or _lacking(db, linker, *said)


def _lacking(
    db: Connection,
    linker: CatalogueLinker,
    text: str,
    words: list[str],
    language: str,
    kinds: Sequence[ErrandKind],
    minor: int,
) -> SaidErrand | None:
    """An incomplete request, whose missing parts will be asked for."""
    for one in languages_first(language):
        at, requested = _begin(words, errand_words(one))
        if "command" not in kinds or (words[-1] == "?" and not requested):
            continue
        if found := read_command(db, linker, text, words[at:], one, minor, lacking=True):
            return found
        known = vocabulary(one)
        asks = known.shopping.get(tuple(words[at : at + known.match(known.shopping, words, at)])) == "price"
        if "price" in kinds and not asks and (rest := _behind(words, at, errand_words(one)["price"])):
            names = names_in(rest, one, ("little", "polite"))
            if skus := linker.link(names).skus:
                said = Clause(text=" ".join(names))
                return SaidErrand(Errand("price", lacks=("price",)), one, said, skus[:24])
    return None


def _whole(
    db: Connection,
    linker: CatalogueLinker,
    text: str,
    words: list[str],
    language: str,
    kinds: Sequence[ErrandKind],
    minor: int,
) -> SaidErrand | None:
    """A complete request."""
    for one in languages_first(language):
        known = errand_words(one)
        at, requested = _begin(words, known)
        asks = words[-1] == "?" and not requested
        if "figures" in kinds and _asks_figures(words, at, known):
            return SaidErrand(Errand("figures"), one)
        for kind in (each for each in kinds if each != "figures"):
            if asks and kind != "where":
                continue
            if kind == "command":
                if asked_for := read_command(db, linker, text, words[at:], one, minor):
                    return asked_for
                continue
            rest = _ordered_goods(words, at, known) if kind == "order" else _behind(words, at, known[kind])
            if rest is not None:
                linker.language = one
                inexact = kind == "order" and is_inexact(text, one)
                kept = [word for word in rest if word not in (*STOPS, "%", "#", "?", "-")]
                return None if inexact else _errand_of_kind(db, linker, kind, kept, minor)
        for late in (each for each in BEHIND if each in kinds):
            if not asks and (length := ends_in(known[f"{late}_behind"], words)):
                linker.language = one
                return _errand_of_kind(db, linker, late, words[at : len(words) - length], minor)
    return None


def _begin(words: Sequence[str], known: dict[str, frozenset[Phrase]]) -> tuple[int, bool]:
    """Return the first word after polite openings, and whether these make it a request ("can you", "tu peux")."""
    at, requested = 0, False
    while at < len(words):
        request = length_at(known["requests"], words, at)
        length = max(request, length_at(known["polite"], words, at))
        if not length:
            break
        at, requested = at + length, requested or bool(request)
    return at, requested


def _behind(words: Sequence[str], at: int, phrases: frozenset[Phrase]) -> Sequence[str] | None:
    """The words after a phrase at this position; None if none matches."""
    length = length_at(phrases, words, at)
    return words[at + length :] if length else None


def _ordered_goods(words: Sequence[str], at: int, known: dict[str, frozenset[Phrase]]) -> Sequence[str] | None:
    """Return the words for goods to order; None if nothing is ordered.

    They follow "order", precede "on the next order", or are needed and then ordered ("we need more gin, get me 6").
    """
    named = [(place, length_at(known["order_behind"], words, place)) for place in range(at, len(words))]
    place, length = next(((place, length) for place, length in named if length), (len(words), 0))
    without = [*words[at:place], *words[place + length :]]
    if (rest := _behind(without, 0, known["order"])) is not None:
        return rest
    if length and (rest := _behind(without, 0, known["order_puts"])) is not None:
        return rest
    needed = _behind(words, at, known["order_needs"])
    if needed is None:
        return None
    stop = next((place for place, word in enumerate(needed) if word in STOPS), len(needed))
    for begin in range(stop + 1, min(stop + 3, len(needed))):  # "..., so order 6"
        if (rest := _behind(needed, begin, known["order"] | known["order_then"])) is not None:
            return [*needed[:stop], *rest]
    return None


def _asks_figures(words: Sequence[str], begin: int, known: dict[str, frozenset[Phrase]]) -> bool:
    """Whether a sentence asks for past figures, such as "how many went out last night", and not for current stock."""
    asked = any(length_at(known["figures_asked"], words, at) for at in range(begin, min(begin + 2, len(words))))
    return asked and any(length_at(known["figures_of"], words, at) for at in range(begin, len(words)))


def _errand_of_kind(
    db: Connection, linker: CatalogueLinker, kind: ErrandKind, words: Sequence[str], minor: int
) -> SaidErrand | None:
    language = linker.language
    known, clause, supplier = errand_words(language), Clause(), ""
    kept = list(words)
    if kind == "order":
        kept, supplier = supplier_in(db, kept, known["supplier"])
    numbered = ("price", "acknowledge", "receipt", "minimum")
    number, kept = number_in(kept, language, kind == "minimum") if kind in numbered else (None, kept)
    if kind in ("price", "minimum") and number is None:
        return None
    if kind == "order":
        clause, kept = amount_in(kept, language)
    names = names_in(kept, language, LITTLE.get(kind, ("little", "polite", "money")))
    if kind == "where":
        skus = linker.link(names).skus if names else ()
        said = Clause("stock", text=" ".join(names))
        return SaidErrand(Errand(kind), language, said, skus[:24]) if skus or not names else None
    if kind in ("acknowledge", "receipt"):
        whole = number is None or number % THOUSAND == 0
        return SaidErrand(Errand(kind, number=(number or 0) // THOUSAND), language) if whole and not names else None
    skus = linker.link(names).skus if names else ()
    if not skus:
        return None
    price_minor, parts = divmod((number or 0) * minor, THOUSAND)
    if kind == "price" and parts:  # finer than the smallest coin: not a price
        return None
    errand = Errand(kind, price_minor=price_minor if kind == "price" else 0, supplier=supplier)
    if kind == "minimum":
        errand = msgspec.structs.replace(errand, level=number or 0)
    said = msgspec.structs.replace(clause, text=" ".join(names))
    return SaidErrand(errand, language, said, skus[:24])
