"""A product's price and cost, and the events that set them. Keys of the price: product, price list and start; key of
the cost: product.
"""

from __future__ import annotations

from edge.core.figure import Amounts, Figure, key_number
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.goods.catalog.history import cost_set_at, price_set_at
from edge.goods.catalog.prices import read_price
from edge.goods.catalog.queries import read_products


def _price(db: Connection, registry: Registry, sku: str, price_list: str, from_us: str) -> int | None:
    entry = read_price(db, sku, price_list, key_number(from_us))
    return entry.price_minor if entry else None


def _setting_row(db: Connection, registry: Registry, sku: str, price_list: str, from_us: str) -> Amounts:
    found = price_set_at(db, registry, sku, price_list, key_number(from_us))
    return (found,) if found else ()


def _cost(db: Connection, registry: Registry, sku: str) -> int | None:
    known = read_products(db, [sku]).get(sku)
    return known[1].cost_minor if known else None


def _costing_row(db: Connection, registry: Registry, sku: str) -> Amounts:
    found = cost_set_at(db, registry, sku)
    return (found,) if found else ()


_PAGE = "/manager/product?sku={0}"
FIGURES = (
    Figure("goods.price_minor", "minor", _price, _setting_row, _PAGE, "product", keys=3),
    Figure("goods.cost_minor", "minor", _cost, _costing_row, _PAGE, "product"),
)
