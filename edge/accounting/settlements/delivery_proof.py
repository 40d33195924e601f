"""Proof of delivery of paid goods from their order: when, where and by whom. It has no customer data."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.ordering.orders.queries import order_by_receipt, order_steps, read_shop_order

HANDED_OVER = frozenset({"handed_over", "delivered"})
STEPS_MOST = 50
"""Maximum steps of an order to include; if there are more, the last ones."""


class DeliveryStep(msgspec.Struct, frozen=True):
    """A state of an order, with its time (UTC, µs) and user."""

    state: str
    at_us: int
    by: str


class DeliveryProof(msgspec.Struct, frozen=True):
    """An order's proof of delivery.

    `said`: the order's displayed name. `fulfilment`, `zone`, `driver`, failed `attempts`, and its sale's `receipt` at a
    `register` (0: not yet). `handed_us`: the hand-over time (UTC, µs; 0: not yet), with the user.
    """

    order: str
    said: str
    fulfilment: str
    placed_us: int
    handed_us: int
    handed_by: str
    driver: str
    zone: str
    attempts: int
    register: str
    receipt: int
    steps: tuple[DeliveryStep, ...]


def read_delivery(db: Connection, order: str, register: str, receipt: int) -> DeliveryProof | None:
    """The proof of the prepaid `order`, or of the order sold with this receipt; None if there was no order."""
    found = read_shop_order(db, order) if order else order_by_receipt(db, register, receipt) if receipt else None
    if found is None:
        return None
    steps = tuple(DeliveryStep(one.now, one.at_us, one.actor) for one in order_steps(db, found.id))
    handed = next((one for one in reversed(steps) if one.state in HANDED_OVER), None)
    return DeliveryProof(
        order=found.id,
        said=found.said,
        fulfilment=found.fulfilment,
        placed_us=found.placed_us,
        handed_us=handed.at_us if handed else 0,
        handed_by=handed.by if handed else "",
        driver=found.driver,
        zone=found.zone,
        attempts=found.attempts,
        register=found.register,
        receipt=found.receipt,
        steps=steps[-STEPS_MOST:],
    )
