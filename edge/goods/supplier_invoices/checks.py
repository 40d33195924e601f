"""Check for goods invoiced and paid for but not received."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.messages import Moment
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.goods.stock.queries import FINDINGS_LIMIT, StockIssue
from edge.goods.stock.rows import called_by
from edge.lib.units.quantity import show_quantity

_OVER = """
    SELECT p.sku, o.location, o.number, o.supplier, coalesce(l.received, 0) - coalesce((
            SELECT sum(r.quantity) FROM purchase_return r
            WHERE r.number = p.order_number AND r.sku = p.sku AND NOT r.replaced AND r.credit_minor IS NULL
        ), 0) AS there, sum(p.quantity) AS invoiced
    FROM supplier_invoice_posted p JOIN purchase_order o ON o.number = p.order_number
        LEFT JOIN purchase_line l ON l.number = p.order_number AND l.sku = p.sku
    WHERE p.order_number > 0 GROUP BY p.order_number, p.sku HAVING invoiced > there ORDER BY o.number, p.sku LIMIT ?
"""


def invoice_in_stock_check(db: Connection, now_us: Moment) -> list[StockIssue]:
    """Products of orders with more invoiced than received and kept; returned and credited goods count as kept."""
    return [
        StockIssue("invoice_in_over", "medium", sku, location, there, invoiced, "ask_credit")
        for sku, location, _, _, there, invoiced in db.execute(_OVER, (FINDINGS_LIMIT,))
    ]


def _over(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for sku, _, number, supplier, there, invoiced in db.execute(_OVER, (FINDINGS_LIMIT,)).fetchall():
        about: dict[str, str | int] = {"number": number, "supplier": supplier, **called_by(db, sku)}
        yield Condition(
            f"{number}/{sku}", {**about, "invoiced": show_quantity(invoiced), "received": show_quantity(there)}
        )


INVOICED_OVER = Watch("invoice_in_over", "medium", _over, every_s=600)
