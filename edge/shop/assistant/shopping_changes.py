"""What a customer changes of a basket without saying all of it again: one less, both out, others instead.

What is meant is what they spoke of last, where that is one thing; else it is asked, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.core.messages import Refusal
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.assistant import stock_actions
from edge.shop.assistant.clarification import packs_or_one
from edge.shop.assistant.dialogue import CartChange, WantedItem
from edge.shop.assistant.phrasing import full_name
from edge.shop.assistant.shopping_advice import ShoppingAdvice
from edge.shop.assistant.shopping_basket import MOST, quantity_of
from edge.shop.catalog.queries import CatalogProduct
from edge.shop.orders.commands import SetCartLine
from edge.shop.understanding.clause import Clause
from edge.shop.understanding.reading.model import BasketChange

PAIR = 2


class ShoppingChanges(ShoppingAdvice):
    """One turn, as far as it changes what is in the basket."""

    def _change_basket(self, change: BasketChange) -> tuple[Clause, CatalogProduct] | None:
        """Do it, or ask; what is to come in instead is for the caller to put in."""
        tools = {"swap": ("remove", "add"), "more": ("add",)}.get(change.change, ("remove",))
        if not all(tool in self._tools for tool in tools):
            self._say("not_here")
            return None
        self.tools_used.append("change")
        self.state = msgspec.structs.replace(self.state, questions=0)
        if change.change == "both":
            self._both_out()
            return None
        if change.change == "set" and not change.named and self._put_right(Clause("change", change.amount)):
            return None
        found = self._lines_meant(change)
        if change.change == "set" and change.named and not found and len(known := self._known(change.of)) == 1:
            return Clause("add", change.amount, "unit", text=full_name(known[0], self._language)), known[0]
        if len(found) != 1:
            self._say("which_line" if found or (self._in_cart() and not change.named) else "not_in_basket")
            return None
        if change.change == "less":
            self._less(found[0], found[0].quantity if change.amount is None else change.amount)
            return None
        if change.change in ("more", "set"):
            before = found[0].quantity if change.change == "more" else 0
            self._so_many(found[0], before + (change.amount or 0))
            return None
        return self._swap(found[0], change)

    def _lines_meant(self, change: BasketChange) -> Sequence[Any]:
        """The lines that are named; else of what was put in or changed just now; else of what was spoken of; else the
        only one there is."""
        lines = [line for line in self._in_cart() if line.quantity]
        if change.named:
            return [line for line in lines if line.sku in change.of]
        newest = {one.sku for one in self.state.put if one.after}
        for skus in (newest, {self.state.product}):
            if found := [line for line in lines if line.sku in skus]:
                return found
        return lines

    def _both_out(self) -> None:
        """The two that were put in just now, or the only two there are."""
        lines = [line for line in self._in_cart() if line.quantity]
        newest = {one.sku for one in self.state.put if one.after}
        found = [line for line in lines if line.sku in newest]
        meant = found if len(found) == PAIR else lines
        if len(meant) != PAIR:
            return self._say("which_line" if lines else "not_in_basket")
        for line in meant:
            if not self._set_line(line, 0):
                return None
        return self._sum()

    def _less(self, line: Any, amount: int) -> None:
        quantity = line.quantity - amount
        if quantity < 0 or quantity % self._step(line.sku):
            return self._say("how_many_now")
        if self._set_line(line, quantity):
            self._sum()
        return None

    def _so_many(self, line: Any, quantity: int) -> None:
        if not 0 < quantity <= MOST or quantity % self._step(line.sku):
            return self._say("how_many_now")
        if self._set_line(line, quantity):
            self._sum()
        return None

    def _swap(self, line: Any, change: BasketChange) -> tuple[Clause, CatalogProduct] | None:
        """Out with it, if the other can come in as it is said: nothing is lost by a question."""
        into = self._known(change.into)
        if len(into) != 1:
            self._say("swap_which", names=", ".join(full_name(one, self._language) for one in into))
            return None
        product = into[0]
        amount = line.quantity if change.amount is None else change.amount
        clause = Clause(
            "add", amount, "unit" if product.unit == "piece" else "", text=full_name(product, self._language)
        )
        quantity = quantity_of(clause, product)
        whole = quantity is not None and 0 < quantity <= MOST and not quantity % THOUSANDTHS
        sold = product.price_minor is not None and not self._facts.least_age(product)
        asks = product.unit != "piece" or packs_or_one(WantedItem(clause), product, self._language) is not None
        if sold and (asks or not whole):
            self._say("how_many_now")
            return None
        if sold and not self._set_line(line, 0):
            return None
        return clause, product

    def _set_line(self, line: Any, quantity: int) -> bool:
        """Let so much of a line be in the basket; False: that is refused, and said."""
        try:
            self._tx.do(SetCartLine(self._cart().id, line.id, quantity))
        except Refusal as refusal:
            self.lines.append(stock_actions.refusal(refusal.refused, self._language))
            return False
        self.put.append(CartChange(line.sku, line.quantity, quantity))
        self.state = msgspec.structs.replace(self.state, name="done", question=None, item=None, product=line.sku)
        for product in self._known((line.sku,)):
            self._say("changed" if quantity else "removed", name=full_name(product, self._language))
        return True
