"""Consistency checks of the stock rows, with a proposal for each finding. Read only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from edge.core.registry import QuerySpec
from edge.core.storage.database import Connection
from edge.goods.catalog.product import content_of
from edge.goods.catalog.queries import measured_parts, read_products
from edge.goods.stock.queries import FINDINGS_LIMIT, Severity, StockIssue


class StockCheck(msgspec.Struct, frozen=True):
    """The result of a check: the number of products checked, the time, and the issues found."""

    consistent: bool
    checked_at: datetime
    items: int
    issues: list[StockIssue]


ELSEWHERE = "_stock_check"
"""Suffix of queries that are checks of other capabilities. Each returns `StockIssue`s as of a moment."""


_CHECKS: tuple[tuple[str, Severity, str, str], ...] = (
    (
        *("rows_differ", "critical", "rebuild"),
        """SELECT s.sku, '', s.on_hand, coalesce(sum(r.quantity), 0) FROM stock s LEFT JOIN stock_row r USING (sku)
           GROUP BY s.sku HAVING s.on_hand <> coalesce(sum(r.quantity), 0)""",
    ),
    (
        *("movements_differ", "critical", "rebuild"),  # checked only if the list is up to date with the journal
        """SELECT s.sku, '', s.on_hand, coalesce((SELECT m.balance FROM stock_movement m WHERE m.sku = s.sku
                                                  ORDER BY m.seq DESC, m.n DESC LIMIT 1), 0) AS listed FROM stock s
           WHERE s.on_hand <> listed
             AND (SELECT seq FROM projection WHERE name = 'stock_movements') = (SELECT max(seq) FROM journal)""",
    ),
    (
        *("boxes_negative", "medium", "count"),
        "SELECT sku, location, 0, boxes FROM stock_row WHERE boxes < 0",
    ),
    (
        *("box_size_changed", "low", "count"),
        """SELECT r.sku, r.location, 1000 * coalesce(p.body ->> 'box', 0), 1000 * r.box FROM stock_row r
           JOIN product p USING (sku) WHERE r.boxes > 0 AND r.box <> coalesce(p.body ->> 'box', 0)
           GROUP BY r.sku, r.location""",
    ),
    (
        *("below_zero", "medium", "count"),
        """SELECT r.sku, r.location, 0, sum(r.quantity) FROM stock_row r LEFT JOIN product p USING (sku)
           WHERE p.body ->> 'unit' IS NOT 'service' GROUP BY r.sku, r.location HAVING sum(r.quantity) < 0""",
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
    (
        *("cost_jumped", "low", "look_at_receipt"),
        """SELECT sku, location, 1000 * was, 1000 * now FROM (
               SELECT sku, location, unit_cost_minor AS now,
                      lag(unit_cost_minor) OVER (PARTITION BY sku ORDER BY seq) AS was,
                      row_number() OVER (PARTITION BY sku ORDER BY seq DESC) AS newest
               FROM stock_receipt WHERE unit_cost_minor IS NOT NULL AND quantity > 0)
           WHERE newest = 1 AND was > 0 AND 2 * abs(now - was) > was""",
    ),
)


def stock_check(db: Connection) -> list[StockIssue]:
    """All issues in the stock rows themselves."""
    issues = [
        StockIssue(name, severity, sku, location, expected, found, proposal)
        for name, severity, proposal, sql in _CHECKS
        for sku, location, expected, found in db.execute(f"{sql} LIMIT ?", (FINDINGS_LIMIT,))
    ]
    return issues + _unmeasured_parts(db)


def _unmeasured_parts(db: Connection) -> list[StockIssue]:
    """Measured recipe components with unknown content per unit, so that their stock isn't consumed."""
    parts = measured_parts(db)
    known = read_products(db, sorted({sku for sku, _ in parts}))
    lost = sorted({sku for sku, measure in parts if sku not in known or not content_of(known[sku][1], measure)})
    return [StockIssue("part_unmeasured", "medium", sku, "", 0, 0, "say_size") for sku in lost[:FINDINGS_LIMIT]]


def whole_check(db: Connection, queries: Mapping[str, QuerySpec], now_us: int) -> StockCheck:
    """All issues, including those found by orders and transfers."""
    issues = [*stock_check(db), *_elsewhere(db, queries, now_us)]
    items = int(db.execute("SELECT count(*) FROM stock").fetchone()[0])
    return StockCheck(not issues, datetime.fromtimestamp(now_us // 1_000_000, UTC), items, issues)


def _elsewhere(db: Connection, queries: Mapping[str, QuerySpec], now_us: int) -> Iterator[StockIssue]:
    for name, query in queries.items():
        if name.endswith(ELSEWHERE):
            yield from query.read(db, now_us=now_us)
