"""Alerts about reviews."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.ordering.reviews.queries import count_waiting_before

LATE_US = 86_400_000_000


def _late(db: Connection, now_us: int, business_date: str) -> Iterable[Condition]:
    waiting = count_waiting_before(db, now_us - LATE_US)
    return (Condition(values={"count": waiting}),) if waiting else ()


WATCHES = (Watch("reviews_waiting", "low", _late, every_s=600),)
