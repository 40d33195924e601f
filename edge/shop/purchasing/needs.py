"""What is wanted now, and the suggestion that follows: needs, prices and what is ordered already."""

from __future__ import annotations

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.shop.purchasing.prices import Text, offers_of
from edge.shop.purchasing.rules import Need, Suggestions, suggest
from edge.shop.stock.events import MAIN
from edge.shop.stock.queries import low_stock
from edge.shop.stock.rows import available_at

NEEDS_LIMIT = 2_000
"""Places of products looked at together; the rest waits until these are ordered."""
_LEVELS = """
    SELECT l.sku, l.location, l.par, l.reorder FROM stock_level l JOIN product p USING (sku)
    WHERE l.status IN ('low', 'critical') AND l.reorder > 0 AND p.retired_us IS NULL AND p.body -> 'parts' IS NULL
    ORDER BY l.status, l.sku, l.location LIMIT ?
"""
_ORDERED = (
    "SELECT coalesce(sum(quantity), 0) FROM stock_claim WHERE sku = ?1 AND kind = 'ordered' AND ?2 IN ('', location)"
)
_DRAFTED = """
    SELECT coalesce(sum(l.quantity), 0) FROM purchase_line l JOIN purchase_order o USING (number)
    WHERE l.sku = ?1 AND o.state IN ('draft', 'approved') AND ?2 IN ('', o.location)
"""


def read_needs(db: Connection) -> list[Need]:
    """Products that are at or below their reorder point, or below their minimum, and what is ordered of them."""
    needs = []
    for sku, location, par, reorder in db.execute(_LEVELS, (NEEDS_LIMIT,)).fetchall():
        needs.append(Need(sku, location, available_at(db, sku, location), _ordered(db, sku, location), par, reorder))
    for short in low_stock(db)[: NEEDS_LIMIT - len(needs)]:
        if not short.location:
            ordered = _ordered(db, short.sku, "")
            needs.append(Need(short.sku, MAIN, short.total, ordered, minimum=short.minimum))
    return needs


def _ordered(db: Connection, sku: str, location: str) -> int:
    """What is on its way or in a draft, at a place or ("") anywhere."""
    return sum(int(db.execute(sql, (sku, location)).fetchone()[0]) for sql in (_ORDERED, _DRAFTED))


def read_suggestions(db: Connection, today: Text, budget_minor: Number | None = None) -> Suggestions:
    """What to order now, by supplier and place, with reasons; within a budget, if there is one."""
    needs = [need for need in read_needs(db) if need.missing]
    offers = offers_of(db, [need.sku for need in needs], today)
    minimums = dict(db.execute("SELECT id, minimum_order_minor FROM supplier WHERE NOT retired").fetchall())
    return suggest(needs, offers, minimums, budget_minor)
