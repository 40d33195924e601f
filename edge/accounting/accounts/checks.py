"""Consistency checks of accounts and orders on account, in addition to those of the stock."""

from __future__ import annotations

from edge.core.messages import Moment
from edge.core.storage.database import Connection
from edge.goods.stock.queries import FINDINGS_LIMIT, StockIssue

_DELIVERED = """
    SELECT l.sku, o.location, l.quantity, l.delivered FROM sales_line l JOIN sales_order o USING (number)
    WHERE l.delivered > l.quantity OR l.delivered < 0 LIMIT ?
"""
_WENT_OUT = """
    SELECT l.sku, o.location, coalesce((SELECT sum(j.value ->> '$[1]') FROM sales_delivery d, json_each(d.lines) j
        WHERE d.number = l.number AND j.value ->> '$[0]' = l.sku), 0) AS gone, l.delivered
    FROM sales_line l JOIN sales_order o USING (number) WHERE gone <> l.delivered LIMIT ?
"""
_RESERVED = """
    SELECT s.sku, s.location, coalesce(max(0, l.quantity - l.delivered), 0), s.quantity
    FROM stock_claim s JOIN sales_order o ON s.holder = 'sales-' || o.number
    LEFT JOIN sales_line l ON l.number = o.number AND l.sku = s.sku
    WHERE s.kind = 'reserved' AND (o.state NOT IN ('open', 'partial')
        OR s.quantity > coalesce(max(0, l.quantity - l.delivered), 0)) LIMIT ?
"""
_STATE = """
    SELECT '', o.location, o.number, coalesce(sum(l.delivered), 0) FROM sales_order o
        LEFT JOIN sales_line l USING (number)
    GROUP BY o.number HAVING (o.state = 'cancelled' AND sum(l.delivered) > 0)
        OR (o.state = 'complete' AND coalesce(sum(l.delivered), 0) = 0)
        OR (o.state IN ('open', 'partial') AND sum(max(0, l.quantity - l.delivered)) = 0) LIMIT ?
"""
_BALANCE = """
    SELECT '', '', coalesce((SELECT sum(m.amount_minor) FROM account_match m WHERE m.item = i.seq), 0) AS paid,
        i.paid_minor FROM account_item i WHERE paid <> i.paid_minor OR i.paid_minor > i.amount_minor
    UNION ALL
    SELECT '', '', coalesce((SELECT sum(m.amount_minor) FROM account_match m WHERE m.credit = c.seq), 0) AS used,
        c.used_minor FROM account_credit c WHERE used <> c.used_minor OR c.used_minor > c.amount_minor
    LIMIT ?
"""


def accounts_stock_check(db: Connection, now_us: Moment) -> list[StockIssue]:
    """Find deliveries beyond the order, reservations after its end, orders in a wrong state, and accounts whose
    payments don't add up; each with its fix."""
    issues: list[StockIssue] = []
    for check, sql in (
        ("sales_delivered", _DELIVERED),
        ("sales_delivered", _WENT_OUT),
        ("sales_reserved", _RESERVED),
        ("sales_state", _STATE),
        ("account_balance", _BALANCE),
    ):
        for sku, location, expected, found in db.execute(sql, (FINDINGS_LIMIT,)):
            issues.append(StockIssue(check, "medium", sku, location, expected, found, "rebuild"))
    return issues[:FINDINGS_LIMIT]
