"""Products that match a filter, sorted by a column."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.listing.filter import Filter, as_sql
from edge.goods.catalog.listing.queries import PAGE_LIMIT, ListingPage
from edge.goods.catalog.queries import find_by_ids

NAME = "coalesce(p.body ->> ('$.names.' || ?), p.body ->> '$.names.en', p.sku)"
"""The name of product `p` in the language passed as a value."""
COLUMNS = {
    "name": f"sort_key({NAME})",
    "sku": "p.sku COLLATE NOCASE",
    "brand": "sort_key(p.brand)",
    "price": "p.price_minor",
}


def parse_sort(sort: str) -> tuple[str, bool]:
    """Column of a sort such as "-price", and whether it is descending."""
    return sort.removeprefix("-"), sort.startswith("-")


def read_sorted(
    db: Connection, wanted: Filter, sort: str, language: str, skip: int, limit: int, at_us: int
) -> ListingPage:
    """Products after the first `skip`, sorted by a column of `COLUMNS` ("-": descending), with prices at a moment.
    Missing values come last."""
    column, down = parse_sort(sort)
    by, spoken = COLUMNS[column], (language,) if column == "name" else ()
    condition, values = as_sql(db, wanted)
    limit = max(1, min(limit, PAGE_LIMIT))
    way = "DESC" if down else "ASC"
    found = db.execute(
        f"SELECT p.id FROM product p WHERE {condition} ORDER BY {by} {way} NULLS LAST, p.id LIMIT ? OFFSET ?",
        (*values, *spoken, limit + 1, skip),
    ).fetchall()
    products = find_by_ids(db, [id for (id,) in found[:limit]], at_us)
    return ListingPage(products, skip + limit if len(found) > limit else None)
