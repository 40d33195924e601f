"""Lots of the deliveries of an order on account, whether chosen by a person or automatically."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.lib.units.receipt_number import shown_number

BEHIND = 16
"""Maximum journal rows between a delivery and its stock movements, which share its commit."""
_DELIVERIES = "SELECT seq, register, receipt FROM sales_delivery WHERE number = ? AND receipt > 0 ORDER BY seq"
_LOTS = """
    SELECT sku, lot, expiry, -sum(delta) FROM stock_movement
    WHERE seq BETWEEN ?1 AND ?1 + ?2 AND reason = 'sale' AND document = ?3 AND lot <> ''
    GROUP BY sku, lot, expiry ORDER BY min(seq), min(n)
"""


class DeliveredLot(msgspec.Struct, frozen=True):
    """A quantity of a product, in thousandths of its unit, delivered from a lot, with its receipt. `expiry`: the lot's
    expiry date, "" if unknown."""

    register: str
    receipt: int
    sku: str
    lot: str
    expiry: str
    quantity: int


def sales_order_lots(db: Connection, number: Number) -> list[DeliveredLot]:
    """Lots of an order's deliveries, one by one. Products without lots are left out."""
    return [
        DeliveredLot(register, receipt, *row)
        for seq, register, receipt in db.execute(_DELIVERIES, (number,)).fetchall()
        for row in db.execute(_LOTS, (seq, BEHIND, shown_number(register, receipt)))
    ]
