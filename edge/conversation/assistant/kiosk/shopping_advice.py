"""Shopping advice: products that go with another, are free of something, or suit a person.

Advice never changes the basket. All products shown may be suggested to anyone (`recommend`) and have a price. Product
facts are given as stated; if nothing is stated, the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.conversation.assistant.kiosk.shopping_facts import SHOWN
from edge.conversation.assistant.kiosk.shopping_telling import ShoppingTelling
from edge.conversation.assistant.phrasing import full_name, say
from edge.conversation.understanding.advice.candidates import ALCOHOL, alcohol_categories, answers
from edge.conversation.understanding.advice.facts import POSITIVE, Stated, stated_of
from edge.conversation.understanding.advice.model import SaidAdvice
from edge.goods.catalog.least_age import kinds_with_parts
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.query.text import with_final_letters

FIRST, AT_A_TIME = 3, 12
EXCLUDING_FACTS = {"child": (ALCOHOL, "caffeine"), "sober": (ALCOHOL,)}
"""Facts that exclude a product for a group of people, if stated or in its name."""


class ShoppingAdvice(ShoppingTelling):
    """The advice part of a turn."""

    def _advise(self, advice: SaidAdvice) -> None:
        if "recommend" not in self._tools:
            return self._say("not_here")
        self.tools_used.append("recommend")
        self.state = msgspec.structs.replace(self.state, questions=0)
        if advice.lost:
            self.end = "not_understood"
            if advice.several:
                return self._say("one_at_a_time", what=self._facts_in_words(advice.facts))
            return self.lines.append(say(self._language, "not_found_here", text=advice.text))
        if advice.kind == "with":
            return self._goes_with(advice)
        if advice.kind == "like":
            return self._similar(advice)
        if advice.tells:
            return self._tell_stated(self._known_products(advice.goods)[:SHOWN], advice.facts)
        if advice.kind == "without" or advice.facts:
            return self._without(advice)
        return self._for_whom(advice)

    def _may_show(self, skus: Sequence[str], bought_with: bool = False) -> list[CatalogProduct]:
        """Return those of the products that may be suggested, at current prices, without those in the basket.

        Their number is limited, as the till waits meanwhile.
        """
        basket, customer = [line.sku for line in self._in_cart()], self.customer()
        found: list[str] = []
        for begin in range(0, len(skus), AT_A_TIME):
            found += self._facts.suggest_products(skus[begin : begin + AT_A_TIME], basket, bought_with, customer)
            if len(found) >= FIRST:
                break
        return self._known_products(found)

    def _goes_with(self, advice: SaidAdvice) -> None:
        goods = self._known_products(advice.goods)
        if not goods:
            return self._say("with_what")
        name = full_name(goods[0], self._language) if len(goods) == 1 else advice.text
        found = self._may_show(advice.found, bought_with=True)
        if not found:
            self._say("with_unknown", name=name)
            return self._recommend()
        self._say("with", name=name)
        self._tell("recommend", found)
        if len(goods) == 1:
            self.state = msgspec.structs.replace(self.state, product=goods[0].sku)
        return None

    def _similar(self, advice: SaidAdvice) -> None:
        """Products similar to one, narrowed by stated facts if asked."""
        goods = self._known_products(advice.goods)
        name = full_name(goods[0], self._language) if len(goods) == 1 else advice.text
        alcohol = alcohol_categories(self._tx.db) if ALCOHOL in advice.facts else frozenset[str]()
        allowed = self._may_show(advice.found)
        found = self._affordable([one for one in allowed if answers(one, advice.facts, alcohol)], advice)
        if not found:
            return self._say("like_unknown", name=name)
        self._say("like", name=name)
        self._tell("recommend", found)
        if advice.facts and not POSITIVE.issuperset(advice.facts) and advice.facts != (ALCOHOL,):
            self._say("free_care")
        return None

    def _without(self, advice: SaidAdvice) -> None:
        """Suggest products stated to be free of something.

        Then those whose ingredients lack it, then those not sold as alcohol.
        """
        alcohol = alcohol_categories(self._tx.db) if ALCOHOL in advice.facts else frozenset[str]()
        found = [one for one in self._may_show(advice.found) if answers(one, advice.facts, alcohol)]
        found = self._affordable(found, advice)
        what = self._facts_in_words(advice.facts)
        if not found:
            return self._nothing_stated(advice, what)
        groups: dict[Stated, list[CatalogProduct]] = {"claimed": [], "listed": [], "unstated": []}
        for product in found:
            stated = [stated_of(product, fact) for fact in advice.facts]
            least: Stated = "unstated" if "unstated" in stated else "listed" if "listed" in stated else "claimed"
            groups[least].append(product)
        keys = (("claimed", "free_claimed"), ("listed", "free_listed"), ("unstated", "free_sold"))
        shown_as = [(key, groups[one]) for one, key in keys if groups[one]]  # type: ignore[index]
        for key, products in shown_as[:-1]:
            self._say(key, what=what)
            self.lines += [self._facts.price(product) for product in products[:FIRST]]
        key, products = shown_as[-1]
        self._say(key, what=what)
        self._tell("recommend", products if len(shown_as) == 1 else products[:FIRST])
        if not POSITIVE.issuperset(advice.facts) and advice.facts != (ALCOHOL,):
            self._say("free_care")
        return None

    def _nothing_stated(self, advice: SaidAdvice, what: str) -> None:
        goods = self._known_products(advice.goods)
        if advice.most_minor and advice.found:
            return self._say("for_dear", price=self._facts.money(advice.most_minor))
        if goods:
            return self._tell_stated(goods[:SHOWN], advice.facts)
        return self._say("free_none", what=what)

    def _tell_stated(self, goods: Sequence[CatalogProduct], facts: Sequence[str]) -> None:
        """State for each product whether it has a fact, doesn't, or states nothing."""
        what = self._facts_in_words(facts)
        for product in goods:
            name = full_name(product, self._language)
            stated = {fact: self._stated_fact(product, fact) for fact in facts}
            met = [fact for fact in facts if stated[fact] == "has"]
            if met and not POSITIVE.isdisjoint(met):
                self._say("free_not", name=name, what=self._facts_in_words([one for one in met if one in POSITIVE]))
            elif met:
                self._say("free_has", name=name, what=", ".join(self._noun(one) for one in met))
            else:
                least = "unstated" if "unstated" in stated.values() else "listed" if "listed" in stated.values() else ""
                key = {"unstated": "free_unsaid", "listed": "free_seems"}.get(least, "free_is")
                self._say(key, name=name, what=what)
        if len(goods) == 1:
            self.state = msgspec.structs.replace(self.state, product=goods[0].sku)

    def _for_whom(self, advice: SaidAdvice) -> None:
        suited = self._suitable_products(self._may_show(advice.found), advice)
        found = self._affordable(suited, advice)
        if found:
            self._say({"child": "for_child", "sober": "for_sober"}.get(advice.whom, "for_gift"))
            return self._tell("recommend", found)
        if suited:
            return self._say("for_dear", price=self._facts.money(advice.most_minor))
        if goods := self._known_products(advice.goods):
            aged = any(self._facts.least_age(one) for one in goods)
            return self._say("for_age" if aged else "for_none")
        self._say("for_unknown")
        best = self._affordable(
            self._suitable_products(self._known_products(self._facts.best_sellers(self.customer())), advice), advice
        )
        if best:
            self._say("sells_best")
            self._tell("recommend", best)
        return None

    def _suitable_products(self, products: Sequence[CatalogProduct], advice: SaidAdvice) -> list[CatalogProduct]:
        """The products without those unsuitable for the person."""
        kept_from = EXCLUDING_FACTS.get(advice.whom, ())
        return [
            one
            for one in products
            if not any(stated_of(one, fact) == "has" for fact in kept_from)
            and not (ALCOHOL in kept_from and ALCOHOL in kinds_with_parts(self._tx.db, one))
        ]

    def _affordable(self, products: Sequence[CatalogProduct], advice: SaidAdvice) -> list[CatalogProduct]:
        """The products within the budget; cheapest first if asked."""
        most = advice.most_minor
        found = [one for one in products if not most or (one.price_minor is not None and one.price_minor <= most)]
        return sorted(found, key=lambda one: one.price_minor or 0) if advice.cheapest else found

    def _facts_in_words(self, facts: Sequence[str]) -> str:
        """The facts in words: "without gluten, vegan"."""
        return ", ".join(self._fact(fact) for fact in facts)

    def _fact(self, fact: str) -> str:
        if fact in POSITIVE:
            return say(self._language, f"shop_is_{fact}")
        return say(self._language, "shop_without", what=self._noun(fact))

    def _noun(self, fact: str) -> str:
        return with_final_letters(fact[1:]) if fact.startswith("=") else say(self._language, f"shop_of_{fact}")

    def _stated_fact(self, product: CatalogProduct, fact: str) -> Stated:
        """Whether a product has a fact: as stated of it, or implied by its category."""
        sold = fact == ALCOHOL and ALCOHOL in kinds_with_parts(self._tx.db, product)
        return "has" if sold else stated_of(product, fact)
