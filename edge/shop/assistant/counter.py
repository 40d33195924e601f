"""What staff ask as customers do: prices, what is known of goods, offers, hours, how far an order is.

Reads alone, so whoever may sell may ask them; how much is in stock is for those who keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from edge.shop.assistant.clause import Clause
from edge.shop.assistant.commands import FoundProducts
from edge.shop.assistant.lexicon import Vocabulary, vocabulary
from edge.shop.assistant.listed_names import each_of
from edge.shop.assistant.phrasing import say
from edge.shop.assistant.product_matching import by_price
from edge.shop.assistant.said_modifier import SaidModifier
from edge.shop.assistant.sentence import Sentence
from edge.shop.assistant.shopping import OF_SHOP, RANKED, day_in, hear
from edge.shop.assistant.shopping_facts import SHOWN, ShopFacts
from edge.shop.assistant.tokens import tokens_of
from edge.shop.assistant.whereabouts import PlacedSentence, Whereabouts, understand_placed
from edge.shop.catalog.queries import CatalogProduct, find_by_sku

FACTS = frozenset(
    {"price", "in_stock", "details", "compare", "reviews", "promotions", "hours", "order_status", "recommend", *RANKED}
)
COMPARED = 2


def hear_staff(text: str, language: str, places: Mapping[str, Mapping[str, str]], today: str = "") -> PlacedSentence:
    """A sentence of the staff's: about the stock, or `fact` with what is asked as its clauses' verb."""
    placed = understand_placed(text, language, places, today)
    if placed.said.kind not in ("other", "held", "stock"):
        return placed
    asked = hear(text, language)
    if asked.kind != "act" or asked.clauses[0].verb not in FACTS:
        return placed
    of_shop = asked.clauses[0].verb in OF_SHOP and not asked.clauses[0].text
    if placed.said.kind == "stock" and not (of_shop or _is_price(asked, text)):
        return placed
    return PlacedSentence(msgspec.structs.replace(asked, kind="fact"), text, Whereabouts())


def asks_fact(text: str, language: str) -> bool:
    """Whether a sentence of the staff's asks what a customer might."""
    return hear_staff(text, language, {}).said.kind == "fact"


def _is_price(asked: Sentence, text: str) -> bool:
    """Whether "how much is the milk" asks for its price; "how much is left" and "how much is there" do not."""
    known = vocabulary(asked.language)
    rest: list[str] = []
    words, at = known.written_out([word for word in tokens_of(text) if word[0].isalnum()]), 0
    while at < len(words):
        length = known.match(known.shopping, words, at)
        priced = bool(length) and known.shopping[tuple(words[at : at + length])] == "price"
        rest += [] if priced else [words[at]]
        at += length if priced else 1
    stocked = any(known.match(known.asks, rest, place) for place in range(len(rest)))
    stocked |= any(
        known.verbs.get(tuple(rest[place : place + n])) == "adjust" for place in range(len(rest)) for n in (1, 2)
    )
    stocked |= any(_is_there(known, rest, place) for place in range(len(rest)))
    stocked |= "left" in rest
    return asked.clauses[0].verb == "price" and not stocked


def _is_there(known: Vocabulary, words: Sequence[str], at: int) -> bool:
    length = known.match(known.shopping, words, at)
    return bool(length) and known.shopping[tuple(words[at : at + length])] == "in_stock"


def told_at_counter(
    facts: ShopFacts,
    said: Sentence,
    text: str,
    found: Callable[[str], FoundProducts],
    last: str,
    modifiers: Sequence[SaidModifier] = (),
) -> tuple[list[str], str]:
    """The answer in lines, and the product that it is about, where that is one. `last`: the one spoken of last;
    `modifiers`: what is said to be on it, or not."""
    verb = said.clauses[0].verb
    if verb == "hours":
        told = facts.hours(day_in(text, said.language)) if facts.has_hours() else say(facts.language, "counter_hours")
        return [told], ""
    if verb == "order_status":
        return [facts.order(text)], ""
    if verb == "promotions":
        return facts.promotions() or [say(facts.language, "shop_no_promotions")], ""
    if verb == "recommend":
        best = [one for sku in facts.best_sellers() if (one := find_by_sku(facts.db, sku, facts.at_us))]
        return [facts.price(one) for one in best[:SHOWN]] or [say(facts.language, "shop_nothing_known")], ""
    meant: list[CatalogProduct] = []
    for clause in [part for one in said.clauses for part in each_of(one, found)]:
        products = _meant(facts, clause, found, last)
        if not products:
            key = "not_found_here" if clause.text else "no_name"
            return [say(facts.language, key, text=clause.text)], ""
        meant += [one for one in products if one not in meant]
    if modifiers and verb in ("price", "find"):
        return [facts.price_with(one, modifiers) for one in meant[:SHOWN]], meant[0].sku if len(meant) == 1 else ""
    return _told(facts, verb, meant), meant[0].sku if len(meant) == 1 else ""


def _meant(
    facts: ShopFacts, clause: Clause, found: Callable[[str], FoundProducts], last: str
) -> Sequence[CatalogProduct]:
    if not clause.text:
        skus: tuple[str, ...] = (last,) if last else ()
    else:
        named = found(f"={clause.whole}") if clause.whole else FoundProducts("", "none")
        named = named if named.kind == "all" else found(clause.text)
        skus = () if named.kind == "none" else named.skus
    return [one for sku in skus if (one := find_by_sku(facts.db, sku, facts.at_us))]


def _told(facts: ShopFacts, verb: str, meant: Sequence[CatalogProduct]) -> list[str]:
    if verb == "compare":
        return facts.compared(meant) if len(meant) >= COMPARED else [say(facts.language, "shop_compare_what")]
    if verb in RANKED:
        return [facts.price(by_price(meant, verb == "dearest"))]
    if verb == "reviews":
        return [line for product in meant[: SHOWN // 2] for line in facts.reviews(product)]
    tell = {"details": facts.details, "in_stock": facts.in_stock}.get(verb, facts.price)
    lines = [tell(product) for product in meant[:SHOWN]]
    return lines if len(meant) <= SHOWN else [*lines, say(facts.language, "more_of_them", n=len(meant) - SHOWN)]
