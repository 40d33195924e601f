"""Checks of unfinished transfers."""

from __future__ import annotations

from edge.core.messages import Moment
from edge.core.storage.database import Connection
from edge.goods.stock.queries import StockIssue
from edge.goods.transfers.rules import LATE_DAYS
from edge.goods.transfers.watches import DAY_US, LATE, LIMIT

_FIRST = "SELECT sku FROM transfer_line WHERE id = ? ORDER BY n LIMIT 1"


def transfer_stock_check(db: Connection, now_us: Moment) -> list[StockIssue]:
    """Goods in transit for too long, listed by their first product; `location` is the other store."""
    issues = []
    for id, store, begun_us in db.execute(LATE, (now_us - LATE_DAYS * DAY_US, LIMIT)).fetchall():
        (sku,) = db.execute(_FIRST, (id,)).fetchone() or ("",)
        days = 1000 * ((now_us - begun_us) // DAY_US)
        issues.append(StockIssue("transfer_late", "medium", sku, store, LATE_DAYS * 1000, days, "ask_store"))
    return issues
