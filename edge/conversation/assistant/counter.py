"""Questions that staff share with customers: prices, product facts, offers, hours, order status.

Read-only, so everyone who may sell may ask. Stock levels need the stock permission.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edge.conversation.assistant.kiosk.shopping_facts import SHOWN, ShopFacts
from edge.conversation.assistant.phrasing import say
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.listed_names import each_of
from edge.conversation.understanding.product_matching import by_price
from edge.conversation.understanding.said_modifier import SaidModifier
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.shopping import RANKED, day_in
from edge.goods.catalog.queries import CatalogProduct, find_by_sku

COMPARED = 2


def counter_answer(
    facts: ShopFacts,
    said: Sentence,
    text: str,
    found: Callable[[str], FoundProducts],
    last: str,
    modifiers: Sequence[SaidModifier] = (),
) -> tuple[list[str], str]:
    """The answer in lines, and the product it's about, if any. `last`: the product mentioned last; `modifiers`: those
    requested or excluded."""
    verb = said.clauses[0].verb
    if verb == "hours":
        told = facts.hours(day_in(text, said.language)) if facts.has_hours() else say(facts.language, "counter_hours")
        return [told], ""
    if verb == "order_status":
        return [facts.order(text)], ""
    if verb == "promotions":
        return facts.promotions() or [say(facts.language, "shop_no_promotions")], ""
    if verb == "recommend":
        best = [one for sku in facts.best_sellers("") if (one := find_by_sku(facts.db, sku, facts.at_us))]
        return [facts.price(one) for one in best[:SHOWN]] or [say(facts.language, "shop_nothing_known")], ""
    meant: list[CatalogProduct] = []
    for clause in [part for one in said.clauses for part in each_of(one, found)]:
        products = _meant_products(facts, clause, found, last)
        if not products:
            key = "not_found_here" if clause.text else "no_name"
            return [say(facts.language, key, text=clause.text)], ""
        meant += [one for one in products if one not in meant]
    if modifiers and verb in ("price", "find"):
        return [facts.price_with(one, modifiers) for one in meant[:SHOWN]], meant[0].sku if len(meant) == 1 else ""
    return _answer_lines(facts, verb, meant), meant[0].sku if len(meant) == 1 else ""


def _meant_products(
    facts: ShopFacts, clause: Clause, found: Callable[[str], FoundProducts], last: str
) -> Sequence[CatalogProduct]:
    if not clause.text:
        skus: tuple[str, ...] = (last,) if last else ()
    else:
        named = found(f"={clause.whole}") if clause.whole else FoundProducts("", "none")
        named = named if named.kind == "all" else found(clause.text)
        skus = () if named.kind == "none" else named.skus
    return [one for sku in skus if (one := find_by_sku(facts.db, sku, facts.at_us))]


def _answer_lines(facts: ShopFacts, verb: str, meant: Sequence[CatalogProduct]) -> list[str]:
    if verb == "compare":
        return facts.compare_products(meant) if len(meant) >= COMPARED else [say(facts.language, "shop_compare_what")]
    if verb in RANKED:
        return [facts.price(by_price(meant, verb == "dearest"))]
    if verb == "reviews":
        return [line for product in meant[: SHOWN // 2] for line in facts.reviews(product)]
    tell = {"details": facts.details, "in_stock": facts.in_stock}.get(verb, facts.price)
    lines = [tell(product) for product in meant[:SHOWN]]
    return lines if len(meant) <= SHOWN else [*lines, say(facts.language, "more_of_them", n=len(meant) - SHOWN)]
