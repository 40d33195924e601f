"""Goods that expire soon or have expired."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from edge.core.messages import IsoDate, Number
from edge.core.storage.database import Connection

LISTED = 500


class ExpiringGoods(msgspec.Struct, frozen=True):
    """Goods that expire soon; `days`: days until then, negative if expired."""

    sku: str
    names: dict[str, str]
    location: str
    lot: str
    expiry: str
    total: int
    days: int


_EXPIRING = """
    SELECT r.sku, p.body ->> '$.names', r.location, r.lot, r.expiry, r.quantity
    FROM stock_row r LEFT JOIN product p ON p.sku = r.sku
    WHERE r.expiry <> '' AND r.expiry <= ? AND r.quantity > 0 ORDER BY r.expiry, r.sku LIMIT ?
"""


def expiring(db: Connection, today: IsoDate, days: Number = 7) -> list[ExpiringGoods]:
    """Goods that have expired or expire within `days`, earliest first."""
    now = date.fromisoformat(today)
    until = (now + timedelta(days=min(days, 3650))).isoformat()
    rows = db.execute(_EXPIRING, (until, LISTED)).fetchall()
    return [
        ExpiringGoods(
            *(sku, msgspec.json.decode(names or "{}"), location, lot, expiry, total),
            days=(date.fromisoformat(expiry) - now).days,
        )
        for sku, names, location, lot, expiry, total in rows
    ]
