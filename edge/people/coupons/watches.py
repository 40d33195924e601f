"""Alerts about coupons."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection

SHOWN_US = 14 * 24 * 3600 * 1_000_000
"""How long a coupon that was used twice is reported (microseconds)."""
_TWICE = """
    SELECT coupon, max(tail), count(*), group_concat(trim(store || ' ' || receipt), ', '), max(seq)
    FROM coupon_use GROUP BY coupon HAVING count(*) > 1 AND max(at_us) >= ? ORDER BY coupon LIMIT 100
"""


def _used_twice(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Coupons used for several sales, discovered late because boxes were offline."""
    for coupon, tail, uses, receipts, seq in db.execute(_TWICE, (now_us - SHOWN_US,)).fetchall():
        yield Condition(coupon, {"tail": tail, "uses": uses, "receipts": receipts}, cause_seq=seq)


WATCHES: tuple[Watch, ...] = (Watch("coupon_twice", "medium", _used_twice),)
