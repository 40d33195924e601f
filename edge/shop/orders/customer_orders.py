"""The orders of a customer; and what becomes of carts and baskets put aside when one is forgotten."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Number
from edge.core.people.forgetting import ForgetPerson
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.customers.queries import all_ids
from edge.shop.orders.cart import Cart
from edge.shop.orders.cart_handlers import save
from edge.shop.printing.personal import blank_on_orders

ORDERS_MOST = 100
_OF = """
    SELECT id, said, state, fulfilment, business_date, placed_us, total_minor + (
        SELECT coalesce(sum(value ->> 'total_minor'), 0) FROM json_each(parts)), seq FROM shop_order
    WHERE customer IN (SELECT value FROM json_each(?1)) AND customer <> '' ORDER BY seq DESC LIMIT ?2
"""
_OPEN = "SELECT open FROM shop_order WHERE customer = ? AND (open OR advance_minor <> 0) ORDER BY open DESC LIMIT 1"
_THEIRS = "SELECT said, placed_us, slot_from_us, total_minor FROM shop_order WHERE ?1 IN (customer, person)"
_decode = msgspec.json.Decoder(Cart).decode


class CustomerOrder(msgspec.Struct, frozen=True):
    """An order in a customer's list: what it is called, how far it is, and what it came to."""

    id: str
    said: str
    state: str
    fulfilment: str
    business_date: str
    placed_us: int
    total_minor: int
    seq: int


def read_customer_orders(db: Connection, customer: str, limit: Number = 20) -> list[CustomerOrder]:
    """A customer's orders, the newest first, also those of who was merged into them."""
    ids = msgspec.json.encode(all_ids(db, customer)).decode()
    return [CustomerOrder(*row) for row in db.execute(_OF, (ids, min(limit, ORDERS_MOST)))]


def open_order_of(db: Connection, customer: str) -> str:
    """Whether an order of a customer is still open, or money of it is to be given back to them, as a reason not to
    forget them now; "": none is."""
    found = db.execute(_OPEN, (customer,)).fetchone()
    return "" if found is None else "order_open" if found[0] else "order_owed"


def carts_of(db: Connection, person: str) -> dict[str, Any]:
    """What lies in the carts of a customer, also those that are lists, for them."""
    carts, ids = (_decode(body) for (body,) in db.execute("SELECT body FROM cart")), all_ids(db, person)
    mine = [cart for cart in carts if cart.basket.customer in ids]
    if not mine:
        return {}
    told = [
        {"channel": cart.channel, "began_us": cart.began_us, "goods": {line.sku: line.quantity for line in cart.lines}}
        for cart in mine
    ]
    return {"carts": told}


def forget_in_carts(tx: Transaction, person: str) -> bool:
    """What goes with a person (`people.forgetting.Forgetter`): what was put aside for them is nobody's from now on."""
    carts = [_decode(body) for (body,) in tx.db.execute("SELECT body FROM cart").fetchall()]
    theirs = tx.db.execute(_THEIRS, (person,)).fetchall()
    known: set[tuple[Any, ...]] = {(said, placed_us) for said, placed_us, _, _ in theirs}
    known |= {(said, slot_us, minor) for said, _, slot_us, minor in theirs}  # as a driver's list has it
    blank_on_orders(tx.db, lambda order: not known.isdisjoint(_as_on_paper(order)))
    tx.db.execute("DELETE FROM sign_in WHERE customer = ?", (person,))
    guests = "SELECT id FROM shop_order JOIN person_key ON person_key.person = id WHERE customer = ? AND id <> ?"
    for (order,) in tx.db.execute(guests, (person, person)).fetchall():
        tx.do(ForgetPerson(order))  # what they said before it was known whose the order is
    for cart in carts:
        if cart.basket.customer == person and cart.ended:
            tx.db.execute("DELETE FROM cart WHERE id = ?", (cart.id,))
        elif cart.basket.customer == person:
            basket = msgspec.structs.replace(cart.basket, customer="")
            save(tx, msgspec.structs.replace(cart, basket=basket))
    return False


def _as_on_paper(order: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What an order on a paper is known by: a code alone comes again another day."""
    if "placed_us" in order:
        return [(order["said"], order["placed_us"])]
    return [(order.get("said"), order.get("slot_from_us"), order.get("total_minor"))]
