"""Alerts about the assortment: sales of unlisted products."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.goods.assortment.queries import unlisted_sales
from edge.lib.units.quantity import show_quantity

LIMIT = 50


def _unlisted_sales(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Products sold today although unlisted, from remaining stock or because another source lists them."""
    for one in unlisted_sales(db, now_us, business_date, LIMIT):
        yield Condition(one.sku, {"sku": one.sku, "quantity": show_quantity(one.quantity)})


WATCHES: tuple[Watch, ...] = (Watch("not_listed", "info", _unlisted_sales, every_s=300),)
