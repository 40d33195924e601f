"""No-shows in the demo's history: one order whose fee was kept, and one awaiting a decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.core.messages import Command
from edge.counter.till.commands import Pay
from edge.goods.catalog.product import Product
from edge.ordering.orders.commands import AddToCart, CancelOrder, MoveOrder, OpenCart, PlaceOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance

FEE_MINOR = 1_000
"""The largest fee the demo shop keeps: ten shekels."""
GOODS = ("Cheesecake", "Croissant", "Croissant")
RIGHTS = ("orders", "override", "refund")
Do = Callable[[Command], Any]
"""Runs a command as a person with `RIGHTS` at the till and returns its result."""


def place_paid_order(do: Do, products: Sequence[Product], name: str) -> str:
    """Place a paid order that is ready for pickup; its customer was shown the fee. Returns its id."""
    skus = {(product.names or {}).get("en"): product.sku for product in products}
    cart = do(OpenCart("phone"))
    for wanted in GOODS:
        cart = do(AddToCart(cart.id, sku=skus[wanted]))
    order = do(PlaceOrder(cart.id, cart.total_minor, name=name, no_show_fee_minor=FEE_MINOR))
    do(TakeAdvance(order.id))
    do(Pay("card"))
    for to in ("accepted", "preparing", "ready"):
        do(MoveOrder(order.id, to))
    return str(order.id)


def given_up(do: Do, order: str) -> None:
    """Cancel the order on a later day: keep the fee, and refund the rest."""
    do(CancelOrder(order, "nobody came", keep_fee=True))
    do(GiveBackAdvance(order))
