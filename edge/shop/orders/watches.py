"""What of orders wants a person: one that is late, and a kiosk where somebody waits."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.shop.orders.queries import kiosk_calls, late_orders


def watches(zone: ZoneInfo) -> tuple[Watch, ...]:
    """Those of a store in this zone."""

    def late(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for order in late_orders(db, zone, now_us):
            yield Condition(order.id, {"said": order.said, "minutes": (now_us - order.placed_us) // 60_000_000})

    def calls(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for call in kiosk_calls(db):
            yield Condition(call.register, {"register": call.register})

    return (Watch("order_late", "high", late, every_s=30), Watch("kiosk_call", "medium", calls, every_s=5))
