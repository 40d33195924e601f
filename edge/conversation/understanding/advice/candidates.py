"""Candidate products for an advice question, best first, read in the reader process before the turn.

The turn checks again whether they may be suggested, and which facts are stated about them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from edge.conversation.understanding.advice.facts import may_say, stated_of
from edge.conversation.understanding.advice.model import FOUND_MOST, SaidAdvice
from edge.conversation.understanding.advice.words import advice_words
from edge.conversation.understanding.lexicon import Phrase
from edge.conversation.understanding.reading.linking import has_words
from edge.conversation.understanding.reading.name_forms import is_said
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories, regulated_kinds, skus_below
from edge.goods.catalog.listing.ranges import attribute_names
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import read_products
from edge.goods.search.queries import MATCHES_LIMIT, Search
from edge.goods.search.query.text import words_of
from edge.ordering.recommend.queries import alike, best_sellers, best_with_attributes, by_sales, goes_with

LOOKED_AT = 400
"""Maximum products whose stated facts are checked."""
WORDS = 24
"""Maximum phrases of a fact to search for in product names."""
CLAIMS = 12
PAGE = 50
ALCOHOL = "alcohol"


def with_candidates(db: Connection, search: Search, said: SaidAdvice) -> SaidAdvice:
    """The question with its candidate products; unchanged if a name in it is unknown (`lost`)."""
    if said.lost:
        return said
    if said.kind == "with":
        beside = [sku for sku in goes_with(db, said.goods, LOOKED_AT) if sku not in said.goods]
        return msgspec.structs.replace(said, found=tuple(beside[:FOUND_MOST]))
    if said.kind == "like":
        return msgspec.structs.replace(said, found=tuple(_alike(db, search, said)[:FOUND_MOST]))
    if said.tells:
        return msgspec.structs.replace(said, found=said.goods)
    ranked = _rank_candidates(db, search, said)
    if said.facts:
        ranked = _answering(db, ranked, said.facts)
    return msgspec.structs.replace(said, found=tuple(ranked[:FOUND_MOST]))


def _alike(db: Connection, search: Search, said: SaidAdvice) -> list[str]:
    """Return products similar to the best seller of those named.

    If a fact is also asked for, only those that state enough.
    """
    goods = by_sales(db, said.goods)
    if not goods:
        return []
    named = search.find(db, said.text, MATCHES_LIMIT).products if said.text else ()
    ranked = alike(db, goods[0], [*goods[1:], *(one.sku for one in named)])
    return _answering(db, ranked, said.facts) if said.facts else ranked


def _answering(db: Connection, ranked: Sequence[str], facts: Sequence[str]) -> list[str]:
    """The first of these products that state enough about the facts."""
    alcohol = alcohol_categories(db)
    found: list[str] = []
    for begin in range(0, len(ranked), PAGE):
        page = ranked[begin : begin + PAGE]
        known = read_products(db, page)
        found += [sku for sku in page if sku in known and answers(known[sku][1], facts, alcohol)]
        if len(found) >= FOUND_MOST:
            break
    return found


def answers(product: Product, facts: Iterable[str], alcohol: frozenset[str]) -> bool:
    """Whether a product may be offered for these facts.

    `alcohol`: categories sold as alcohol. If the shop has any, products in other categories count as free of alcohol.
    """
    for fact in facts:
        stated = stated_of(product, fact)
        apart = bool(product.category) and product.category not in alcohol and not product.parts
        if stated not in ("claimed", "listed") and not (fact == ALCOHOL and stated == "unstated" and alcohol and apart):
            return False
    return True


def alcohol_categories(db: Connection) -> frozenset[str]:
    """The categories sold as alcohol."""
    kinds = regulated_kinds(db, [one.id for one in read_categories(db)])
    return frozenset(id for id, one in kinds.items() if ALCOHOL in one)


def _rank_candidates(db: Connection, search: Search, said: SaidAdvice) -> list[str]:
    """Products of the kind asked for."""
    sets = advice_words(said.language).sets
    if said.goods:
        return by_sales(db, said.goods)
    if said.drinks or (said.facts == (ALCOHOL,) and not said.gift):
        drinks = by_sales(db, _find_by_name(db, search, sets["drink_goods"]))
        return drinks if said.drinks else list(dict.fromkeys([*drinks, *_of_facts(db, search, said)]))
    if said.kind == "for" and (said.gift or not said.facts):
        child = sets["child_goods"] if said.whom == "child" else frozenset()
        return by_sales(db, _find_by_name(db, search, child or sets["gift_goods"]))
    return _of_facts(db, search, said)


def _of_facts(db: Connection, search: Search, said: SaidAdvice) -> list[str]:
    """Products that may state something about the facts, by attributes or by name."""
    names = [name for name in set(attribute_names(db).values()) if may_say(name, said.facts)]
    claims = [
        phrase
        for fact in said.facts
        if not fact.startswith("=")
        for phrase in sorted(advice_words(said.language).facts[fact].free)
    ]
    called = _find_by_name(db, search, claims[:CLAIMS])
    stated = best_with_attributes(db, names, LOOKED_AT) if names else []
    return list(dict.fromkeys([*called, *stated, *best_sellers(db, MATCHES_LIMIT)]))[:LOOKED_AT]


def _find_by_name(db: Connection, search: Search, phrases: Iterable[Phrase]) -> list[str]:
    """Products with one of these phrases in their name or their category's."""
    looked_for = sorted(phrases)[:WORDS]
    found: dict[str, None] = {}
    for category in read_categories(db):
        names = [words_of(name) for name in category.names.values()]
        if any(_has_all(words, phrase) for phrase in looked_for for words in names):
            found |= dict.fromkeys(skus_below(db, category.id)[:LOOKED_AT])
    for phrase in looked_for:
        if len(found) >= LOOKED_AT:
            break
        listed = search.find(db, " ".join(phrase), MATCHES_LIMIT, near=False).products
        found |= {one.sku: None for one in listed if one.retired_us is None and has_words(one, phrase)}
    return list(found)[:LOOKED_AT]


def _has_all(words: Sequence[str], phrase: Phrase) -> bool:
    """Whether a name contains all words of a phrase, in any form."""
    return all(any(is_said(word, one) for one in words) for word in phrase)
