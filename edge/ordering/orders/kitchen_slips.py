"""Kitchens and bars are told of an order once it is accepted, or at the latest as it is handed over, and then of what
changes; inside the transaction."""

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
    """Tell them what is new of it; `cleared`: it is not to be made any more."""
    note = order.said
    if order.slot_from_us:
        note += f" {datetime.fromtimestamp(order.slot_from_us / 1_000_000, tz=ZoneInfo(settings.zone)):%H:%M}"
    tell_slips(tx, settings, moment, order.goods.lines, note, holder=order.id)


def kitchen_knows(tx: Transaction, order: str) -> bool:
    """Whether they were told of an order already."""
    return bool(read_told(tx.db, order))


def forget_slips(tx: Transaction, order: str) -> None:
    """It was made: what comes is not compared with what they were told."""
    if kitchen_knows(tx, order):
        tx.do(PrintSlips("paid", (), holder=order))
