"""Supplier performance in recent orders that are complete or due."""

from __future__ import annotations

from datetime import date
from statistics import median

import msgspec

from edge.core.storage.database import Connection
from edge.goods.purchasing.supply.prices import Text

LAST = 10
"""Most recent orders and receipts to evaluate."""
_LEADS = """
    SELECT o.sent_on, min(r.business_date) FROM purchase_receipt r JOIN purchase_order o USING (number)
    WHERE r.supplier = ? GROUP BY r.number, r.delivery_note ORDER BY min(r.seq) DESC LIMIT ?
"""
_ORDERS = """
    SELECT o.number, o.expected_on, o.completed_on,
           (SELECT sum(l.quantity) FROM purchase_line l WHERE l.number = o.number),
           (SELECT sum(min(r.quantity, l.quantity)) FROM purchase_receipt r JOIN purchase_line l USING (number, sku)
            WHERE r.number = o.number
              AND r.seq = (SELECT min(f.seq) FROM purchase_receipt f WHERE f.number = o.number))
    FROM purchase_order o WHERE o.supplier = ?1 AND (o.state IN ('received', 'closed')
        OR (o.state IN ('sent', 'part_received') AND o.expected_on < ?2))
    ORDER BY o.number DESC LIMIT ?3
"""


class SupplierPerformance(msgspec.Struct, frozen=True):
    """A supplier's recent performance; None: no deliveries yet.

    `lead_time_days`: observed lead time. `on_time_percent`: share of orders complete in time. `fill_percent`: share of
    ordered units that came with the first delivery.
    """

    orders: int
    lead_time_days: int | None
    on_time_percent: int | None
    fill_percent: int | None


def read_supplier_performance(db: Connection, supplier: Text, today: Text) -> SupplierPerformance:
    """Recent performance of a supplier."""
    leads = [
        (date.fromisoformat(came) - date.fromisoformat(sent)).days
        for sent, came in db.execute(_LEADS, (supplier, LAST))
    ]
    orders = db.execute(_ORDERS, (supplier, today, LAST)).fetchall()
    if not orders:
        return SupplierPerformance(0, None, None, None)
    on_time = sum(1 for _, expected, completed, *_ in orders if completed and completed <= expected)
    ordered, first = sum(row[3] or 0 for row in orders), sum(row[4] or 0 for row in orders)
    return SupplierPerformance(
        *(len(orders), round(median(leads)) if leads else None, on_time * 100 // len(orders)),
        min(100, first * 100 // ordered) if ordered else None,
    )
