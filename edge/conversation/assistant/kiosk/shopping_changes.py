"""Changes to the basket by reference: one less, both out, swap for others.

They refer to the last product mentioned if that is unambiguous; otherwise the assistant asks and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.conversation.assistant.kiosk.shopping_advice import ShoppingAdvice
from edge.conversation.assistant.kiosk.shopping_basket import MOST
from edge.conversation.assistant.phrasing import full_name, unit_of
from edge.conversation.assistant.stock import stock_actions
from edge.conversation.assistant.turns.clarification import MEASURES, packs_or_one, quantity_of
from edge.conversation.assistant.turns.dialogue import CartChange, TalkState, WantedItem
from edge.conversation.understanding import product_matching
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.linking import has_words
from edge.conversation.understanding.reading.model import BasketChange
from edge.conversation.understanding.reading.statement_words import statement_words
from edge.core.messages import Refusal
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.search.query.text import words_of
from edge.lib.units.quantity import THOUSANDTHS

PAIR = 2
TWICE = 2000
OF_BASKET = ("only", "less", "swap", "times")
"""Changes that apply only to goods in the basket; other changes may add goods."""
GRAMS_LEAST = 10
"""Minimum number of grams; a smaller number of weighed goods means kilos."""


def as_in_basket(change: BasketChange, goods: Sequence[CatalogProduct]) -> BasketChange:
    """Return a change limited to products in the basket, if any there match.

    A number that is part of a single product's name isn't a quantity ("keep just the 15", of creams).
    """
    also = tuple(as_in_basket(one, goods) for one in change.also)
    change = msgspec.structs.replace(change, also=also)
    if change.is_named and change.change in OF_BASKET and not {one.sku for one in goods} & {*change.of}:
        called = tuple(one.sku for one in goods if has_words(one, change.text.split()))
        return msgspec.structs.replace(change, of=called or change.of)
    plain = not (change.is_named or change.unit or change.at or change.container or also or change.besides)
    if change.change != "set" or not plain or len(goods) < PAIR:
        return change
    number = str((change.amount or 0) // THOUSANDTHS)
    numbered = tuple(one.sku for one in goods if number in words_of(" ".join(one.names.values())))
    if len(numbered) != 1:
        return change
    return BasketChange("only", change.language, text=number, of=numbered)


def may_change(change: BasketChange, state: TalkState, lines: Sequence[Any]) -> bool:
    """Whether a possible request is instead a change to the basket."""
    skus = {line.sku for line in lines if line.quantity}
    newest = {one.sku for one in state.put if one.after} & skus
    if not change.loose:
        return True
    match change.change:
        case "only":
            return bool(skus & {*change.of}) and not skus <= {*change.of}
        case "each":
            return len(skus) > 1
        case "more" if change.is_named:
            return bool(skus & {*change.of})
        case "more":
            return bool(newest) or bool(state.product)
        case "swap" if skus & {*change.into}:
            return change.amount is not None and bool(newest & {*change.into})
        case "set" if not change.is_named:
            return len(newest) == 1
        case "set" | "times" if change.is_named:
            return bool(skus & {*change.of})
    return bool(skus)


class ShoppingChanges(ShoppingAdvice):
    """The part of a turn that changes lines in the basket."""

    def _change_basket(self, change: BasketChange) -> tuple[Clause, CatalogProduct] | None:
        """Make a change or ask about it. Returns a replacement product for the caller to add."""
        tools = {"swap": ("remove", "add"), "more": ("add",)}.get(change.change, ("remove",))
        if not all(tool in self._tools for tool in tools):
            self._say("not_here")
            return None
        self.tools_used.append("change")
        self.state = msgspec.structs.replace(self.state, questions=0)
        if change.change == "both":
            self._both_out()
            return None
        if change.change == "stands":
            self._sum()
            return None
        if change.change == "back":
            self._as_before()
            return None
        if change.change == "clear":
            self._clear()
            return None
        if change.change == "undo":
            if not self._put_right(None):
                self._sum()
            return None
        if change.change == "again":
            return self._as_many(change)
        if change.change in ("each", "only") or change.every:
            self._all_lines(change)
            return None
        plain = not (change.is_named or change.at or change.container or change.also)
        lines = [line for line in self._in_cart() if line.quantity]
        if change.change == "more" and plain and change.amount is None and len(self._fresh(lines)) == len(lines) > 1:
            self._all_lines(msgspec.structs.replace(change, change="times", amount=TWICE))  # "the same again"
            return None
        if change.change == "set" and plain and self._put_so_much(change):
            return None
        found = self._referenced_lines(change)
        if change.at and not found:
            if change.at == 1 or not change.among:  # ask once, not for each line
                self._say("which_line")
            return None
        if not found and change.change == "set" and change.is_named and self._points(change.language):
            change = msgspec.structs.replace(change, change="swap", amount=None, text="", of=(), into=change.of)
            found = self._referenced_lines(change)
        if change.change == "swap" and not change.is_named and change.amount is not None and len(found) > 1:
            lies = [line for line in self._in_cart() if line.quantity and line.sku in change.into]
            found = lies if len(lies) == 1 else found  # "make it two challahs", beside one challah
        coming = change.of if change.is_named else (self.state.product,)
        if change.change in ("set", "more") and not found and len(known := self._known_products(coming)) == 1:
            unit = change.unit or ("unit" if known[0].unit == "piece" else "")
            return Clause("add", change.amount, unit, text=full_name(known[0], self._language)), known[0]
        if len(found) != 1:
            self._say("which_line" if found or (self._in_cart() and not change.is_named) else "not_in_basket")
            return None
        return self._change_line(found[0], change)

    def _points(self, language: str) -> bool:
        """Whether a final "one" refers to a product instead of counting it: "make that the 3% one"."""
        last = words_of(self._command.text)[-1]
        points = last in vocabulary(language).numbers and (last,) in statement_words(language).pointing
        return points and len(self._fresh(self._in_cart())) == 1

    def _as_many(self, change: BasketChange) -> tuple[Clause, CatalogProduct] | None:
        """Add as many of another product as were just added."""
        known, last = self._known_products(change.of), self.state.put[-1] if self.state.put else None
        if len(known) != 1 or last is None or last.after <= last.before:
            self._say("how_many_now")
            return None
        amount = last.after - last.before if change.amount is None else change.amount
        return Clause("add", amount, change.unit, text=full_name(known[0], self._language)), known[0]

    def _change_line(self, line: Any, change: BasketChange) -> tuple[Clause, CatalogProduct] | None:
        if change.change == "swap" and not change.is_named and line.sku in change.into:
            change = msgspec.structs.replace(change, change="set")  # "make it 3 bagels" when it's bagels already
        match change.change:
            case "swap":
                return self._swap(line, change)
            case "less":
                whole = line.quantity if change.amount is None else change.amount
                less = self._as_said(change, line.sku, line.quantity) if change.unit else whole
                self._say("how_many_now") if less is None else self._less(line, less)
            case "times":
                self._so_many(line, line.quantity * (change.amount or 0) // THOUSANDTHS)
            case "more":
                if any(one.sku == line.sku and one.after < one.before for one in self.state.put):
                    self._say("how_many_now")  # "take one out", then "and another": remove or add?
                    return None
                again = (one.after - one.before for one in self.state.put if one.sku == line.sku)
                more = next(again, line.quantity) if change.amount is None else change.amount
                more = self._as_said(change, line.sku, 0) if change.unit else more
                self._say("how_many_now") if not more else self._so_many(line, line.quantity + more)
            case _:
                self._so_many(line, self._as_said(change, line.sku, line.quantity) or 0)
        return None

    def _put_so_much(self, change: BasketChange) -> bool:
        """Set the quantity of the product just added."""
        newest = self.state.put[0] if len(self.state.put) == 1 else None
        amount = self._as_said(change, newest.sku, newest.after) if newest else None
        if newest and newest.before and amount == newest.after:
            return False  # "so a kilo" when half a kilo has just become a kilo
        return amount is not None and self._put_right(Clause("change", amount))

    def _as_said(self, change: BasketChange, sku: str, before: int) -> int | None:
        """Return the quantity that a change states, in thousandths of the sales unit; None if the unit doesn't fit.

        A bare number takes the customer's earlier unit: grams below a kilo, else kilos.
        """
        product = next(iter(self._known_products((sku,))), None)
        if product is None or change.amount is None:
            return None
        if change.unit or product.unit not in MEASURES:
            return quantity_of(Clause("change", change.amount, change.unit), product)
        in_grams = before < THOUSANDTHS
        if in_grams == (change.amount < GRAMS_LEAST * THOUSANDTHS):
            return None
        return change.amount // THOUSANDTHS if in_grams else change.amount

    def _all_lines(self, change: BasketChange) -> None:
        """Change all lines: "one of each"; or keep only some: "only the baguettes"."""
        lines = [line for line in self._in_cart() if line.quantity]
        if change.change == "only":
            wanted = {line.id: 0 for line in lines if line.sku not in change.of}
        elif change.change == "times":
            wanted = {line.id: line.quantity * (change.amount or 0) // THOUSANDTHS for line in lines}
        else:
            fresh, amount = self._fresh(lines), change.amount or 0
            more = {"more": amount, "less": -amount}.get(change.change)
            each = fresh if len(fresh) > 1 else lines
            alike = {
                line.id: self._as_said(change, line.sku, line.quantity) if change.unit else amount for line in each
            }
            wanted = {line.id: alike[line.id] or 0 if more is None else line.quantity + more for line in each}
            if None in alike.values():
                return self._say("how_many_now")
        meant = [line for line in lines if line.id in wanted]
        if any(wanted[line.id] % self._step(line.sku) or not 0 <= wanted[line.id] <= MOST for line in meant):
            return self._say("how_many_now")
        for line in meant:
            if not self._set_line(line, wanted[line.id]):
                return None
        return self._sum()

    def _referenced_lines(self, change: BasketChange) -> Sequence[Any]:
        """Return the named lines; else those just changed; else those mentioned last; else the only one."""
        lines = [line for line in self._in_cart() if line.quantity]
        if change.is_named:
            found = [line for line in lines if line.sku in change.of]
            said = [line for line in found if self._is_called(line.sku, change.text)]
            return said or found
        fresh = self._fresh(lines)
        if change.at:
            return self._line_at(change, lines, fresh)
        if change.container and (called := [line for line in lines if self._comes_in(line.sku, change.container)]):
            lines, fresh = called, [line for line in fresh if line in called]
        for found in (fresh, [line for line in lines if line.sku == self.state.product]):
            if found:
                return found
        return lines

    def _line_at(self, change: BasketChange, lines: Sequence[Any], fresh: Sequence[Any]) -> Sequence[Any]:
        """Return the first, second or last line.

        The last may only be the one just added. `among`: the number of lines referred to.
        """
        if change.among:
            lines = fresh if len(fresh) == change.among else lines
            return lines[change.at - 1 : change.at] if len(lines) == change.among else []
        if change.at < 0:
            return fresh if len(fresh) == 1 else lines[-1:]
        return lines[change.at - 1 : change.at]

    def _fresh(self, lines: Sequence[Any]) -> list[Any]:
        """The lines added by the newest sentence."""
        newest = {one.sku for one in self.state.put if one.after}
        return [line for line in lines if line.sku in newest]

    def _comes_in(self, sku: str, container: str) -> bool:
        return any(product_matching.container(one) == container for one in self._known_products((sku,)))

    def _as_before(self) -> None:
        """Restore the lines that the newest sentence changed; keep its additions."""
        changed = bool(self.state.put) and all(one.before for one in self.state.put)
        if not (changed and self._put_right(None)):
            self._sum()

    def _is_called(self, sku: str, text: str) -> bool:
        """Whether a product has these words in its name, not just in its category."""
        return any(has_words(one, text.split()) for one in self._known_products((sku,)))

    def _both_out(self) -> None:
        """Remove the two lines just added, or else the only two lines."""
        lines = [line for line in self._in_cart() if line.quantity]
        found = self._fresh(lines)
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
        """Replace a line or part of it. Nothing is removed until the other product can be added as requested."""
        into = self._of_kind(line.sku, self._known_products(change.into))
        if len(into) != 1:
            self._say("swap_which", names=", ".join(full_name(one, self._language) for one in into))
            return None
        product, out = into[0], line.quantity if change.out is None else change.out
        amount = out if change.amount is None else change.amount
        unit = change.unit or ("unit" if product.unit == "piece" else "")
        if not change.unit and product.unit in MEASURES and change.amount is None:
            unit = product.unit  # the same weight or volume as before
        clause = Clause("add", amount, unit, text=full_name(product, self._language))
        quantity = quantity_of(clause, product)
        whole = quantity is not None and 0 < quantity <= MOST and not quantity % self._step(product.sku)
        sold = product.price_minor is not None and not self._facts.least_age(product)
        was = next(iter(self._known_products((line.sku,))))
        alike = bool(product.container and was.container) and (product.unit, product.category) == (
            was.unit,
            was.category,
        )
        same = change.amount is not None or alike or unit_of(product) == unit_of(was)  # alike: a can for a bottle
        asks = not same or packs_or_one(WantedItem(clause), product, self._language) is not None
        if sold and (asks or not whole or out > line.quantity):
            self._say("how_many_now")
            return None
        if sold and not self._set_line(line, line.quantity - out):
            return None
        return clause, product

    def _of_kind(self, sku: str, into: Sequence[CatalogProduct]) -> Sequence[CatalogProduct]:
        """Choose among several replacement candidates by similarity.

        Products of the same category come first ("do it in white", of wine), then those that share most words of its
        name ("in a bottle", of a can of beer).
        """
        was = next(iter(self._known_products((sku,))), None)
        if len(into) < PAIR or was is None:
            return into
        found = [one for one in into if one.category == was.category and one.sku != sku] if was.category else into
        called = {*words_of(full_name(was, self._language))}
        shared = [len(called & {*words_of(full_name(one, self._language))}) for one in found]
        return [one for one, words in zip(found, shared, strict=True) if words == max(shared)]

    def _set_line(self, line: Any, quantity: int) -> bool:
        """Set a line's quantity. If that is refused, returns False and adds the reason to the answer."""
        try:
            self._let(line, quantity)
        except Refusal as refusal:
            self.lines.append(stock_actions.refusal(refusal.refused, self._language))
            return False
        self.put.append(CartChange(line.sku, line.quantity, quantity))
        self.state = msgspec.structs.replace(self.state, name="done", question=None, item=None, product=line.sku)
        for product in self._known_products((line.sku,)):
            self._say("changed" if quantity else "removed", name=full_name(product, self._language))
        return True
