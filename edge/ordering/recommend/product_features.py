"""What is compared of a product (`likeness.py`), as the catalogue and the shop's categories have it."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.product import Product, Value
from edge.goods.search.query.text import plain
from edge.ordering.recommend.declared_units import units_in, with_unit
from edge.ordering.recommend.likeness import Features

_TERPENE = "terpene."
"""Begins the attributes that say how much of each terpene there is."""
SPAN_LEAST = 20
"""Of so many products an attribute's span is known; of fewer it is what a category declares."""
_SPANS = """
    SELECT name, unit, coalesce((low + high) / 2.0, low, high) AS middle FROM product_attribute
    WHERE coalesce(low, high) IS NOT NULL ORDER BY name, unit, middle
"""


def text_of(product: Product, above: dict[str, list[str]]) -> str:
    """Its words in plain spelling: names, brand, categories `above` it, attributes that are words."""
    words = [*(product.names or {}).values(), product.brand or "", *above.get(product.category or "", ())]
    words += [value.text for value in (product.attributes or {}).values() if value.low is None and value.high is None]
    return plain(" ".join(word for word in words if word))


def features_of(product: Product, tree: dict[str, str], declared: dict[str, dict[str, str]]) -> Features:
    """Of its attributes those that its categories declare, in the unit that these say."""
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
    """Which terpenes are in it, as a list: those that its text names, and those of which somebody said how much."""
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
    """By attribute and unit, between which values the middle nine tenths of its products lie; of one that few products
    have, between which a category declares that it makes sense: the widest of these."""
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
