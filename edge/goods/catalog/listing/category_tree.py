"""The tree of categories as the manager's pages show it."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.categories.queries import path_of, read_categories
from edge.goods.catalog.listing.queries import count_by_category


class Branch(msgspec.Struct, frozen=True):
    """A category in the tree: how deep it is, and how many products it and those below it have."""

    category: Category
    depth: int
    count: int


def tree(db: Connection) -> list[Branch]:
    """All categories, each below its parent, with the products below it counted."""
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
    """A category behind those above it; nothing for one that there is not."""
    known = {category.id: category for category in read_categories(db)} if id else {}
    return tuple(known[step] for step in path_of(db, id)) if id in known else ()
