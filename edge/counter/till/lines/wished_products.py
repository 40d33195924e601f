"""Add a customer's wish list to their basket."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket
from edge.counter.till.commands import AddLine
from edge.counter.till.lines import item_entry
from edge.counter.till.settings import TillSettings
from edge.people.customers.queries import wished_skus


class WishedBasket(Basket, frozen=True, omit_defaults=True):
    """The basket after `TakeWishes`. `left`: wish list products that couldn't be added."""

    left: tuple[str, ...] = ()


def with_wishes(tx: Transaction, basket: Basket, settings: TillSettings) -> tuple[Basket, tuple[str, ...]]:
    """Return the basket with the wish list products that aren't in it yet, and the products that can't be sold."""
    left = []
    for sku in wished_skus(tx.db, basket.customer):
        if any(line.sku == sku for line in basket.sold_lines):
            continue
        try:
            found = item_entry.find(tx, AddLine(sku=sku), basket.price_list, settings)
            if isinstance(found, item_entry.ResolvedLine):
                basket = item_entry.add(tx, basket, found)
        except Refusal:
            left.append(sku)
    return basket, tuple(left)
