"""Kitchen tickets of orders, inside the transaction.

They're sent on acceptance, at the latest on hand-over, and then on changes.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from edge.core.registry import Transaction
from edge.counter.kitchen.commands import Moment, PrintSlips
from edge.counter.kitchen.queries import read_told
from edge.counter.till.sale_effects import tell_slips
from edge.counter.till.settings import TillSettings
from edge.ordering.orders.order import KeptOrder


def tell_kitchen(tx: Transaction, order: KeptOrder, settings: TillSettings, moment: Moment = "ordered") -> None:
    """Send an order's changes to kitchens; `cleared`: stop making it."""
    note = order.said
    if order.slot_from_us:
        note += f" {datetime.fromtimestamp(order.slot_from_us / 1_000_000, tz=ZoneInfo(settings.zone)):%H:%M}"
    tell_slips(tx, settings, moment, order.goods.lines, note, holder=order.id)


def kitchen_knows(tx: Transaction, order: str) -> bool:
    """Whether kitchens already have the order."""
    return bool(read_told(tx.db, order))


def forget_slips(tx: Transaction, order: str) -> None:
    """Clear the sent tickets of an order that is made, without comparing its lines."""
    if kitchen_knows(tx, order):
        tx.do(PrintSlips("paid", (), holder=order))
