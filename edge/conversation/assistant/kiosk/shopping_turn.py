"""The context of a customer's turn: conversation, facts, cart and product lookup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from edge.conversation.assistant.commands import TakeTurn
from edge.conversation.assistant.kiosk.shopping_facts import ShopFacts
from edge.conversation.assistant.phrasing import say
from edge.conversation.assistant.turns.dialogue import AnswerOption, CartChange, Deed, TalkState
from edge.conversation.understanding import product_matching
from edge.conversation.understanding.clause import Clause
from edge.conversation.understanding.found_products import FoundProducts
from edge.conversation.understanding.listed_names import each_of
from edge.core.registry import Transaction
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.ordering.orders.queries import cart_at, read_cart

DOES = frozenset({"added", "changed", "removed", "basket", "basket_empty"})


class ShoppingTurn:
    """One turn: `state` is the new state, `lines` the answer."""

    def __init__(
        self,
        tx: Transaction,
        command: TakeTurn,
        state: TalkState,
        language: str,
        facts: ShopFacts,
        tools: frozenset[str],
    ) -> None:
        self._tx = tx
        self._command = command
        self._language = language
        self._facts = facts
        self._tools = tools
        self.state = state
        self.shows_first = command.propose
        """Whether changes are shown first and wait for confirmation."""
        self.lines: list[str] = []
        self._done_lines: list[str] = []
        """The lines that report completed actions."""
        self.put: list[CartChange] = []
        """This turn's changes to the basket."""
        self.deeds: list[Deed] = []
        self.undone: tuple[Deed, ...] = ()
        self.end = "answered"
        self.tools_used: list[str] = []
        self.offers: tuple[AnswerOption, ...] = ()
        """Options offered when nothing is asked."""

    def customer(self) -> str:
        """The customer identified in their cart; "" if none."""
        cart = self._cart()
        return cart.basket.customer if cart else ""

    def _say(self, key: str, **values: object) -> None:
        line = say(self._language, f"shop_{key}", **values)
        self.lines.append(line)
        if key in DOES:
            self._done_lines.append(line)

    def _find_products(self, text: str) -> FoundProducts:
        return next((one for one in self._command.found if one.text == text), FoundProducts(text, "none"))

    def _known_products(self, skus: Sequence[str]) -> list[CatalogProduct]:
        return [one for sku in skus if (one := find_by_sku(self._tx.db, sku, self._tx.at_us))]

    def _settle_number(self, clause: Clause) -> Clause:
        """Return the clause without a number that may be part of its name ("7 up"), which is asked about."""
        if not clause.whole or self._find_products(f"={clause.whole}").kind != "all":
            return clause
        return msgspec.structs.replace(clause, amount=None, doubt="numbers" if clause.verb == "add" else "")

    def _each(self, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
        """Return the individual products requested."""
        return tuple(one for clause in clauses for one in each_of(self._settle_number(clause), self._find_products))

    def _products(self, clause: Clause) -> tuple[list[CatalogProduct], bool]:
        """Return the products a clause refers to, and whether that's certain; the nearest ones if nothing matches."""
        if not clause.text:
            skus: tuple[str, ...] = (self.state.product,) if self.state.product else ()
            sure = True
        else:
            found = self._find_products(f"={clause.whole}") if clause.whole else FoundProducts("", "none")
            found = found if found.kind == "all" else self._find_products(clause.text)
            skus, sure = found.skus, found.kind != "none"
        known = self._known_products(skus)
        return product_matching.narrowed_by_container(known, clause.container), sure

    def _pick_by_price(self, clause: Clause) -> CatalogProduct | None:
        """The cheapest or dearest of several products; None if neither is meant."""
        products, sure = self._products(clause)
        return product_matching.by_price(products, clause.verb == "dearest") if products and sure else None

    def _cart(self) -> Any:
        return _cart_of(self._tx, self._command.cart)

    def _quantity_of(self, sku: str, modifiers: tuple[str, ...] | None = None) -> int:
        """The quantity of a product in the basket, in thousandths; limited to these modifiers if given."""
        return sum(line.quantity for line in self._in_cart() if line.sku == sku and has(line, modifiers))

    def _in_cart(self) -> Sequence[Any]:
        return lines_in_cart(self._tx, self._command.cart)


def lines_in_cart(tx: Transaction, cart: str) -> Sequence[Any]:
    """The lines of the phone's cart, or of the kiosk's own (cart "")."""
    return getattr(_cart_of(tx, cart), "lines", ())


def _cart_of(tx: Transaction, cart: str) -> Any:
    return read_cart(tx.db, cart) if cart else cart_at(tx.db, tx.actor.register, tx.at_us)


def has(line: Any, modifiers: tuple[str, ...] | None) -> bool:
    """Whether a basket line has exactly these modifiers; None matches any."""
    return modifiers is None or {one.ref for one in line.modifiers} == set(modifiers)
