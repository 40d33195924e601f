"""What orders and carts have to do with customers: whether one is open, and what goes when one is forgotten."""

from __future__ import annotations

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.orders.cart import Cart
from edge.shop.orders.cart_handlers import save
from edge.shop.orders.queries import decode_cart


def order_open(db: Connection, customer: str) -> str:
    """Whether an order of a customer is open, as a reason not to forget them now; "": none is."""
    found = db.execute("SELECT 1 FROM shop_order WHERE open AND customer = ? LIMIT 1", (customer,)).fetchone()
    return "order_open" if found else ""


def forget_in_carts(tx: Transaction, person: str) -> bool:
    """What goes with a person (`people.forgetting.Forgetter`): their open carts are nobody's from now on."""
    for (body,) in tx.db.execute("SELECT body FROM cart").fetchall():
        cart: Cart = decode_cart(body)
        if cart.basket.customer == person:
            save(tx, msgspec.structs.replace(cart, basket=cart.basket.changed(customer="")))
    return False
