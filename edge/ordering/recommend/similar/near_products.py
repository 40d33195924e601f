"""Rank some products by similarity to one, without an index: for occasional use.

The similarity is that of `likeness.py`, with trigram rarity among these products only.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import names_above, parents, skus_below
from edge.goods.catalog.queries import read_products
from edge.ordering.recommend.similar.declared_units import declared_attributes
from edge.ordering.recommend.similar.likeness import (
    Parts,
    category_likeness,
    feature_likeness,
    hash_trigrams,
    rarity,
    unit_rows,
)
from edge.ordering.recommend.similar.product_features import features_of, spans_of, text_of
from edge.ordering.recommend.similar.product_index import LEAST

COMPARED = 400


def relatives(db: Connection, sku: str) -> list[str]:
    """SKUs of possibly similar products: from its own category first, then from those around it."""
    found, above = read_products(db, [sku]), parents(db)
    category = (found[sku][1].category or "") if sku in found else ""
    related: dict[str, None] = {}
    seen: set[str] = set()
    while category and category not in seen and len(related) < COMPARED:
        seen.add(category)
        related |= dict.fromkeys(skus_below(db, category))
        category = above.get(category, "")
    related.pop(sku, None)
    return list(related)[:COMPARED]


def rank_alike(db: Connection, sku: str, others: Sequence[str]) -> list[str]:
    """The products among `others` that are similar to a product, the most similar first, without discontinued ones."""
    found = read_products(db, [sku, *others[:COMPARED]])
    if sku not in found:
        return []
    products = [found[sku][1]]
    products += [product for _, product, retired in found.values() if product.sku != sku and retired is None]
    tree, declared = parents(db), declared_attributes(db)
    above = names_above(db, {one.category for one in products if one.category})
    counts = hash_trigrams([text_of(one, above) for one in products])
    rows = unit_rows(counts, rarity(counts))
    texts = rows @ rows[0]
    own, spans = features_of(products[0], tree, declared), spans_of(db)
    scores: list[tuple[float, str]] = []
    for at, product in enumerate(products[1:], 1):
        features = features_of(product, tree, declared)
        category = category_likeness(own.categories, features.categories)
        parts = Parts(max(0.0, float(texts[at])), category, feature_likeness(own, features, spans))
        if parts.score >= LEAST:
            scores.append((-parts.score, product.sku))
    return [sku for _, sku in sorted(scores)]
