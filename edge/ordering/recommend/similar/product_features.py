"""A product's features for comparison (`likeness.py`), from the catalogue and the shop's categories."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.product import Product, Value
from edge.goods.search.query.text import plain
from edge.ordering.recommend.similar.declared_units import units_in, with_unit
from edge.ordering.recommend.similar.likeness import Features

_TERPENE = "terpene."
"""The prefix of attributes with the amount of a terpene."""
SPAN_LEAST = 20
"""Minimum number of products needed to compute an attribute's span.

With fewer, the span declared by a category is used.
"""
_SPANS = """
    SELECT name, unit, coalesce((low + high) / 2.0, low, high) AS middle FROM product_attribute
    WHERE coalesce(low, high) IS NOT NULL ORDER BY name, unit, middle
"""


def text_of(product: Product, above: dict[str, list[str]]) -> str:
    """A product's words in normalised spelling: names, brand, categories `above` it, and text attributes."""
    words = [*(product.names or {}).values(), product.brand or "", *above.get(product.category or "", ())]
    words += [value.text for value in (product.attributes or {}).values() if value.low is None and value.high is None]
    return plain(" ".join(word for word in words if word))


def features_of(product: Product, tree: dict[str, str], declared: dict[str, dict[str, str]]) -> Features:
    """A product's attributes declared by its categories, in their units."""
    path: list[str] = []
    id = product.category or ""
    while id and id in tree and id not in path:
        path.append(id)
        id = tree[id]
    size = (product.size.amount, product.size.measure) if product.size else None
    units = units_in(path, declared)
    attributes = {
        name: with_unit(value, units[name])
        for name, value in (product.attributes or {}).items()
        if name in units and value.unit in ("", units[name])
    }
    if "terpenes" in units and (terpenes := _terpenes_of(product)):
        attributes["terpenes"] = terpenes
    return Features(tuple(path), attributes, product.price_minor, size)


def _terpenes_of(product: Product) -> Value | None:
    """A product's terpenes as a list: those named in its text, and those with an amount."""
    said = product.attributes or {}
    named = [word.strip() for word in said["terpenes"].text.split(",")] if "terpenes" in said else []
    known = {word.casefold() for word in named}
    measured = [
        name.removeprefix(_TERPENE)
        for name, value in sorted(said.items())
        if name.startswith(_TERPENE) and (value.high or value.low or 0) > 0
    ]
    words = [word for word in (*named, *(one for one in measured if one.casefold() not in known)) if word]
    return Value(", ".join(words)[:1000]) if words else None


def spans_of(db: Connection) -> dict[tuple[str, str], float]:
    """The range of the middle nine tenths of products, by attribute and unit.

    For rare attributes, it's the widest range that a category declares.
    """
    declared: dict[tuple[str, str], float] = {}
    for category in read_categories(db):
        for name, said in category.attributes.items():
            if said.low is not None and said.high is not None:
                key = (name, said.unit)
                declared[key] = max(declared.get(key, 0.0), float(said.high - said.low))
    values: dict[tuple[str, str], list[float]] = {}
    for name, unit, middle in db.execute(_SPANS):
        values.setdefault((name, unit), []).append(middle)
    return declared | {
        key: found[int(0.95 * (len(found) - 1))] - found[int(0.05 * (len(found) - 1))]
        for key, found in values.items()
        if len(found) >= SPAN_LEAST
    }
