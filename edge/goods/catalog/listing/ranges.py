"""Products by attribute and price ranges, and names of attributes."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import json_text

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


def attribute_names(db: Connection) -> dict[str, str]:
    """Attributes by their lower-case names in every language."""
    found = {name.casefold(): name for (name,) in db.execute(_ATTRIBUTE_NAMES)}
    for category in read_categories(db):
        for name, attribute in category.attributes.items():
            found.update(dict.fromkeys((word.casefold() for word in (name, *(attribute.names or {}).values())), name))
    return found


def having(db: Connection, attribute: str, low: int | None, high: int | None, unit: str = "") -> set[int]:
    """Products whose attribute lies entirely in a range of thousandths (None: open), by `id`.

    Without an attribute, each product is judged by its first attribute in that unit.
    """
    if attribute:
        return {id for id, fits in db.execute(_HAVING, (attribute, low, high, unit)) if fits}
    found: set[int] = set()
    seen: set[int] = set()
    for name in dict.fromkeys((*_attributes_with_unit(db, unit), *attribute_names(db).values())):
        ids = {id: fits for id, fits in db.execute(_HAVING, (name, low, high, unit)) if id not in seen}
        found.update(id for id, fits in ids.items() if fits)
        seen.update(ids)
    return found


def products_priced_within(
    db: Connection, low_minor: int | None, high_minor: int | None, ids: Iterable[int] | None = None
) -> set[int]:
    """Products whose current store price is in a range, by `id`; only those in `ids`, if given."""
    one_of = "product" if ids is None else "json_each(?3) j JOIN product ON product.id = j.value"
    rows = db.execute(
        f"SELECT product.id FROM {one_of} WHERE price_minor >= coalesce(?1, 0)"
        " AND price_minor <= coalesce(?2, price_minor)",
        (low_minor, high_minor) if ids is None else (low_minor, high_minor, json_text(ids)),
    )
    return {id for (id,) in rows}


def _attributes_with_unit(db: Connection, unit: str) -> list[str]:
    return [name for one in read_categories(db) for name, attribute in one.attributes.items() if attribute.unit == unit]
