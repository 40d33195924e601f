"""A customer's orders, and the effects of forgetting a customer on carts and on guest orders with their phone."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Number
from edge.core.people import blind_index
from edge.core.people.forgetting import ForgetPerson
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.printing.personal import blank_on_orders
from edge.ordering.orders.carts.cart import Cart
from edge.ordering.orders.carts.cart_handlers import end
from edge.people.customers.commands import ForgetCustomer, StillKept
from edge.people.customers.queries import all_ids, indexed_phone, once_of
from edge.people.customers.rules import PhoneNumber, phone_of

ORDERS_MOST = 100
_OF = """
    SELECT id, said, state, fulfilment, business_date, placed_us, total_minor + (
        SELECT coalesce(sum(value ->> 'total_minor'), 0) FROM json_each(parts)), seq FROM shop_order
    WHERE customer IN (SELECT value FROM json_each(?1)) AND customer <> '' ORDER BY seq DESC LIMIT ?2
"""
_OPEN = "SELECT open FROM shop_order WHERE customer = ? AND (open OR advance_minor <> 0) ORDER BY open DESC LIMIT 1"
_THEIRS = "SELECT said, placed_us, slot_from_us, total_minor FROM shop_order WHERE ?1 IN (customer, person)"
_GUESTS = """
    SELECT id, said, open, advance_minor <> 0 FROM shop_order WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq
"""
GUEST_PHONE = "order phone"
"""The blind index of guest orders' phones."""
GUEST_OF = "order of a forgotten customer"
"""The blind index of open guest orders with a forgotten customer's phone."""
_decode = msgspec.json.Decoder(Cart).decode


class CustomerOrder(msgspec.Struct, frozen=True):
    """An order in a customer's list: its name, state and total."""

    id: str
    said: str
    state: str
    fulfilment: str
    business_date: str
    placed_us: int
    total_minor: int
    seq: int


def read_customer_orders(db: Connection, customer: str, limit: Number = 20) -> list[CustomerOrder]:
    """A customer's orders, the newest first, including those of customers merged into them."""
    ids = msgspec.json.encode(all_ids(db, customer)).decode()
    return [CustomerOrder(*row) for row in db.execute(_OF, (ids, min(limit, ORDERS_MOST)))]


def open_order_of(db: Connection, customer: str) -> str:
    """The reason why a customer can't be forgotten now: an open order or a refund owed. "" if there is none."""
    found = db.execute(_OPEN, (customer,)).fetchone()
    return "" if found is None else "order_open" if found[0] else "order_owed"


def carts_of(db: Connection, person: str) -> dict[str, Any]:
    """The contents of a customer's carts and lists, for their export."""
    carts, ids = (_decode(body) for (body,) in db.execute("SELECT body FROM cart")), all_ids(db, person)
    mine = [cart for cart in carts if cart.basket.customer in ids or cart.face_of in ids]
    if not mine:
        return {}
    told = [
        {"channel": cart.channel, "began_us": cart.began_us, "goods": {line.sku: line.quantity for line in cart.lines}}
        for cart in mine
    ]
    return {"carts": told}


def enter_phone(db: Connection, order: str, phone: str, region: str) -> None:
    """Index a guest's order by its phone. Runs on the writer's connection."""
    known = phone_of(phone, region)
    if isinstance(known, PhoneNumber):
        blind_index.enter(db, order, GUEST_PHONE, known.e164)


def after_forgetting_customer(tx: Transaction, command: ForgetCustomer, result: Any) -> tuple[StillKept, ...]:
    """Data kept after forgetting a customer, with reasons.

    Adds guest orders with their phone that are open or owe a refund. Ended ones have been forgotten
    (`forget_in_carts`).
    """
    ids = [order for id in once_of(tx.db, command.id) for order in blind_index.find(tx.db, GUEST_OF, id)]
    kept = (
        StillKept("guest_order", said, "order_open" if is_open else "order_owed")
        for _, said, is_open, _ in _orders(tx.db, ids)
    )
    return (*(result or ()), *kept)


def _guests_of(db: Connection, person: str) -> list[tuple[str, str, bool, bool]]:
    """Guest orders with this customer's phone: id, displayed name, whether it's open, and whether a refund is owed."""
    ids = blind_index.find(db, GUEST_PHONE, indexed_phone(db, person))
    return _orders(db, ids)


def _orders(db: Connection, ids: list[str]) -> list[tuple[str, str, bool, bool]]:
    rows = db.execute(_GUESTS, (msgspec.json.encode(ids).decode(),))
    return [(id, said, bool(is_open), bool(owed)) for id, said, is_open, owed in rows]


def forget_in_carts(tx: Transaction, person: str) -> bool:
    """Remove a forgotten person's carts and guest data (`people.forgetting.Forgetter`); parked baskets lose their
    customer."""
    carts = [_decode(body) for (body,) in tx.db.execute("SELECT body FROM cart").fetchall()]
    theirs = tx.db.execute(_THEIRS, (person,)).fetchall()
    known: set[tuple[Any, ...]] = {(said, placed_us) for said, placed_us, _, _ in theirs}
    known |= {(said, slot_us, minor) for said, _, slot_us, minor in theirs}  # the fields printed on a driver's list
    blank_on_orders(tx.db, lambda order: not known.isdisjoint(_as_on_paper(order)))
    tx.db.execute("DELETE FROM sign_in WHERE customer = ?", (person,))
    guests = "SELECT id FROM shop_order JOIN person_key ON person_key.person = id WHERE customer = ? AND id <> ?"
    for (order,) in tx.db.execute(guests, (person, person)).fetchall():
        tx.do(ForgetPerson(order))  # guest data from before the order had a customer
    for order, _, is_open, owed in _guests_of(tx.db, person):
        if is_open or owed:
            blind_index.enter(tx.db, order, GUEST_OF, person)
        else:
            tx.do(ForgetPerson(order))
    for cart in carts:
        if person in (cart.basket.customer, cart.face_of):
            nobodys = msgspec.structs.replace(cart.basket, customer="")
            end(tx, msgspec.structs.replace(cart, basket=nobodys, face_of=""), "left")
    return False


def _as_on_paper(order: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Keys that identify an order on a paper.

    The displayed name alone isn't enough, because it repeats on other days.
    """
    if "placed_us" in order:
        return [(order["said"], order["placed_us"])]
    return [(order.get("said"), order.get("slot_from_us"), order.get("total_minor"))]
