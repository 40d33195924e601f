"""Checks for items without an assigned product that other tills have sold for so long that stock is wrong."""

from __future__ import annotations

from edge.core.messages import Moment
from edge.core.storage.database import Connection
from edge.goods.stock.queries import FINDINGS_LIMIT, StockIssue

UNMAPPED_DAYS = 7
"""Days after which an item without a product is reported."""
DAY_US = 86_400_000_000
_UNMAPPED = """
    SELECT s.pos, j.value, min(s.first_us) FROM pos_sale s, json_each(s.unmapped) j
    WHERE (s.state <> 'taken' OR s.unmapped <> '[]') AND s.unmapped <> '[]' AND s.first_us < ?
    GROUP BY s.pos, j.value ORDER BY min(s.first_us) LIMIT ?
"""


def unmapped_long(db: Connection, now_us: int) -> list[tuple[str, str, int]]:
    """Items of other tills that were unassigned for over seven days: till, item, days."""
    rows = db.execute(_UNMAPPED, (now_us - UNMAPPED_DAYS * DAY_US, FINDINGS_LIMIT))
    return [(pos, item, (now_us - first_us) // DAY_US) for pos, item, first_us in rows]


def pos_stock_check(db: Connection, now_us: Moment) -> list[StockIssue]:
    """Return a finding for each item unassigned for too long, with its name in the other till.

    Quantities are in thousandths of a day.
    """
    return [
        StockIssue("pos_unmapped", "medium", f"{pos}: {item}"[:80], "", UNMAPPED_DAYS * 1000, days * 1000, "map_item")
        for pos, item, days in unmapped_long(db, now_us)
    ]
