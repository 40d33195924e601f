"""That what was paid for was handed over, as the order of it says: when, where, by whom. Of the customer nothing."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.ordering.orders.queries import order_by_receipt, order_steps, read_shop_order

HANDED_OVER = frozenset({"handed_over", "delivered"})
STEPS_MOST = 50
"""Of an order; one that went back and forth more often says the last of them."""


class DeliveryStep(msgspec.Struct, frozen=True):
    """An order came to a state at a time (UTC, µs), by whom."""

    state: str
    at_us: int
    by: str


class DeliveryProof(msgspec.Struct, frozen=True):
    """What an order, `said` as people call it, says of its goods: how they went (`fulfilment`), to which `zone`, by
    which `driver`, behind how many `attempts` in vain, as the sale `receipt` of a `register` (0: not yet). `handed_us`:
    when they were handed over (UTC, µs; 0: they were not), and by whom."""

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
    """Of the `order` that was paid ahead, else of the one that became this receipt; None: there was no order."""
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
