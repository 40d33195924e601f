"""Alerts about loyalty."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.counter.loyalty.shared_members import overspent
from edge.people.customers.queries import customer_name


def _overspent(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Members to whom offline shops gave more points than they had. Reported for a week."""
    for customer, purse, points in overspent(db, now_us):
        yield Condition(f"{customer}/{purse}", {"name": customer_name(db, customer), "points": points})


WATCHES: tuple[Watch, ...] = (Watch("points_overspent", "medium", _overspent),)
