"""Legal purchase limits per person, such as 30 g of dried cannabis in Canada.

They apply to all lines of a basket, cart, order or sale. A category defines a limit on an attribute (`Attribute.most`).
For known customers, the same business day's purchases also count: above the limit, staff confirm and the event is
recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from edge.core.asking import Ask
from edge.core.memo import Memo
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.customer_sales import read_purchases_on
from edge.counter.till.events import DayLimitPassed
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.categories.queries import limited_categories, path_of
from edge.goods.catalog.queries import find_by_sku
from edge.lib.i18n import name_values
from edge.lib.units.quantity import ONE

Sums = dict[tuple[str, str], int]
"""Limited quantities by category and attribute, in millionths of the unit."""
LIMITED = Memo(limited_categories, "category")
"""Categories with a purchase limit; most shops have none."""


class LimitShare(msgspec.Struct, frozen=True):
    """A product's share of a limit. `of_one`: thousandths per unit; None if not given."""

    category: Category
    attribute: str
    of_one: int | None
    names: dict[str, str]


def over_limit(tx: Transaction, lines: Iterable[RecordedLine], returned: Iterable[RecordedLine] = ()) -> None:
    """Raise `Refusal` for lines above a limit per person, or whose share of it is unknown.

    `returned`: goods returned on the same paper, which are deducted.
    """
    if not (limited := _categories_by_id(tx)):
        return
    for (id, name), taken in _sums(tx, lines, returned, limited).items():
        attribute = limited[id].attributes[name]
        if attribute.most is not None and taken > attribute.most * ONE:
            raise Refusal(
                "purchase_limit", {**name_values(limited[id].names), "most": _format_amount(attribute, attribute.most)}
            )


def ask_over_day(
    tx: Transaction, customer: str, lines: Iterable[RecordedLine], ask: Ask, returned: Iterable[RecordedLine] = ()
) -> None:
    """Ask for confirmation if these lines and the business day's purchases exceed a customer's limit.

    Raises `Refusal` if it isn't confirmed yet, or if the lines alone exceed the limit.
    """
    if not customer:
        return
    lines, returned = tuple(lines), tuple(returned)
    over_limit(tx, lines, returned)
    for category, passed in _over_day(tx, customer, lines, returned):
        attribute = category.attributes[passed.attribute]
        shown = {"most": _format_amount(attribute, passed.most), "taken": _format_amount(attribute, passed.taken)}
        ask("purchase_limit_day", {**name_values(category.names), **shown}, passed.customer)


def note_over_day(
    tx: Transaction, customer: str, lines: Iterable[RecordedLine], returned: Iterable[RecordedLine] = ()
) -> None:
    """Record in the journal that a customer exceeded a limit within the business day, and who made the sale."""
    for _, passed in _over_day(tx, customer, lines, returned):
        tx.append(passed)


def _over_day(
    tx: Transaction, customer: str, lines: Iterable[RecordedLine], returned: Iterable[RecordedLine]
) -> Iterator[tuple[Category, DayLimitPassed]]:
    if not customer or not (limited := _categories_by_id(tx)):
        return
    before: Sums = {}
    for sku, goods in read_purchases_on(tx.db, customer, tx.business_date).items():
        for found, much in _of_product(tx, sku, goods, limited):
            _count(before, found, much)
    for key, taken in _sums(tx, lines, returned, limited).items():
        id, name = key
        most, all_taken = limited[id].attributes[name].most, taken + before.get(key, 0)
        if most is not None and taken > 0 and all_taken > most * ONE:
            yield limited[id], DayLimitPassed(customer, id, name, all_taken // ONE, most)


def _categories_by_id(tx: Transaction) -> dict[str, Category]:
    return {category.id: category for category in LIMITED.of(tx)}


def _format_amount(attribute: Attribute, thousandths: int) -> str:
    return f"{thousandths / ONE:.12g} {attribute.unit}".strip()


def _sums(
    tx: Transaction, lines: Iterable[RecordedLine], returned: Iterable[RecordedLine], limited: dict[str, Category]
) -> Sums:
    """Sum the limited quantities of these lines, less returned ones.

    Raises `Refusal` if the share of a product to sell is unknown.
    """
    sums: Sums = {}
    for line in lines:
        for found, goods in _line_shares(tx, line, limited) if not line.voided else ():
            if found.of_one is None:
                attribute = found.category.attributes[found.attribute]
                called_so = next(iter((attribute.names or {}).values()), found.attribute)
                raise Refusal("limit_unknown", {**name_values(found.names), "attribute": called_so})
            _count(sums, found, goods)
    for line in returned:
        for found, goods in _line_shares(tx, line, limited):
            _count(sums, found, -goods)
    return sums


def _count(sums: Sums, found: LimitShare, goods: int) -> None:
    key = (found.category.id, found.attribute)
    sums[key] = sums.get(key, 0) + (found.of_one or 0) * goods


def _line_shares(tx: Transaction, line: RecordedLine, limited: dict[str, Category]) -> list[tuple[LimitShare, int]]:
    """A line's shares of limits, each with the quantity of its product.

    For a bundle they're those of its parts, otherwise the product's own.
    """
    parts = [
        (found, part.taken_by(line.goods)) for part in line.parts for found in _limit_shares(tx, part.sku, limited)
    ]
    return parts or [(found, line.goods) for found in _limit_shares(tx, line.sku, limited)]


def _of_product(tx: Transaction, sku: str, goods: int, limited: dict[str, Category]) -> list[tuple[LimitShare, int]]:
    """Shares of limits for an earlier sale, like `_line_shares` but by the product's current parts."""
    product = find_by_sku(tx.db, sku)
    parts = product.parts or () if product else ()
    found = [(one, part.quantity * goods // ONE) for part in parts for one in _limit_shares(tx, part.sku, limited)]
    return found or [(one, goods) for one in _limit_shares(tx, sku, limited)]


def _limit_shares(tx: Transaction, sku: str, limited: dict[str, Category]) -> Iterable[LimitShare]:
    product = find_by_sku(tx.db, sku) if sku else None
    if product is None or not product.category:
        return
    for id in path_of(tx.db, product.category):
        for name, attribute in limited[id].attributes.items() if id in limited else ():
            if attribute.most is not None:
                value = (product.attributes or {}).get(name)
                yield LimitShare(limited[id], name, attribute.share_of(value), product.names)
