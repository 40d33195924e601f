"""The most that one person may have at once, by law: 30 g of dried cannabis in Canada, counted over all lines of a
basket, a cart, an order, a sale. A category says it at one of its attributes (`Attribute.most`)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.lib.units.quantity import ONE
from edge.shop.catalog.categories.category import Category
from edge.shop.catalog.categories.queries import limited_categories, path_of
from edge.shop.catalog.queries import find_by_sku
from edge.shop.till.rules.basket import called
from edge.shop.till.rules.event_structs import RecordedLine


class LimitShare(msgspec.Struct, frozen=True):
    """How much of what is limited a product is: `of_one` thousandths for one of its unit."""

    category: Category
    attribute: str
    of_one: int


def over_limit(tx: Transaction, lines: Iterable[RecordedLine]) -> Refused | None:
    """Why these lines cannot all go to one person."""
    limited = {category.id: category for category in limited_categories(tx.db)}
    if not limited:
        return None
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        if line.voided:
            continue
        for found, goods in _of_line(tx, line, limited):
            key = (found.category.id, found.attribute)
            sums[key] = sums.get(key, 0) + found.of_one * goods // ONE
            attribute = found.category.attributes[found.attribute]
            if attribute.most is not None and sums[key] > attribute.most:
                most = f"{attribute.most / ONE:.12g} {attribute.unit}".strip()
                return Refused("purchase_limit", {**called(found.category.names), "most": most})
    return None


def _of_line(tx: Transaction, line: RecordedLine, limited: dict[str, Category]) -> list[tuple[LimitShare, int]]:
    """What a line has of what is limited, each with how much of its product goes out: of a bundle its parts, or else
    what it says itself."""
    parts = [(found, part.taken_by(line.goods)) for part in line.parts for found in _counted(tx, part.sku, limited)]
    return parts or [(found, line.goods) for found in _counted(tx, line.sku, limited)]


def _counted(tx: Transaction, sku: str, limited: dict[str, Category]) -> Iterable[LimitShare]:
    product = find_by_sku(tx.db, sku) if sku else None
    if product is None or not product.category:
        return
    for id in path_of(tx.db, product.category):
        for name, attribute in limited[id].attributes.items() if id in limited else ():
            value = (product.attributes or {}).get(name)
            if attribute.most is not None and value and value.low is not None:
                yield LimitShare(limited[id], name, max(value.low, value.high or 0))
