"""The most that one person may have at once, by law: 30 g of dried cannabis in Canada, counted over all lines of a
basket, a cart, an order, a sale. A category says it at one of its attributes (`Attribute.most`)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.memo import Memo
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.lib.i18n import name_values
from edge.lib.units.quantity import ONE
from edge.shop.catalog.categories.category import Attribute, Category
from edge.shop.catalog.categories.queries import limited_categories, path_of
from edge.shop.catalog.product import Value
from edge.shop.catalog.queries import find_by_sku
from edge.shop.till.rules.event_structs import RecordedLine

LIMITED = Memo(limited_categories, "category")
"""The categories of which one person may have only so much; most shops have none."""


class LimitShare(msgspec.Struct, frozen=True):
    """How much of what is limited a product is: `of_one` thousandths for one of its unit; None: nobody said."""

    category: Category
    attribute: str
    of_one: int | None
    names: dict[str, str]


def over_limit(tx: Transaction, lines: Iterable[RecordedLine], returned: Iterable[RecordedLine] = ()) -> None:
    """`Refusal`: these lines cannot all go to one person: it is more than the law allows, or nobody knows how much it
    is. `returned`: goods that come back on the same paper, which count off."""
    if not (categories := LIMITED.of(tx)):
        return
    limited = {category.id: category for category in categories}
    sums: dict[tuple[str, str], int] = {}
    for line in lines:
        for found, goods in _of_line(tx, line, limited) if not line.voided else ():
            if found.of_one is None:
                attribute = found.category.attributes[found.attribute]
                called_so = next(iter((attribute.names or {}).values()), found.attribute)
                raise Refusal("limit_unknown", {**name_values(found.names), "attribute": called_so})
            key = (found.category.id, found.attribute)
            sums[key] = sums.get(key, 0) + found.of_one * goods
    for line in returned:
        for found, goods in _of_line(tx, line, limited):
            key = (found.category.id, found.attribute)
            sums[key] = sums.get(key, 0) - (found.of_one or 0) * goods
    for (id, name), thousandths in sums.items():
        attribute = limited[id].attributes[name]
        if attribute.most is not None and thousandths > attribute.most * ONE:
            most = f"{attribute.most / ONE:.12g} {attribute.unit}".strip()
            raise Refusal("purchase_limit", {**name_values(limited[id].names), "most": most})


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
            if attribute.most is not None:
                value = (product.attributes or {}).get(name)
                yield LimitShare(limited[id], name, _of_one(value, attribute), product.names)


def _of_one(value: Value | None, attribute: Attribute) -> int | None:
    """How much one unit of a product is by what is said of it, of a range the most; None: nothing that counts is."""
    if value is None or not value.low or value.low < 0 or value.unit not in ("", attribute.unit):
        return None
    return max(value.low, value.high or 0)
