"""Going through the catalogue: products by what they are, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from edge.catalog.category import DEPTH_LIMIT
from edge.catalog.queries import StockedProduct, count_products, find_by_ids, json_text, read_categories
from edge.core.database import Connection
from edge.core.shapes import Number

PAGE_LIMIT = 200
"""Products of one page; who asks for more gets this many, and the place from which to go on."""

BRANDS_LIMIT = 500
"""Brands that are listed, the most frequent ones."""


class Wanted(msgspec.Struct, frozen=True):
    """An attribute that products have: a number that may lie from `low` to `high` (thousandths), or this `text`."""

    name: str
    text: str | None = None
    low: int | None = None
    high: int | None = None


class Filter(msgspec.Struct, frozen=True):
    """Which products: below `category` ("": those in none), of a `brand`, given up or not, variants of one, and so on.

    `changed_since`: those that a row of the journal behind this one changed, in that order.
    """

    category: str | None = None
    brand: str | None = None
    retired: Literal["no", "yes", "any"] = "no"
    attributes: tuple[Wanted, ...] = ()
    variant_of: str | None = None
    changed_since: int | None = None


class Page(msgspec.Struct, frozen=True):
    """Some products, and the place from which to go on (None: these were the last)."""

    products: list[StockedProduct]
    after: int | None


_BELOW = f"""
    p.category IN (
        WITH RECURSIVE below (id, depth) AS (
            SELECT ?, 0 UNION SELECT c.id, depth + 1 FROM category c JOIN below ON c.parent = below.id
            WHERE depth < {DEPTH_LIMIT}
        ) SELECT id FROM below)
"""
_ATTRIBUTE = "p.id IN (SELECT a.product_id FROM product_attribute a WHERE a.name = ? AND "
_IN_CATEGORIES = "SELECT category, count(*) FROM product WHERE category IS NOT NULL GROUP BY category"
_RETIRED_IN_CATEGORIES = "SELECT category, count(*) FROM product WHERE retired_us IS NOT NULL GROUP BY category"
_RETIRED = {"no": "p.retired_us IS NULL", "yes": "p.retired_us IS NOT NULL", "any": "1"}
_ATTRIBUTE_NAMES = """
    WITH RECURSIVE one(name) AS (
        SELECT min(name) FROM product_attribute
        UNION ALL
        SELECT (SELECT min(name) FROM product_attribute WHERE name > one.name) FROM one WHERE one.name IS NOT NULL
    ) SELECT name FROM one WHERE name IS NOT NULL
"""
_HAVING = """
    SELECT product_id, (?2 IS NULL OR coalesce(low >= ?2, 0)) AND (?3 IS NULL OR coalesce(high <= ?3, 0))
    FROM product_attribute WHERE name = ?1 AND ?4 IN ('', unit) AND (low IS NOT NULL OR high IS NOT NULL)
"""


def browse(db: Connection, wanted: Filter, after: int = 0, limit: Number = 50, at_us: int | None = None) -> Page:
    """The products of a filter behind a place, with their prices in effect at a moment."""
    key = "p.id" if wanted.changed_since is None else "p.seq"
    conditions, values = _conditions(db, wanted)
    limit = max(1, min(limit, PAGE_LIMIT))
    rows = db.execute(
        f"SELECT p.id, {key} FROM product p WHERE {key} > ? AND {' AND '.join(conditions)} ORDER BY {key} LIMIT ?",
        (after, *values, limit + 1),
    ).fetchall()
    shown = rows[:limit]
    products = find_by_ids(db, [id for id, _ in shown], at_us)
    return Page(products, shown[-1][1] if len(rows) > limit else None)


def count(db: Connection, wanted: Filter) -> int:
    """How many products a filter has."""
    if wanted == Filter():
        return count_products(db)
    conditions, values = _conditions(db, wanted)
    return int(db.execute(f"SELECT count(*) FROM product p WHERE {' AND '.join(conditions)}", values).fetchone()[0])


class Fulfilling:
    """What a filter has, for those who look for products in another way, by `id`."""

    def __init__(self, db: Connection, wanted: Filter) -> None:
        self._db = db
        self._conditions, self._values = _conditions(db, wanted)

    def of(self, ids: Collection[int]) -> set[int]:
        """Those of these."""
        sql = "SELECT p.id FROM json_each(?) j JOIN product p ON p.id = j.value WHERE"
        return self._ids(sql, (json_text(ids), *self._values))

    def all(self) -> set[int]:
        return self._ids("SELECT p.id FROM product p WHERE", tuple(self._values))

    def _ids(self, sql: str, values: tuple[object, ...]) -> set[int]:
        return {id for (id,) in self._db.execute(f"{sql} {' AND '.join(self._conditions)}", values)}


def count_by_category(db: Connection) -> dict[str, int]:
    """How many products are right in each category; "" for those in none. What was given up is not counted."""
    counts: dict[str, int] = dict(db.execute(_IN_CATEGORIES).fetchall())
    for category, gone in db.execute(_RETIRED_IN_CATEGORIES):
        if category is not None:
            counts[category] -= gone
    return {"": count_products(db) - sum(counts.values()), **counts}


def brands(db: Connection) -> list[str]:
    """The brands that products have, in the order of the alphabet."""
    rows = db.execute(
        "SELECT brand FROM (SELECT brand, count(*) AS many FROM product WHERE brand IS NOT NULL"
        " GROUP BY brand COLLATE NOCASE ORDER BY many DESC LIMIT ?) ORDER BY brand COLLATE NOCASE",
        (BRANDS_LIMIT,),
    )
    return [brand for (brand,) in rows]


def attribute_names(db: Connection) -> dict[str, str]:
    """How the products' attributes are called: by each name in small letters, in every language, the attribute."""
    found = {name.casefold(): name for (name,) in db.execute(_ATTRIBUTE_NAMES)}
    for category in read_categories(db):
        for name, attribute in category.attributes.items():
            found.update(dict.fromkeys((word.casefold() for word in (name, *(attribute.names or {}).values())), name))
    return found


