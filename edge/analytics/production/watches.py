"""Alerts of production: late orders, shortages, goods made from recalled lots."""

from __future__ import annotations

from collections.abc import Iterator

from edge.analytics.production.lots import made_of_recalled
from edge.analytics.production.queries import is_late, missing, open_works
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.goods.stock.rows import called_by
from edge.lib.units.quantity import show_quantity


def _late(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for order in open_works(db):
        if is_late(order, business_date):
            day = order.start_on if order.state == "planned" else order.due_on
            yield Condition(str(order.number), {"number": order.number, "day": day, **called_by(db, order.sku)})


def _blocked_orders(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Orders up to today with shortages."""
    for order in open_works(db):
        if order.start_on > business_date:
            continue
        if lacking := missing(db, order, business_date):
            first = lacking[0]
            about: dict[str, str | int] = {
                "number": order.number,
                "quantity": show_quantity(first.quantity),
                "more": len(lacking) - 1,
            }
            yield Condition(str(order.number), {**about, **called_by(db, first.sku)})


def _recalled_goods(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for _, lot, made in made_of_recalled(db):
        about = {"lot": lot, "made": made.lot, "left": show_quantity(made.left), **made.names}
        yield Condition(f"{made.sku}/{made.lot}", about)


WATCHES = (
    Watch("work_late", "medium", _late, every_s=600),
    Watch("work_blocked", "medium", _blocked_orders, every_s=600),
    Watch("made_of_recalled", "high", _recalled_goods, every_s=60),
)
