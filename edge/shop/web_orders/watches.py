"""What of orders from elsewhere needs a person."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.shop.web_orders.queries import web_orders


def _held(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in web_orders(db):
        if one.state == "held":
            yield Condition(f"{one.channel}/{one.reference}", {"channel": one.channel, "reference": one.reference})


WATCHES: tuple[Watch, ...] = (Watch("web_order_held", "high", _held),)
