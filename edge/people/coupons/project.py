"""Projects coupon events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.people.coupons.events import (
    CouponFreed,
    CouponFreedElsewhere,
    CouponsEnded,
    CouponsMade,
    CouponsReopened,
    CouponUsed,
    CouponUsedElsewhere,
)

_SERIES = """
    INSERT OR REPLACE INTO coupon_series (series, name, starts, ends, share, sum_minor, count, made_us, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FREED = "DELETE FROM coupon_use WHERE coupon = ? AND store = ? AND receipt = ?"
_USE = "INSERT OR IGNORE INTO coupon_use (coupon, seq, tail, store, receipt, at_us) VALUES (?, ?, ?, ?, ?, ?)"


def _save_series(db: Connection, fact: RecordedEvent, event: CouponsMade) -> None:
    terms = (str(event.starts), str(event.ends), event.share, event.sum_minor)
    db.execute(_SERIES, (event.series, event.name, *terms, len(event.coupons), fact.at_us, fact.seq))
    rows = [(id, event.series, number) for number, id in enumerate(event.coupons, 1)]
    db.executemany("INSERT OR REPLACE INTO coupon (id, series, number) VALUES (?, ?, ?)", rows)


def _end_series(db: Connection, fact: RecordedEvent, event: CouponsEnded) -> None:
    db.execute("UPDATE coupon_series SET ended = 1 WHERE series = ?", (event.series,))


def _reopen_series(db: Connection, fact: RecordedEvent, event: CouponsReopened) -> None:
    db.execute("UPDATE coupon_series SET ended = 0 WHERE series = ?", (event.series,))


def _save_use(db: Connection, fact: RecordedEvent, event: CouponUsed) -> None:
    receipt = used_for(fact.register, event.number, event.order)
    db.execute(_USE, (event.coupon, fact.seq, event.tail, "", receipt, fact.at_us))


def _delete_use(db: Connection, fact: RecordedEvent, event: CouponFreed) -> None:
    receipt = used_for(fact.register, event.number, event.order)
    db.execute(_FREED, (event.coupon, "", receipt))


def _used_elsewhere(db: Connection, fact: RecordedEvent, event: CouponUsedElsewhere) -> None:
    db.execute(_USE, (event.coupon, fact.seq, event.tail, event.store, event.receipt, event.used_us))


def _freed_elsewhere(db: Connection, fact: RecordedEvent, event: CouponFreedElsewhere) -> None:
    db.execute(_FREED, (event.coupon, event.store, event.receipt))


def receipt_of(register: str, number: int) -> str:
    """Format a receipt number."""
    return f"{register}-{number:06d}"


def used_for(register: str, number: int, order: str = "") -> str:
    """The receipt or order for which a coupon was used."""
    return order or receipt_of(register, number)


projector = Projector(
    name="coupons",
    version=1,
    tables=("coupon_series", "coupon", "coupon_use"),
    on={
        CouponsMade: _save_series,
        CouponsEnded: _end_series,
        CouponsReopened: _reopen_series,
        CouponUsed: _save_use,
        CouponFreed: _delete_use,
        CouponUsedElsewhere: _used_elsewhere,
        CouponFreedElsewhere: _freed_elsewhere,
    },
)
