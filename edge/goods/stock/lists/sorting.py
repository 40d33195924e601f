"""The stock list sorted by a column, for a page."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.listing.sorting import NAME, parse_sort
from edge.goods.catalog.queries import find_by_ids
from edge.goods.stock.lists.list_condition import condition_of
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import PAGE_LIMIT, SCAN_LIMIT, StockItem, StockPage, has_status, items_of

_THERE = "p.sku IN (SELECT r.sku FROM stock_row r WHERE r.location = ? AND r.quantity <> 0)"
_HELD_THERE = "(SELECT sum(r.quantity) FROM stock_row r WHERE r.sku = p.sku AND r.location = ?)"
_EXPIRY = "(SELECT min(r.expiry) FROM stock_row r WHERE r.sku = p.sku AND r.expiry <> '' AND r.quantity > 0)"
COLUMNS = {"name": f"sort_key({NAME})", "on_hand": "coalesce(s.on_hand, 0)", "expiry": _EXPIRY}


def list_sorted(
    db: Connection,
    sort: str,
    language: str,
    skip: int,
    limit: int,
    location: str,
    category: str,
    status: str,
    among: str,
) -> StockPage:
    """List stock (see `list_stock`) sorted by a column of `COLUMNS`, descending with a leading "-"; `after` is then the
    number to skip. Empty values are always last.
    """
    column, down = parse_sort(sort)
    by, spoken = COLUMNS[column], (language,) if column == "name" else ()
    condition, values = condition_of(db, category, status, "", among)
    if location not in ("", MAIN):
        condition, values = f"{_THERE} AND {condition}", [location, *values]
        by, spoken = (_HELD_THERE, (location,)) if column == "on_hand" else (by, spoken)
    way = "DESC" if down else "ASC"
    query = f"""
        SELECT p.id FROM product p LEFT JOIN stock s ON s.sku = p.sku WHERE {condition}
        ORDER BY {by} {way} NULLS LAST, p.sku LIMIT ? OFFSET ?
    """
    limit = max(1, min(limit, PAGE_LIMIT))
    found: list[tuple[int, StockItem]] = []
    most = limit + 1
    while True:
        ids = [id for (id,) in db.execute(query, (*values, *spoken, most, skip)).fetchall()]
        items = items_of(db, find_by_ids(db, ids), location)
        found += [(skip + at, item) for at, item in enumerate(items, 1) if has_status(item, status)]
        if len(found) > limit or len(ids) < most:
            shown = found[:limit]
            return StockPage([item for _, item in shown], str(shown[-1][0]) if len(found) > limit else "")
        skip, most = skip + len(ids), min(2 * most, SCAN_LIMIT)