def having(db: Connection, attribute: str, low: int | None, high: int | None, unit: str = "") -> set[int]:
    """Products whose whole value of an attribute lies in a range of thousandths (None: open), by `id`.

    Without an attribute it is the first one in that unit that a product has, in the order in which its categories
    tell of them.
    """
    if attribute:
        return {id for id, fits in db.execute(_HAVING, (attribute, low, high, unit)) if fits}
    found: set[int] = set()
    seen: set[int] = set()
    for name in dict.fromkeys((*_told_of(db, unit), *attribute_names(db).values())):
        ids = {id: fits for id, fits in db.execute(_HAVING, (name, low, high, unit)) if id not in seen}
        found.update(id for id, fits in ids.items() if fits)
        seen.update(ids)
    return found


def priced(db: Connection, low_minor: int | None, high_minor: int | None, ids: Iterable[int] | None = None) -> set[int]:
    """Products (`ids`: of these) whose price in the store's list, without what is planned, lies in a range, by `id`."""
    one_of = "product" if ids is None else "json_each(?3) j JOIN product ON product.id = j.value"
    rows = db.execute(
        f"SELECT product.id FROM {one_of} WHERE price_minor >= coalesce(?1, 0)"
        " AND price_minor <= coalesce(?2, price_minor)",
        (low_minor, high_minor) if ids is None else (low_minor, high_minor, json_text(ids)),
    )
    return {id for (id,) in rows}


def _conditions(db: Connection, wanted: Filter) -> tuple[list[str], list[object]]:
    names: Mapping[str, str] = attribute_names(db) if wanted.attributes else {}
    conditions, values = [_RETIRED[wanted.retired]], list[object]()
    if wanted.changed_since is not None:
        conditions.append("p.seq > ?")
        values.append(wanted.changed_since)
    if wanted.category == "":
        conditions.append("p.category IS NULL")
    elif wanted.category is not None:
        conditions.append(_BELOW)
        values.append(wanted.category)
    if wanted.brand is not None:
        conditions.append("p.brand = ? COLLATE NOCASE")
        values.append(wanted.brand)
    if wanted.variant_of is not None:
        conditions.append("p.body ->> 'variant_of' = ?")
        values.append(wanted.variant_of)
    for attribute in wanted.attributes:
        name = names.get(attribute.name.casefold(), attribute.name)
        condition, more = _attribute(msgspec.structs.replace(attribute, name=name))
        conditions.append(condition)
        values += more
    return conditions, values


def _attribute(wanted: Wanted) -> tuple[str, list[object]]:
    """A range meets another where each begins before the other ends; an open end goes on for ever."""
    if wanted.text is not None:
        return _ATTRIBUTE + "a.text = ? COLLATE NOCASE)", [wanted.name, wanted.text]
    known = "(a.low IS NOT NULL OR a.high IS NOT NULL)"
    low = "" if wanted.low is None else " AND (a.high IS NULL OR a.high >= ?)"
    high = "" if wanted.high is None else " AND (a.low IS NULL OR a.low <= ?)"
    bounds = [bound for bound in (wanted.low, wanted.high) if bound is not None]
    return f"{_ATTRIBUTE}{known}{low}{high})", [wanted.name, *bounds]


def _told_of(db: Connection, unit: str) -> list[str]:
    return [name for one in read_categories(db) for name, attribute in one.attributes.items() if attribute.unit == unit]
