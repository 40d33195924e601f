"""Alerts about web orders."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.ordering.web_orders.queries import web_orders
from edge.ordering.web_orders.telling import tellings

FAILING_US = 15 * 60_000_000
"""Time without updates after which a web shop may sell unavailable products."""


def _held_orders(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in web_orders(db):
        if one.state == "held":
            yield Condition(f"{one.channel}/{one.reference}", {"channel": one.channel, "reference": one.reference})


def _not_told(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for id, one in tellings(db).items():
        if one.failing_us and now_us - one.failing_us >= FAILING_US:
            yield Condition(id, {"channel": id})


WATCHES: tuple[Watch, ...] = (
    Watch("web_order_held", "high", _held_orders),
    Watch("web_shop_not_told", "medium", _not_told),
)
