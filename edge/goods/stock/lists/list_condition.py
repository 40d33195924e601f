"""SQL condition for the stock list, on product `p` and its stock `s`."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.listing.filter import Filter, as_sql

_AVAILABLE = """
    s.on_hand - (SELECT coalesce(sum(c.quantity), 0) FROM stock_claim c WHERE c.sku = s.sku AND c.kind = 'reserved')
    - (SELECT coalesce(sum(r.quantity), 0) FROM stock_location l JOIN stock_row r
       ON r.sku = s.sku AND r.location = l.id WHERE l.kind = 'quarantine')
"""
_MINIMAL = """
    SELECT s.sku FROM product m INDEXED BY product_minimum CROSS JOIN stock s ON s.sku = m.sku
    WHERE m.body ->> 'minimum' > 0 AND s.watched AND
"""
BY_MINIMUM = f"{_MINIMAL} ({_AVAILABLE})"
_OF_STATUS = " AND p.sku IN (SELECT sku FROM stock_level WHERE status = '{0}' UNION {1})"
_NARROWED = {
    "low": _OF_STATUS.format("low", BY_MINIMUM + "< m.body ->> 'minimum'"),
    "critical": _OF_STATUS.format("critical", BY_MINIMUM + "* 2 <= m.body ->> 'minimum'"),
    "excess": _OF_STATUS.format("excess", _MINIMAL + "s.on_hand > 3 * (m.body ->> 'minimum')"),
    "negative": " AND p.sku IN (SELECT sku FROM stock_row WHERE quantity < 0)",
    "normal": " AND s.sku IS NOT NULL",
    "unwatched": " AND NOT coalesce(s.watched, 0) AND p.sku NOT IN (SELECT sku FROM stock_level)",
}
"""Preselects products that may have a status; each is then checked."""


def condition_of(db: Connection, category: str, status: str, text: str, among: str) -> tuple[str, list[object]]:
    """SQL condition and values: by category, by text in number or name, by the JSON list `among` if given, and by
    possible status, which is then checked for each product."""
    condition, values = as_sql(db, Filter(category=category or None, retired="any"))
    condition += " AND (p.retired_us IS NULL OR coalesce(s.on_hand, 0) <> 0) AND p.body -> 'parts' IS NULL"
    if among:
        condition += " AND p.sku IN (SELECT value FROM json_each(iif(json_valid(?), ?, '[]')))"
        values += [among, among]
    if text:
        sought = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        condition += " AND (p.sku LIKE ? ESCAPE '\\' OR p.body ->> '$.names' LIKE ? ESCAPE '\\'"
        condition += " OR p.id IN (SELECT c.product_id FROM product_code c WHERE c.code = ?))"
        values += [sought, sought, text]
    return f"1{_NARROWED.get(status, '')} AND {condition}", values  # status first: the rest has to read products
