"""The customer's conversation at a kiosk: finds, tells, fills their own basket, and hands over to a person.

What is put into the basket is shown at once and can be taken out again; paying is a tap, never a sentence. What is
declined is declined before anything is looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec

from edge.core.messages import Done, Refused
from edge.core.registry import Transaction
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.assistant import product_matching, stock_actions
from edge.shop.assistant.clarification import Asked, offer
from edge.shop.assistant.commands import FoundProducts, TakeTurn
from edge.shop.assistant.dialogue import TRIES, ClockMark, Deed, OpenQuestion, TalkState, WantedItem
from edge.shop.assistant.phrasing import counted, full_name, say, unit_of
from edge.shop.assistant.sentence import Clause, Sentence
from edge.shop.catalog.queries import StockedProduct, find_by_sku
from edge.shop.orders.commands import AddToCart, CallStaff, OpenCart, SetCartLine
from edge.shop.orders.queries import cart_at, read_hours
from edge.shop.promotions.queries import read_promotions
from edge.shop.stock.queries import read_stock

SHOWN = 6
MOST = 99 * THOUSANDTHS
"""Of one thing, in one sentence of a customer's."""
READS = frozenset({"price", "in_stock", "details", "find"})
_BEST = """
    SELECT p.sku FROM search_sold s JOIN product p ON p.id = s.id
    WHERE p.retired_us IS NULL AND p.price_minor IS NOT NULL ORDER BY s.heat DESC LIMIT ?
"""


