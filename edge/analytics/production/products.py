"""Product data for production: bills, stock, costs."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.analytics.production.bom import Bom
from edge.analytics.production.rules import MakeableProduct
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import is_divided, json_text, read_products
from edge.goods.stock.location import MAIN
from edge.goods.stock.rows import QUARANTINE, kind_of, reserved_at, rows_at

_IN_FORCE = """
    SELECT body FROM bom WHERE body ->> '$.sku' = ?1 AND coalesce(body ->> '$.active', 1)
        AND coalesce(body ->> '$.from_date', '') <= ?2
    ORDER BY coalesce(body ->> '$.from_date', '') DESC LIMIT 1
"""
_VERSION = "SELECT body FROM bom_version WHERE id = ? AND version = ?"
_BELOW = (
    """
    SELECT b.body ->> '$.sku', l.value ->> '$.sku'
    FROM json_each(?1) j JOIN bom b ON b.body ->> '$.sku' = j.value, json_each(b.body, '$.lines') l
    WHERE coalesce(b.body ->> '$.active', 1) AND b.id <> ?2
    """,
    """
    SELECT p.sku, l.value ->> '$.sku'
    FROM json_each(?) j JOIN product p ON p.sku = j.value, json_each(p.body, '$.parts') l
    WHERE p.body -> 'parts' IS NOT NULL
    """,
)
"""Queries for the components of products."""
_ABOVE = (
    """
    SELECT b.body ->> '$.sku', c.sku FROM json_each(?1) j JOIN bom_component c ON c.sku = j.value
    JOIN bom b ON b.id = c.bom WHERE coalesce(b.body ->> '$.active', 1) AND b.id <> ?2
    """,
    """
    SELECT p.sku, l.value ->> '$.sku' FROM product p, json_each(p.body, '$.parts') l
    WHERE p.body -> 'parts' IS NOT NULL AND l.value ->> '$.sku' IN (SELECT value FROM json_each(?))
    """,
)
"""Queries for the products that use products as components."""
_AVERAGE = "SELECT average_micro FROM stock WHERE sku = ?"
_decode = msgspec.json.Decoder(Bom).decode


class MadeGoods:
    """Looks up each product once: its state on a business day, and its stock at a location."""

    def __init__(self, db: Connection, today: str, location: str = MAIN) -> None:
        self._db, self._today, self._location = db, today, location
        self._found: dict[str, MakeableProduct | None] = {}
        self._there: dict[str, int] = {}

    def __call__(self, sku: str) -> MakeableProduct | None:
        """The product; None if unknown."""
        if sku not in self._found:
            self._found[sku] = self._read(sku)
        return self._found[sku]

    def _read(self, sku: str) -> MakeableProduct | None:
        known = read_products(self._db, [sku]).get(sku)
        if known is None:
            return None
        _, product, retired_us = known
        whole = (product.unit or "piece") == "piece" and not is_divided(self._db, sku)
        return MakeableProduct(product, whole, retired_us is not None, bom_on(self._db, sku, self._today))

    def there(self, sku: str) -> int:
        """Usable stock at the location, excluding reserved, expired and recalled goods."""
        if sku not in self._there:
            self._there[sku] = sound_at(self._db, sku, self._location, self._today)
        return self._there[sku]

    def average(self, sku: str) -> int | None:
        """The unit cost in millionths of a minor unit; None if unknown."""
        return average_of(self._db, sku)


def bom_on(db: Connection, sku: str, day: str) -> Bom | None:
    """The bill of a product on a day."""
    row = db.execute(_IN_FORCE, (sku, day)).fetchone()
    return _decode(row[0]) if row else None


def bom_version(db: Connection, id: str, version: int) -> Bom | None:
    """An earlier version of a bill."""
    row = db.execute(_VERSION, (id, version)).fetchone()
    return _decode(row[0]) if row else None


def edges_with(db: Connection, bom: Bom) -> dict[str, set[str]]:
    """The component graph of all products above or below this bill's product, from recipes and active bills, including
    this one. Other products aren't read.
    """
    edges: dict[str, set[str]] = {bom.sku: {line.sku for line in bom.lines}}
    edge, seen = {bom.sku, *edges[bom.sku]}, set[str]()
    while edge := edge - seen:  # components, level by level
        seen |= edge
        found = _component_pairs(db, _BELOW, edge, bom.id)
        for parent, child in found:
            edges.setdefault(parent, set()).add(child)
        edge = {child for _, child in found}
    edge, seen = {bom.sku}, set()
    while edge := edge - seen:  # products that use it, level by level
        seen |= edge
        found = _component_pairs(db, _ABOVE, edge, bom.id)
        for parent, child in found:
            edges.setdefault(parent, set()).add(child)
        edge = {parent for parent, _ in found}
    return edges


def components_of(db: Connection, skus: Iterable[str]) -> dict[str, set[str]]:
    """The components of products by their active bills; products without a bill are omitted."""
    found: dict[str, set[str]] = {}
    for parent, child in db.execute(_BELOW[0], (json_text(sorted(skus)), "")):
        found.setdefault(parent, set()).add(child)
    return found


def _component_pairs(db: Connection, queries: tuple[str, str], skus: Iterable[str], but: str) -> list[tuple[str, str]]:
    """Products with their components, from bills and recipes."""
    asked = json_text(skus)
    bills, recipes = queries
    return [*db.execute(bills, (asked, but)), *db.execute(recipes, (asked,))]


def average_of(db: Connection, sku: str) -> int | None:
    row = db.execute(_AVERAGE, (sku,)).fetchone()
    return row[0] if row else None


def sound_at(db: Connection, sku: str, location: str, today: str) -> int:
    """Stock of a product at a location, excluding reserved, expired and recalled goods."""
    if kind_of(db, location) == QUARANTINE:
        return 0
    rows = rows_at(db, sku, location, today)
    return sum(row.quantity for row in rows if not row.barred) - reserved_at(db, sku, location)


def names_of(db: Connection, skus: Iterable[str]) -> dict[str, dict[str, str]]:
    """The names of products by language."""
    return {sku: dict(product.names or {}) for sku, (_, product, _) in read_products(db, sorted(set(skus))).items()}
