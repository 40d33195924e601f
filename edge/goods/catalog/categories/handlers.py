"""Category commands, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.categories.category import complete_category, path
from edge.goods.catalog.categories.queries import NamedElsewhere, is_used, read_categories, read_category
from edge.goods.catalog.commands import RemoveCategories, SetCategories
from edge.goods.catalog.events import CategoryRemoved, CategorySet


def set_categories(tx: Transaction, command: SetCategories) -> None:
    known = {category.id: category for category in read_categories(tx.db)}
    wanted = [one for one in command.categories if not (command.only_new and one.id in known)]
    if not command.whole:
        wanted = [complete_category(known.get(one.id), one) for one in wanted]
    tree = {id: category.parent for id, category in known.items()}
    moved = any(tree.get(category.id, category.parent) != category.parent for category in wanted)
    for category in wanted:
        tree[category.id] = category.parent
        try:
            path(tree, category.id)
        except ValueError as error:
            raise Refusal(str(error), {"category": category.id, "parent": category.parent}) from None
    for id in tree if moved else ():
        try:
            path(tree, id)
        except ValueError as error:
            raise Refusal(str(error), {"category": id, "parent": tree[id]}) from None
    for category in wanted:
        if known.get(category.id) != category:
            tx.append(CategorySet(category, command.source))
            known[category.id] = category


def remove_categories(tx: Transaction, command: RemoveCategories, named: NamedElsewhere) -> tuple[str, ...]:
    stay = []
    for category in command.categories:
        if read_category(tx.db, category.id) != category or is_used(tx.db, category.id, named):
            stay.append(category.id)
        else:
            tx.append(CategoryRemoved(category.id, command.source))
    return tuple(stay)
