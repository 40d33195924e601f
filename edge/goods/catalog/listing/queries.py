"""Browsing products page by page."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.listing.filter import Filter, as_sql
from edge.goods.catalog.queries import CatalogProduct, count_products, find_by_ids, json_text

PAGE_LIMIT = 200
"""Maximum products per page; larger requests get this many, and a cursor."""

BRANDS_LIMIT = 500
"""Maximum brands to list, most frequent first."""


class ListingPage(msgspec.Struct, frozen=True):
    """Products, and the position of the next page (None: the last)."""

    products: list[CatalogProduct]
    after: int | None


_IN_CATEGORIES = "SELECT category, count(*) FROM product WHERE category IS NOT NULL GROUP BY category"
_RETIRED_IN_CATEGORIES = "SELECT category, count(*) FROM product WHERE retired_us IS NOT NULL GROUP BY category"


def browse(db: Connection, wanted: Filter, after: int = 0, limit: Number = 50, at_us: int | None = None) -> ListingPage:
    """Return a page of the products that match a filter, with prices at a moment."""
    key = "p.id" if wanted.changed_since is None else "p.seq"
    condition, values = as_sql(db, wanted)
    limit = max(1, min(limit, PAGE_LIMIT))
    rows = db.execute(
        f"SELECT p.id, {key} FROM product p WHERE {key} > ? AND {condition} ORDER BY {key} LIMIT ?",
        (after, *values, limit + 1),
    ).fetchall()
    shown = rows[:limit]
    products = find_by_ids(db, [id for id, _ in shown], at_us)
    return ListingPage(products, shown[-1][1] if len(rows) > limit else None)


def count(db: Connection, wanted: Filter) -> int:
    """Count the products that match a filter."""
    if wanted == Filter():
        return count_products(db)
    condition, values = as_sql(db, wanted)
    return int(db.execute(f"SELECT count(*) FROM product p WHERE {condition}", values).fetchone()[0])


def select_skus(db: Connection, wanted: Filter, limit: int) -> list[str]:
    """Return the SKUs of products that match a filter, in order of creation, up to a limit."""
    condition, values = as_sql(db, wanted)
    rows = db.execute(f"SELECT p.sku FROM product p WHERE {condition} ORDER BY p.id LIMIT ?", (*values, limit))
    return [sku for (sku,) in rows]


class Fulfilling:
    """Applies a filter to products that were found in another way, given by `id`."""

    def __init__(self, db: Connection, wanted: Filter) -> None:
        self._db = db
        self._condition, self._values = as_sql(db, wanted)

    def of(self, ids: Collection[int]) -> set[int]:
        """The ids of these products that match the filter."""
        sql = "SELECT p.id FROM json_each(?) j JOIN product p ON p.id = j.value WHERE"
        return self._ids(sql, (json_text(ids), *self._values))

    def all(self) -> set[int]:
        return self._ids("SELECT p.id FROM product p WHERE", tuple(self._values))

    def _ids(self, sql: str, values: tuple[object, ...]) -> set[int]:
        return {id for (id,) in self._db.execute(f"{sql} {self._condition}", values)}


def count_by_category(db: Connection) -> dict[str, int]:
    """Number of active products directly in each category; "": without a category."""
    counts: dict[str, int] = dict(db.execute(_IN_CATEGORIES).fetchall())
    for category, gone in db.execute(_RETIRED_IN_CATEGORIES):
        if category is not None:
            counts[category] -= gone
    return {"": count_products(db) - sum(counts.values()), **counts}


def brands(db: Connection) -> list[str]:
    """The most frequent brands (at most `BRANDS_LIMIT`), in alphabetical order."""
    rows = db.execute(
        "SELECT brand FROM (SELECT brand, count(*) AS many FROM product WHERE brand IS NOT NULL"
        " GROUP BY brand COLLATE NOCASE ORDER BY many DESC LIMIT ?) ORDER BY brand COLLATE NOCASE",
        (BRANDS_LIMIT,),
    )
    return [brand for (brand,) in rows]
