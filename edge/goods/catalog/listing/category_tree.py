"""Category tree for manager pages."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.categories.queries import path_of, read_categories
from edge.goods.catalog.listing.queries import count_by_category


class Branch(msgspec.Struct, frozen=True):
    """A category in the tree: its depth, and its number of products including subcategories."""

    category: Category
    depth: int
    count: int


def tree(db: Connection) -> list[Branch]:
    """All categories below their parents, with product counts."""
    below: dict[str, list[Category]] = {}
    for category in read_categories(db):
        below.setdefault(category.parent, []).append(category)
    counts = count_by_category(db)

    def branches(parent: str, depth: int) -> list[Branch]:
        found = []
        for category in below.get(parent, ()):
            inner = branches(category.id, depth + 1)
            count = counts.get(category.id, 0) + sum(branch.count for branch in inner if branch.depth == depth + 1)
            found += [Branch(category, depth, count), *inner]
        return found

    return branches("", 0)


def path_to(db: Connection, id: str) -> tuple[Category, ...]:
    """A category after its ancestors; empty if unknown."""
    known = {category.id: category for category in read_categories(db)} if id else {}
    return tuple(known[step] for step in path_of(db, id)) if id in known else ()
