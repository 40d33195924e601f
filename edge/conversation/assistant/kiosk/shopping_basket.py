"""A customer's changes to the basket: add, remove, set a number, clear, undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.conversation.assistant.kiosk.shopping_turn import ShoppingTurn, has
from edge.conversation.assistant.phrasing import full_name
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.turns.clarification import quantity_of
from edge.conversation.assistant.turns.dialogue import STOCK_US, CartChange, ClockMark
from edge.conversation.understanding.amounts import without_fillers
from edge.conversation.understanding.clause import Clause, clause_of
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.statement_words import statement_words
from edge.conversation.understanding.said_modifier import SaidModifier
from edge.conversation.understanding.sentence import Sentence
from edge.conversation.understanding.tokens import tokens_of
from edge.core.messages import Refusal
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.search.query.text import words_of
from edge.lib.units.quantity import THOUSANDTHS
from edge.ordering.orders.commands import AddToCart, OpenCart, SetCartLine

MOST = 99 * THOUSANDTHS
"""Maximum of one product in one sentence of a customer, in thousandths."""


class ShoppingBasket(ShoppingTurn):
    """The basket part of a turn; its changes are in `put`."""

    def _put(self, sku: str, quantity: int, modifiers: tuple[str, ...] | None = None) -> None:
        """Add a product to the cart shown on the customer's pages."""
        if self.shows_first:
            return
        if not self._command.cart:
            self._tx.do(OpenCart("kiosk", self._language))
        cart = self._command.cart or self._cart().id
        self._tx.do(AddToCart(cart, sku, quantity=quantity, modifiers=modifiers))

    def _let(self, line: Any, quantity: int) -> None:
        """Set a line's quantity."""
        if not self.shows_first:
            self._tx.do(SetCartLine(self._cart().id, line.id, quantity))

    def _amend(self, clause: Clause) -> None:
        """Remove a product or change its quantity. For the product just added, replace the quantity."""
        if clause.verb == "change" and clause.amount and not (clause.text or clause.unit) and self._put_right(clause):
            return None
        products, _ = self._products(clause)
        meant = {product.sku for product in products}
        lines = [line for line in self._in_cart() if line.sku in meant and is_as_said(line, clause.modifiers)]
        if len(lines) != 1:
            return self._say("not_in_basket" if not lines else "which_line")
        line = lines[0]
        if clause.verb == "change" and clause.amount is None:
            return self._say("how_many_now")
        product = find_by_sku(self._tx.db, line.sku)
        quantity = quantity_of(clause, product) if product and clause.amount else 0
        if quantity is None or quantity % self._step(line.sku):
            return self._say("how_many_now")
        if clause.verb == "remove":  # remove all of it, or only this many
            quantity = max(0, line.quantity - quantity) if quantity else 0
        try:
            self._let(line, quantity)
        except Refusal as refusal:
            return self.lines.append(stock_actions.refusal(refusal.refused, self._language))
        self.put.append(CartChange(line.sku, line.quantity, quantity))
        product = find_by_sku(self._tx.db, line.sku)
        assert product is not None
        self.state = msgspec.structs.replace(self.state, name="done", question=None, item=None, questions=0)
        self._say("changed" if quantity else "removed", name=full_name(product, self._language))
        return self._sum()

    def _clear(self) -> None:
        """Empty the basket; "cancel" restores it."""
        for line in list(self._in_cart()):
            try:
                self._let(line, 0)
            except Refusal as refusal:
                return self.lines.append(stock_actions.refusal(refusal.refused, self._language))
            self.put.append(CartChange(line.sku, line.quantity, 0))
        return self._sum()

    def _put_right(self, clause: Clause | None) -> bool:
        """Undo the newest sentence's change to the basket, once and in time. Returns False if there is nothing to undo.

        With a clause ("no, four"), set that quantity instead. Later changes on the page are kept.
        """
        put, done = self.state.put, self.state.done
        fresh = done is not None and done.age_us(self._now()) <= STOCK_US
        as_left = put and all(self._quantity_of(one.sku, one.modifiers) == one.after for one in put)
        if not (fresh and as_left) or (clause and not (len(put) == 1 and put[0].after > put[0].before)):
            return False
        wanted = put[0].before + (clause.amount or 0) if clause else 0
        if clause and (not 0 < wanted <= MOST or wanted % self._step(put[0].sku)):
            return False
        for one in put:
            left = wanted if clause else one.before
            try:
                self._set(one.sku, left, one.modifiers)
            except Refusal as refusal:
                self.lines.append(stock_actions.refusal(refusal.refused, self._language))
                return True
            product = find_by_sku(self._tx.db, one.sku)
            assert product is not None
            self._say("changed" if left else "removed", name=full_name(product, self._language))
            if clause or self.shows_first:
                before = one.after if self.shows_first else one.before
                self.put.append(CartChange(one.sku, before, left, one.modifiers))
        self.state = msgspec.structs.replace(self.state, put=(), questions=0)
        self._sum()
        return True

    def _instead_of(self, said: Sentence) -> tuple[Clause, CatalogProduct] | None:
        """Read "no, candles": remove the product just added, and return the one to add in the same quantity."""
        known = vocabulary(said.language)
        words = [word for word in tokens_of(self._command.text) if word[0].isalnum()]
        length = known.match(known.negations, words, 0)
        named = clause_of(words[length:], known, "add") if length and len(self.state.put) == 1 else Clause()
        products, sure = self._products(named) if said.clauses and named.text else ([], False)
        if len(products) != 1 or not sure or named.doubt:
            return None
        before = self.state.put[0]
        if not self._put_right(None):
            return None
        amount = named.amount if named.amount is not None else before.after - before.before
        return msgspec.structs.replace(named, amount=amount, whole=""), products[0]

    def _set(self, sku: str, quantity: int, modifiers: tuple[str, ...] | None = None) -> None:
        """Set a product's quantity in the basket, with these modifiers (None: whichever it has)."""
        line = next((line for line in self._in_cart() if line.sku == sku and has(line, modifiers)), None)
        if line is None:
            return self._put(sku, quantity, modifiers)
        return self._let(line, quantity)

    def _step(self, sku: str) -> int:
        """The step a product is sold in, in thousandths."""
        product = find_by_sku(self._tx.db, sku)
        return THOUSANDTHS if product is None or product.unit == "piece" else 1

    def _sum(self) -> None:
        if not (cart := self._cart()) or not cart.lines:
            return self._say("basket_empty")
        return self._say("basket", n=len(cart.lines), total=self._facts.money(cart.basket.total_minor))

    def _now(self) -> ClockMark:
        return ClockMark(self._tx.mono_us, self._tx.boot_id.hex(), self._tx.at_us)


def is_as_said(line: Any, modifiers: Sequence[SaidModifier]) -> bool:
    """Whether a basket line has the modifiers asked for and none of those excluded."""
    refs = {one.ref for one in line.modifiers}
    return all(
        (
            one.without
            and not refs & (set(one.refs) - set(one.leaving))
            and bool(refs & set(one.leaving)) == bool(one.leaving)
        )
        or (not one.without and not refs.isdisjoint(one.refs))
        for one in modifiers
    )


def is_more(clause: Clause, language: str) -> bool:
    """Whether a bare number means more of the product just added ("two more")."""
    known = vocabulary(language)
    words = without_fillers(words_of(clause.text), known)
    said = statement_words(language)
    more = {word for phrase in said.more | said.again for word in phrase}
    return bool(clause.text) and all((word,) in known.joiners or word in more for word in words)
