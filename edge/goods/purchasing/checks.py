"""Checks that on-order stock matches open orders."""

from __future__ import annotations

from edge.core.messages import Moment
from edge.core.storage.database import Connection
from edge.goods.purchasing.rules import UNDER_WAY
from edge.goods.stock.queries import FINDINGS_LIMIT, StockIssue

_DIFFERS = f"""
    SELECT sku, location, sum(lacking), sum(claimed) FROM (
        SELECT l.sku, o.location, max(0, l.quantity - l.received) AS lacking, 0 AS claimed
        FROM purchase_order o JOIN purchase_line l USING (number) WHERE o.state IN {tuple(sorted(UNDER_WAY))!r}
        UNION ALL
        SELECT sku, location, 0, quantity FROM stock_claim WHERE kind = 'ordered' AND holder LIKE 'purchase-%')
    GROUP BY sku, location HAVING sum(lacking) <> sum(claimed) LIMIT ?
"""


def purchase_stock_check(db: Connection, now_us: Moment) -> list[StockIssue]:
    """Products whose on-order quantity differs from open orders."""
    return [
        StockIssue("on_order_differs", "medium", sku, location, lacking, claimed, "rebuild")
        for sku, location, lacking, claimed in db.execute(_DIFFERS, (FINDINGS_LIMIT,))
    ]
