"""What of the orders wants a person now: goods that should have come."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.shop.purchasing.queries import PAGE_LIMIT, days_late, read_purchases


def _late(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for order in read_purchases(db, business_date, "late", limit=PAGE_LIMIT).orders:
        first, *others = order.supplier_names.items() or [("", order.supplier)]
        names = {"name": first[1], **{f"name_{language}": name for language, name in others}}
        days = days_late(order.expected_on, business_date)
        about: dict[str, str | int] = {"number": order.number, "expected": order.expected_on, "days": days}
        yield Condition(str(order.number), {**about, **names})


WATCHES = (Watch("purchase_late", "medium", _late, every_s=600),)
