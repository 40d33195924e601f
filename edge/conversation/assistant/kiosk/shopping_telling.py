"""Answers for customers: products and prices, the basket, offers, best sellers, their wish list."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from edge.conversation.assistant.errands.shelf_places import shelf_sentence
from edge.conversation.assistant.kiosk.shopping_basket import ShoppingBasket
from edge.conversation.assistant.kiosk.shopping_facts import SHOWN
from edge.conversation.assistant.phrasing import full_name, say
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.turns.clarification import quantity_of
from edge.conversation.assistant.turns.dialogue import SAYS, AnswerOption
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.said_modifier import SaidModifier
from edge.core.messages import Refusal
from edge.goods.catalog.queries import CatalogProduct
from edge.lib.i18n import translate
from edge.lib.units.quantity import THOUSANDTHS
from edge.ordering.orders.commands import TouchCart
from edge.people.customers.commands import AddWish
from edge.people.customers.queries import wished_skus

READS = frozenset({"price", "in_stock", "details", "reviews", "find"})
"""Verbs that ask about goods and don't change the basket."""


def asked_of(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Merge a question without a product with the one named after it: "is there any left, of the riesling?"."""
    first, *rest = clauses
    if first.verb not in READS or first.text or not rest or not rest[0].text or rest[0].verb not in ("", first.verb):
        return clauses
    return (msgspec.structs.replace(rest[0], verb=first.verb), *rest[1:])


class ShoppingTelling(ShoppingBasket):
    """The read-only part of a turn."""

    def _tell(self, intent: str, products: list[CatalogProduct], modifiers: Sequence[SaidModifier] = ()) -> None:
        facts = self._facts
        if modifiers and intent in ("price", "find"):
            self.lines += [facts.price_with(product, modifiers) for product in products[:SHOWN]]
            self.state = msgspec.structs.replace(self.state, product=products[0].sku if len(products) == 1 else "")
            return
        at_a_time = SHOWN // 2 if intent in ("reviews", "recommend") else SHOWN
        shown, rest = products[:at_a_time], products[at_a_time:]
        if intent == "reviews":
            for product in shown:
                self.lines += facts.reviews(product)
        else:
            told = {"details": facts.details, "in_stock": facts.in_stock}.get(intent, facts.price)
            self.lines += [told(product) for product in shown]
        if rest:
            if intent != "recommend":
                self.lines.append(say(self._language, "more_of_them", n=len(rest)))
            self.offers = (AnswerOption(SAYS + say(self._language, "another"), say(self._language, "another"), "…"),)
            further = tuple(one.sku for one in rest)
            self.state = msgspec.structs.replace(self.state, further=further, further_as=intent)
        listed = tuple(one.sku for one in shown) if len(products) > 1 else ()
        about = products[0].sku if len(products) == 1 else self.state.product
        self.state = msgspec.structs.replace(self.state, product=about, listed=listed)

    def _tell_price(self, clause: Clause, product: CatalogProduct) -> None:
        """State the price of a quantity of one product."""
        self.lines.append(self._facts.price_of(product, quantity_of(clause, product) or THOUSANDTHS))
        self.state = msgspec.structs.replace(self.state, product=product.sku)

    @property
    def _goods_shown(self) -> bool:
        """Whether this agent may show products."""
        return "find" in self._tools

    def _tell_where(self, skus: tuple[str, ...]) -> None:
        """State the shelf of products."""
        meant = skus or ((self.state.product,) if self.state.product else ())
        products = self._known_products(meant)
        if not products:
            return self._say("not_found")
        day, language = self._tx.business_date, self._language
        self.lines += [shelf_sentence(self._tx.db, one, day, language) for one in products[:SHOWN]]
        if len(products) == 1:
            self.state = msgspec.structs.replace(self.state, product=products[0].sku)
        return None

    def _compare(self, clauses: tuple[Clause, ...]) -> None:
        """Compare two products, or all candidates; an unnamed side means the product mentioned last."""
        meant: list[CatalogProduct] = []
        for clause in clauses:
            products, sure = self._products(clause)
            if clause.text and not (products and sure):
                return self.lines.append(say(self._language, "not_found_here", text=clause.text))
            meant += [one for one in products if one not in meant]
        if len(meant) < 2:
            return self._say("compare_what")
        self.lines += self._facts.compare_products(meant)
        return None

    def _wishes(self, clause: Clause) -> None:
        """Read or extend the wish list of the customer identified in this cart, and no other."""
        customer = self.customer()
        if not customer:
            return self._say("wish_whose")
        if not clause.text:
            skus = wished_skus(self._tx.db, customer)[:SHOWN]
            wished = self._known_products(skus)
            self._say("wishes" if wished else "no_wishes")
            self.lines += [self._facts.price(product) for product in wished]
            return None
        products, sure = self._products(clause)
        if len(products) != 1 or not sure:
            return self.lines.append(say(self._language, "not_found_here", text=clause.text))
        try:
            self._tx.do(AddWish(customer, products[0].sku))
        except Refusal as refusal:
            return self.lines.append(stock_actions.refusal(refusal.refused, self._language))
        return self._say("wished", name=full_name(products[0], self._language))

    def _basket(self) -> None:
        self._priced_now()
        self.lines += self._facts.basket(self._in_cart())
        self._sum()

    def _priced_now(self) -> None:
        """Reprice the cart to current prices before reporting it."""
        if (cart := self._cart()) and not cart.is_over(self._tx.at_us):
            with suppress(Refusal):  # the cart expired just now: report it unchanged
                self._tx.do(TouchCart(cart.id))

    def _checkout(self) -> None:
        """State the total; placing the order takes a tap."""
        self._priced_now()
        self._sum()
        if self._in_cart():
            self._say("checkout", button=translate(self._language, "kiosk.order"))

    def _promotions(self) -> None:
        running = self._facts.promotions()
        if not running:
            return self._say("no_promotions")
        self.lines += running
        return None

    def _recommend(self) -> None:
        """Recommend the signed-in customer's regular products, with their consent; else best sellers."""
        customer = self.customer()
        if again := self._known_products(self._facts.repeat_purchases(customer)):
            self._say("bought_again")
            return self._tell("recommend", again)
        best = self._known_products(self._facts.best_sellers(customer))
        if not best:
            return self._say("nothing_known")
        self._say("sells_best")
        return self._tell("recommend", best)
