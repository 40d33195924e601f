"""Lists that are read out: what is there, what runs low, what expires."""

from __future__ import annotations

from collections.abc import Sequence

from edge.core.storage.database import Connection
from edge.shop.assistant.phrasing import full_name, say, stocked
from edge.shop.catalog.queries import StockedProduct, find_by_sku
from edge.shop.stock.queries import expiring, low_stock, read_item

READ_OUT = 6
"""Lines of a list; how many more there are is said."""


def stock_lines(db: Connection, products: Sequence[StockedProduct], language: str) -> list[str]:
    """What is there of each."""
    lines = []
    for product in products[:READ_OUT]:
        item = read_item(db, product.sku)
        name = full_name(product, language)
        if item is None or (not item.boxes and item.units == 0):
            lines.append(say(language, "none_there", name=name))
        else:
            stock = stocked(product, item.boxes, item.units, language)
            lines.append(say(language, "now_there", name=name, stock=stock))
    return [*lines, *_more(len(products), language)]


def low_lines(db: Connection, language: str) -> list[str]:
    """What runs low."""
    found = low_stock(db)
    lines = []
    for one in found[:READ_OUT]:
        if product := find_by_sku(db, one.sku):
            stock = stocked(product, 0, one.total, language)
            lines.append(say(language, "now_there", name=full_name(product, language), stock=stock))
    if not lines:
        return [say(language, "low_none")]
    return [say(language, "low_title"), *lines, *_more(len(found), language)]


def expiring_lines(db: Connection, today: str, language: str) -> list[str]:
    """What expires within a week, or has."""
    found = expiring(db, today)
    lines = []
    for one in found[:READ_OUT]:
        if product := find_by_sku(db, one.sku):
            stock = stocked(product, 0, one.total, language)
            lines.append(say(language, "expires", name=full_name(product, language), stock=stock, date=one.expiry))
    if not lines:
        return [say(language, "expiring_none")]
    return [say(language, "expiring_title"), *lines, *_more(len(found), language)]


def _more(count: int, language: str) -> list[str]:
    return [say(language, "more_of_them", n=count - READ_OUT)] if count > READ_OUT else []