class ShoppingTalk:
    """One turn of a customer's."""

    def __init__(self, tx: Transaction, command: TakeTurn, state: TalkState, language: str, currency: str) -> None:
        self._tx = tx
        self._command = command
        self._language = language
        self._currency = currency
        self.state = state
        self.lines: list[str] = []
        self.deeds: list[Deed] = []
        self.undone: tuple[Deed, ...] = ()

    def take(self, said: Sentence) -> Refused | None:
        """Take a turn. A refusal changes nothing."""
        question = self.state.question
        named = self._command.question or self._command.option
        if named and (question is None or self._command.question not in ("", question.id)):
            return Refused("question_over", {"chosen": self.state.settled_as})
        if question and (self._command.option or said.kind == "other"):
            self._answer(question, said)
        elif said.kind == "act":
            self._wish(said.clauses[0])
        elif said.kind == "other":
            self._find(said.clauses[0])
        else:
            self._short(said)
        return None

    def _say(self, key: str, **values: object) -> None:
        self.lines.append(say(self._language, f"shop_{key}", **values))

    def _short(self, said: Sentence) -> None:
        """A reply that needs no product."""
        if said.kind == "language":
            self.lines.append(say(self._language, "language_is"))
        elif said.kind in ("cancel", "no") and self.state.question:
            self.state = msgspec.structs.replace(self.state, name="cancelled", question=None, item=None)
            self._say("never_mind")
        elif said.kind == "help":
            self._say("help")
        else:
            self._lost()

    def _lost(self) -> None:
        """Not understood: asked back twice, then a person is offered."""
        tries = self.state.questions + 1
        self.state = msgspec.structs.replace(self.state, questions=tries)
        self._say("not_understood") if tries <= TRIES else self._person()

    def _wish(self, clause: Clause) -> None:
        simple: dict[str, Callable[[], None]] = {"basket": self._basket, "promotions": self._promotions}
        simple |= {"recommend": self._recommend}
        simple |= {"hours": self._hours, "person": self._person}
        if clause.verb in ("medical", "minors", "people"):
            return self._say(clause.verb)
        if clause.verb in simple:
            return simple[clause.verb]()
        if clause.verb in ("remove", "change"):
            return self._amend(clause)
        self._find(clause)
        return None

    def _found(self, text: str) -> FoundProducts:
        return next((one for one in self._command.found if one.text == text), FoundProducts(text, "none"))

    def _products(self, clause: Clause) -> tuple[list[StockedProduct], bool]:
        """What is meant, and whether that is sure; the nearest where nothing is."""
        if not clause.text:
            skus: tuple[str, ...] = (self.state.product,) if self.state.product else ()
            sure = True
        else:
            found = self._found(f"={clause.whole}") if clause.whole else FoundProducts("", "none")
            found = found if found.kind == "all" else self._found(clause.text)
            skus, sure = found.skus, found.kind != "none"
        known = [one for sku in skus if (one := find_by_sku(self._tx.db, sku, self._tx.at_us))]
        return product_matching.of_container(known, clause.container), sure

    def _find(self, clause: Clause) -> None:
        """Something about a product, or into the basket with it."""
        products, sure = self._products(clause)
        if not products or (not sure and clause.verb != "find"):
            return self._say("not_found") if clause.verb in (*READS, "add") else self._lost()
        self.state = msgspec.structs.replace(self.state, questions=0)
        if clause.verb in READS or (not clause.verb and clause.amount is None):
            return self._tell(clause.verb or "find", products)
        if len(products) > 1 or not sure:
            return self._choose(WantedItem(clause), products)
        return self._add(clause, products[0])

    def _tell(self, intent: str, products: list[StockedProduct]) -> None:
        lines = {"details": self._details, "in_stock": self._stocked}.get(intent, self._priced)
        self.lines += [lines(product) for product in products[:SHOWN]]
        if len(products) > SHOWN:
            self.lines.append(say(self._language, "more_of_them", n=len(products) - SHOWN))
        if len(products) == 1:
            self.state = msgspec.structs.replace(self.state, product=products[0].sku)

    def _money(self, minor: int) -> str:
        return f"{show_minor(minor, self._currency)} {self._currency}"

    def _priced(self, product: StockedProduct) -> str:
        name = full_name(product, self._language)
        if product.price_minor is None:
            return say(self._language, "shop_no_price", name=name)
        return say(self._language, "shop_price", name=name, price=self._money(product.price_minor))

    def _stocked(self, product: StockedProduct) -> str:
        key = "shop_in_stock" if read_stock(self._tx.db, product.sku) > 0 else "shop_out_of_stock"
        return say(self._language, key, name=full_name(product, self._language))

    def _details(self, product: StockedProduct) -> str:
        facts = [product_matching.size_of(product), product.brand]
        facts += [f"{name}: {value.text[:80]}" for name, value in list((product.attributes or {}).items())[:4]]
        if product.min_age:
            facts.append(say(self._language, "shop_age", age=product.min_age))
        return ", ".join([self._priced(product), *(fact for fact in facts if fact)])

    def _choose(self, item: WantedItem, products: list[StockedProduct]) -> None:
        asked = offer(item, products, "which_kind", self._language)
        self._ask(asked)

    def _ask(self, asked: Asked) -> None:
        number = self.state.questions + 1
        now = ClockMark(self._tx.mono_us, self._tx.boot_id.hex(), self._tx.at_us)
        id = f"{self._command.session[-8:]}-{self._command.turn[-12:]}-{number}"
        question = OpenQuestion(id, asked.state, asked.text, asked.options, now, further=asked.further)
        self.lines.append(asked.text)
        self.state = msgspec.structs.replace(
            self.state, name=asked.state, item=asked.item, question=question, product=asked.item.sku
        )

    def _answer(self, question: OpenQuestion, said: Sentence) -> None:
        """Which of several, by a tap or in words; how many, as a number."""
        item = self.state.item
        assert item is not None
        clause = said.clauses[0] if said.clauses else Clause()
        if question.state == "asking_quantity":
            product = find_by_sku(self._tx.db, item.sku, self._tx.at_us)
            if product is None or clause.amount is None or clause.text:
                return self._again(question)
            return self._add(msgspec.structs.replace(item.clause, amount=clause.amount), product)
        known = [one for sku in item.skus if (one := find_by_sku(self._tx.db, sku, self._tx.at_us))]
        if self._command.option == "another":
            return self._choose(item, [one for one in known if one.sku in question.further])
        if self._command.option:
            left = [one for one in known if one.sku == self._command.option]
        else:
            left = product_matching.narrowed(known, clause)
            left = product_matching.of_container(left or known, clause.container) if clause.container else left
        if len(left) == 1:
            return self._add(item.clause, left[0])
        return self._choose(item, left) if left and len(left) < len(known) else self._again(question)

    def _again(self, question: OpenQuestion) -> None:
        if question.tries >= TRIES:
            self.state = msgspec.structs.replace(self.state, name="cancelled", question=None, item=None)
            return self._person()
        again = msgspec.structs.replace(question, tries=question.tries + 1)
        self.state = msgspec.structs.replace(self.state, question=again)
        self.lines.append(say(self._language, "choose_one", question=question.text))
        return None

    def _add(self, clause: Clause, product: StockedProduct) -> None:
        """Into the basket, by the till's own command."""
        name = full_name(product, self._language)
        if clause.doubt or (clause.amount is None and product.unit != "piece"):
            return self._how_many(clause, product)
        quantity = THOUSANDTHS if clause.amount is None else clause.amount
        if clause.unit == "g":
            quantity //= 1000
        if product.min_age:
            return self._say("age_first", name=name, age=product.min_age)
        if not 0 < quantity <= MOST or (product.unit == "piece" and quantity % THOUSANDTHS):
            return self._how_many(clause, product)
        outcome = self._put(product.sku, quantity)
        if isinstance(outcome, Refused):
            return self.lines.append(stock_actions.refusal(outcome, self._language))
        self.state = msgspec.structs.replace(
            self.state, name="done", question=None, item=None, product=product.sku, questions=0
        )
        self._say("added", what=f"{counted(quantity, unit_of(product), self._language)} {name}")
        return self._sum()

    def _how_many(self, clause: Clause, product: StockedProduct) -> None:
        unit = say(self._language, f"unit_{product.unit}")
        cleared = msgspec.structs.replace(clause, amount=None, doubt="")
        item = WantedItem(cleared, (product.sku,), product.sku)
        self._ask(Asked(item, "asking_quantity", say(self._language, "how_many", units=unit)))

    def _put(self, sku: str, quantity: int) -> Done | Refused:
        """Into the kiosk's own cart, the one that its pages show."""
        opened = self._tx.do(OpenCart("kiosk", self._language))
        if isinstance(opened, Refused):
            return opened
        return self._tx.do(AddToCart(self._cart().id, sku, quantity=quantity))

    def _cart(self) -> Any:
        return cart_at(self._tx.db, self._tx.actor.register, self._tx.at_us)

    def _lines(self) -> tuple[Any, ...]:
        cart = self._cart()
        return cart.lines if cart else ()

    def _hours(self) -> None:
        """Today's, as the shop has set them."""
        hours = read_hours(self._tx.db)
        if hours == type(hours)():
            return self._say("hours")
        spans = hours.weekly[date.fromisoformat(self._tx.business_date).weekday()]
        if not spans:
            return self._say("closed_today")
        told = ", ".join(f"{_clock(span.from_min)}-{_clock(span.until_min)}" for span in spans)
        return self._say("hours_today", hours=told)

    def _person(self) -> None:
        """Somebody is called, by the same bell as the kiosk's button."""
        self._tx.do(CallStaff())
        self._say("person")

    def _amend(self, clause: Clause) -> None:
        """Take something out of the basket, or another number of it."""
        products, _ = self._products(clause)
        meant = {product.sku for product in products}
        lines = [line for line in self._lines() if line.sku in meant]
        if len(lines) != 1:
            return self._say("not_in_basket" if not lines else "which_line")
        line = lines[0]
        if clause.verb == "change" and clause.amount is None:
            return self._say("how_many_now")
        quantity = 0 if clause.verb == "remove" else clause.amount or 0
        outcome = self._tx.do(SetCartLine(self._cart().id, line.id, quantity))
        if isinstance(outcome, Refused):
            return self.lines.append(stock_actions.refusal(outcome, self._language))
        product = find_by_sku(self._tx.db, line.sku)
        assert product is not None
        self.state = msgspec.structs.replace(self.state, name="done", question=None, item=None, questions=0)
        self._say("removed" if clause.verb == "remove" else "changed", name=full_name(product, self._language))
        return self._sum()

    def _basket(self) -> None:
        lines = self._lines()
        for line in lines[:SHOWN]:
            name = line.names.get(self._language) or next(iter(line.names.values()), line.sku)
            figure = counted(line.quantity, line.unit, self._language)
            self.lines.append(f"{figure} {name}: {self._money(line.amount_minor)}")
        self._sum()

    def _sum(self) -> None:
        cart = self._cart()
        if not cart or not cart.lines:
            return self._say("basket_empty")
        return self._say("basket", n=len(cart.lines), total=self._money(cart.basket.total_minor))

    def _promotions(self) -> None:
        now = self._tx.at_us
        running = [one.promotion for one in read_promotions(self._tx.db, now) if (one.promotion.from_us or 0) <= now]
        if not running:
            return self._say("no_promotions")
        for one in running[:SHOWN]:
            self.lines.append(one.names.get(self._language) or next(iter(one.names.values()), one.id))
        return None

    def _recommend(self) -> None:
        """What sells best here."""
        skus = [sku for (sku,) in self._tx.db.execute(_BEST, (SHOWN // 2,))]
        products = [one for sku in skus if (one := find_by_sku(self._tx.db, sku, self._tx.at_us))]
        if not products:
            return self._say("nothing_known")
        self._say("sells_best")
        self.lines += [self._priced(product) for product in products]
        return None


def _clock(minutes: int) -> str:
    """Minutes of a day as hours and minutes."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
