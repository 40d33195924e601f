"""Alerts about data quality."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.goods.quality.queries import count_held


def _held_prices(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Prices that need approval."""
    if waiting := count_held(db):
        yield Condition("", {"count": waiting})


WATCHES: tuple[Watch, ...] = (Watch("prices_held", "medium", _held_prices),)
