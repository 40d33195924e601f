"""Whether the rows of the stock are what they should be, with a proposal for each finding. A read alone."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.storage.database import Connection

FINDINGS_LIMIT = 500
"""Findings of one check; more are not listed, and say so by being this many."""
Severity = Literal["critical", "medium", "low"]


class StockIssue(msgspec.Struct, frozen=True):
    """What is not as it should be; `proposal` is the key of what to do about it. Quantities in thousandths."""

    check: str
    severity: Severity
    sku: str
    location: str
    expected: int
    found: int
    proposal: str


class StockCheck(msgspec.Struct, frozen=True):
    """What was looked at, and what was found."""

    consistent: bool
    items: int
    issues: list[StockIssue]


_CHECKS: tuple[tuple[str, Severity, str, str], ...] = (
    (
        *("rows_differ", "critical", "rebuild"),
        """SELECT s.sku, '', s.on_hand, coalesce(sum(r.quantity), 0) FROM stock s LEFT JOIN stock_row r USING (sku)
           GROUP BY s.sku HAVING s.on_hand <> coalesce(sum(r.quantity), 0)""",
    ),
    (
        *("boxes_negative", "medium", "count"),
        "SELECT sku, location, 0, boxes FROM stock_row WHERE boxes < 0",
    ),
    (
        *("below_zero", "medium", "count"),
        "SELECT sku, location, 0, sum(quantity) FROM stock_row GROUP BY sku, location HAVING sum(quantity) < 0",
    ),
    (
        *("lot_below_zero", "low", "count"),
        """SELECT r.sku, r.location, 0, r.quantity FROM stock_row r
           WHERE r.quantity < 0 AND (SELECT sum(x.quantity) FROM stock_row x
                                     WHERE x.sku = r.sku AND x.location = r.location) >= 0""",
    ),
    (
        *("reserved_short", "medium", "release_or_receive"),
        """SELECT c.sku, c.location, sum(c.quantity), (SELECT coalesce(sum(r.quantity), 0) FROM stock_row r
                                                       WHERE r.sku = c.sku AND r.location = c.location) AS held
           FROM stock_claim c WHERE c.kind = 'reserved' GROUP BY c.sku, c.location HAVING sum(c.quantity) > held""",
    ),
    (
        *("product_unknown", "medium", "add_product"),
        """SELECT s.sku, '', 0, s.on_hand FROM stock s LEFT JOIN product p USING (sku)
           WHERE p.sku IS NULL AND s.on_hand <> 0""",
    ),
    (
        *("product_retired", "low", "write_off"),
        """SELECT s.sku, '', 0, s.on_hand FROM stock s JOIN product p USING (sku)
           WHERE p.retired_us IS NOT NULL AND s.on_hand <> 0""",
    ),
    (
        *("location_gone", "medium", "transfer"),
        """SELECT r.sku, r.location, 0, sum(r.quantity) FROM stock_row r LEFT JOIN stock_location l ON l.id = r.location
           WHERE r.location <> 'main' AND (l.id IS NULL OR l.retired) GROUP BY r.sku, r.location
           HAVING sum(r.quantity) <> 0""",
    ),
    (
        *("recalled_here", "critical", "return_or_waste"),
        """SELECT r.sku, r.location, 0, sum(r.quantity) FROM stock_recall x JOIN stock_row r USING (sku, lot)
           GROUP BY r.sku, r.location HAVING sum(r.quantity) > 0""",
    ),
)


def stock_check(db: Connection) -> StockCheck:
    """All that is not as it should be."""
    issues = [
        StockIssue(name, severity, sku, location, expected, found, proposal)
        for name, severity, proposal, sql in _CHECKS
        for sku, location, expected, found in db.execute(f"{sql} LIMIT ?", (FINDINGS_LIMIT,))
    ]
    return StockCheck(not issues, db.execute("SELECT count(*) FROM stock").fetchone()[0], issues)
