"""Check that reservations belong to carts and orders."""

from __future__ import annotations

from collections import Counter

from edge.core.messages import Moment
from edge.core.storage.database import Connection
from edge.goods.stock.queries import FINDINGS_LIMIT, StockIssue
from edge.ordering.orders.carts.cart_stock import HOLDER as CART
from edge.ordering.orders.fulfilment.reservations import counted_lines
from edge.ordering.orders.fulfilment.short_orders import HOLDER as ORDER
from edge.ordering.orders.queries import read_shop_order

_OVER = """
    SELECT c.sku, c.location, c.quantity FROM stock_claim c
    WHERE c.kind = 'reserved' AND c.holder LIKE ?1 || '%' AND NOT EXISTS (
        SELECT 1 FROM {0} x WHERE x.id = substr(c.holder, length(?1) + 1) AND {1}) LIMIT ?2
"""
_OPEN = """
    SELECT c.sku, c.location, c.quantity, o.id FROM shop_order o
    JOIN stock_claim c ON c.kind = 'reserved' AND c.holder = ?1 || o.id WHERE o.open LIMIT ?2
"""


def order_stock_check(db: Connection, now_us: Moment) -> list[StockIssue]:
    """Return reservations that belong to no open cart or order, or exceed the quantities of an open order."""
    found = [
        _differs(sku, location, 0, quantity)
        for holder, table, open in ((ORDER, "shop_order", "x.open"), (CART, "cart", "NOT x.ended"))
        for sku, location, quantity in db.execute(_OVER.format(table, open), (holder, FINDINGS_LIMIT))
    ]
    wanted: dict[str, Counter[str]] = {}
    for sku, location, quantity, id in db.execute(_OPEN, (ORDER, FINDINGS_LIMIT)).fetchall():
        if id not in wanted:
            wanted[id] = _ordered_quantities(db, id)
        if quantity > wanted[id][sku]:
            found.append(_differs(sku, location, wanted[id][sku], quantity))
    return found


def _ordered_quantities(db: Connection, id: str) -> Counter[str]:
    """An order's quantities by product."""
    order, found = read_shop_order(db, id), Counter[str]()
    for need in counted_lines(db, order.goods.sold_lines) if order else ():
        found[need.sku] += need.quantity
    return found


def _differs(sku: str, location: str, wanted: int, promised: int) -> StockIssue:
    return StockIssue("reserved_differs", "medium", sku, location, wanted, promised, "release_or_receive")
