"""Categories for browsing on kiosk and phone."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.listing.queries import count_by_category

CATEGORIES_SHOWN = 40


def top_categories(db: Connection) -> list[Category]:
    """Top-level categories with products in or below them."""
    counts, known = count_by_category(db), read_categories(db)
    parents = {category.id: category.parent for category in known}
    full: set[str] = set()
    for id, count in counts.items():
        while count and id and id not in full:
            full.add(id)
            id = parents.get(id, "")
    return [category for category in known if not category.parent and category.id in full][:CATEGORIES_SHOWN]
