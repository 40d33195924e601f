"""Purchasing alerts: overdue goods."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.goods.purchasing.queries import PAGE_LIMIT, ListedPurchase, days_late, read_purchases, read_rests_overdue


def _late(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for order in read_purchases(db, business_date, "late", limit=PAGE_LIMIT).orders:
        days = days_late(order.expected_on, business_date)
        about: dict[str, str | int] = {"number": order.number, "expected": order.expected_on, "days": days}
        yield Condition(str(order.number), {**about, **_supplier_values(order)})


def _rest(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Partly received orders whose rest is overdue by more than another lead time."""
    for order in read_rests_overdue(db, business_date):
        yield Condition(
            str(order.number), {"number": order.number, "expected": order.expected_on, **_supplier_values(order)}
        )


def _supplier_values(order: ListedPurchase) -> dict[str, str | int]:
    first, *others = order.supplier_names.items() or [("", order.supplier)]
    return {"name": first[1], **{f"name_{language}": name for language, name in others}}


WATCHES = (
    Watch("purchase_late", "medium", _late, every_s=600),
    Watch("purchase_rest", "medium", _rest, every_s=600),
)
