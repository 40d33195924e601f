"""A product's price, and the event that set it. The key: a product, a price list, and when the price begins."""

from __future__ import annotations

from edge.core.figure import Amounts, Figure, key_number
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.history import price_set_at
from edge.goods.catalog.prices import read_price


def _price(db: Connection, registry: Registry, sku: str, price_list: str, from_us: str) -> int | None:
    entry = read_price(db, sku, price_list, key_number(from_us))
    return entry.price_minor if entry else None


def _setting_row(db: Connection, registry: Registry, sku: str, price_list: str, from_us: str) -> Amounts:
    found = price_set_at(db, registry, sku, price_list, key_number(from_us))
    return (found,) if found else ()


FIGURES = (Figure("goods.price_minor", "minor", _price, _setting_row, "/manager/product?sku={0}", "product", keys=3),)
