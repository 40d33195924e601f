"""Which lots went out with the deliveries of an order on account, whoever chose them."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.lib.units.receipt_number import shown_number

BEHIND = 16
"""So many rows of the journal behind a delivery its goods have left the stock: all of it is one commit."""
_DELIVERIES = "SELECT seq, register, receipt FROM sales_delivery WHERE number = ? AND receipt > 0 ORDER BY seq"
_LOTS = """
    SELECT sku, lot, expiry, -sum(delta) FROM stock_movement
    WHERE seq BETWEEN ?1 AND ?1 + ?2 AND reason = 'sale' AND document = ?3 AND lot <> ''
    GROUP BY sku, lot, expiry ORDER BY min(seq), min(n)
"""


class DeliveredLot(msgspec.Struct, frozen=True):
    """So much of a product, in thousandths of its unit, went out of a lot, by a receipt; `expiry`: its last day, ""
    where nobody knows it."""

    register: str
    receipt: int
    sku: str
    lot: str
    expiry: str
    quantity: int


def sales_order_lots(db: Connection, number: Number) -> list[DeliveredLot]:
    """The lots of all that was delivered of an order, delivery by delivery; of what has no lots, nothing."""
    return [
        DeliveredLot(register, receipt, *row)
        for seq, register, receipt in db.execute(_DELIVERIES, (number,)).fetchall()
        for row in db.execute(_LOTS, (seq, BEHIND, shown_number(register, receipt)))
    ]
