"""Check the rows of production against those of stock."""

from __future__ import annotations

from edge.analytics.production.entities import BOMS
from edge.analytics.production.products import edges_with
from edge.analytics.production.rules import require_tree
from edge.core.messages import Moment, Refusal
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.queries import FINDINGS_LIMIT, StockIssue

_RESERVED = """
    SELECT c.sku, o.source, max(0, c.need - c.issued + c.returned), s.quantity
    FROM work_order o JOIN work_component c USING (number)
    JOIN stock_claim s ON s.kind = 'reserved' AND s.holder = 'work-' || o.number AND s.sku = c.sku
    WHERE s.quantity >= max(0, c.need - c.issued + c.returned) + 1000
        OR o.state NOT IN ('planned', 'in_progress') LIMIT ?
"""
"""Products counted in pieces are reserved in whole ones."""
_WIP = """
    SELECT c.sku, o.source, 0, iif(c.wip_milli <> 0 AND c.issued = c.consumed + c.returned,
        c.wip_milli, c.issued - c.consumed - c.returned)
    FROM work_component c JOIN work_order o USING (number)
    WHERE c.issued < c.consumed + c.returned
        OR (o.state IN ('completed', 'cancelled') AND (c.issued <> c.consumed + c.returned OR c.wip_milli <> 0))
    UNION ALL
    SELECT c.sku, o.source, coalesce(sum(i.quantity), 0), c.issued - c.returned
    FROM work_component c JOIN work_order o USING (number)
    LEFT JOIN work_issue i ON i.number = c.number AND i.sku = c.sku
    GROUP BY c.number, c.sku HAVING coalesce(sum(i.quantity), 0) <> c.issued - c.returned LIMIT ?
"""
_WIP_VALUE = """
    WITH looked AS (
        SELECT number, source FROM work_order o WHERE state = 'in_progress' AND NOT EXISTS (
            SELECT 1 FROM work_issue i WHERE i.number = o.number
            AND (i.quantity < 0 OR i.seq <= (SELECT coalesce(max(last_seq), 0) FROM archive)))
    ), said AS (
        SELECT i.number, g.value ->> 0 AS sku, g.value ->> 5 AS milli
        FROM (SELECT DISTINCT number, seq FROM work_issue JOIN looked USING (number)) i
        JOIN journal j USING (seq), json_each(CAST(j.body AS TEXT), '$.goods') g
        UNION ALL
        SELECT r.number, c.value ->> 0, -(c.value ->> 2)
        FROM work_report r JOIN looked USING (number)
        JOIN journal j USING (seq), json_each(CAST(j.body AS TEXT), '$.consumed') c
    )
    SELECT c.sku, l.source, coalesce(sum(s.milli), 0), c.wip_milli
    FROM looked l JOIN work_component c USING (number) LEFT JOIN said s USING (number, sku)
    GROUP BY c.number, c.sku HAVING coalesce(sum(s.milli), 0) <> c.wip_milli LIMIT ?
"""
"""The value of an order's work in process, from events in the journal. It leaves out two cases: an order that returned
goods and was reopened also has components that its completion left unused, which no row states; and archived events are
missing.
"""
_DONE = """
    SELECT o.sku, o.target, coalesce(sum(r.good + r.scrap), 0), o.good + o.scrap
    FROM work_order o LEFT JOIN work_report r USING (number)
    GROUP BY o.number HAVING coalesce(sum(r.good), 0) <> o.good OR coalesce(sum(r.scrap), 0) <> o.scrap LIMIT ?
"""


def production_stock_check(db: Connection, now_us: Moment) -> list[StockIssue]:
    """Find orders with excess reservations, components still held after an order's end, and output unlike the reports.

    Also finds bills of materials that are cyclic or have retired or unknown components.
    """
    issues: list[StockIssue] = []
    for check, sql, proposal in (
        ("work_reserved", _RESERVED, "rebuild"),
        ("work_wip", _WIP, "rebuild"),
        ("work_wip", _WIP_VALUE, "rebuild"),
        ("work_done", _DONE, "rebuild"),
    ):
        for sku, location, expected, found in db.execute(sql, (FINDINGS_LIMIT,)):
            issues.append(StockIssue(check, "medium", sku, location, expected, found, proposal))
    return [*issues, *_boms(db)][:FINDINGS_LIMIT]


def _boms(db: Connection) -> list[StockIssue]:
    issues = []
    for bom in BOMS.read(db):
        if not bom.active:
            continue
        try:
            require_tree(bom.sku, edges_with(db, bom))
        except Refusal:
            issues.append(StockIssue("bom_circle", "critical", bom.sku, "", 0, 0, "set_bom"))
        for line in bom.lines:
            product = find_by_sku(db, line.sku)
            if product is None or product.retired_us is not None:
                issues.append(StockIssue("bom_retired_part", "medium", line.sku, "", 0, 0, "set_bom"))
    return issues
