"""Alerts about orders and kiosk calls.

Orders that are late, not collected, paid but not handed over, owed a refund, or scheduled while the shop is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.foundation.opening_hours.holidays import SOON_DAYS, undecided_holidays
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import StoreHours, day_of
from edge.lib.i18n import ENGLISH
from edge.ordering.orders.queries import kiosk_calls, owing_orders, wanting_orders

PAID_WAITS_US = 15 * 60_000_000
"""How long a paid order may wait for hand-over before an alert (microseconds)."""
OWED_WAITS_US = 24 * 3600 * 1_000_000
"""How long an excess advance may wait for its refund before an alert (microseconds)."""


def watches(zone: ZoneInfo, country: str = "", province: str = "", language: str = ENGLISH) -> tuple[Watch, ...]:
    """Alerts of a store in this time zone, with holiday names in `language`."""

    def late(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for order in wanting_orders(db, zone, now_us):
            if order.unattended and order.state == "placed":
                yield Condition(order.id, {"said": order.said, "minutes": (now_us - order.placed_us) // 60_000_000})

    def overdue(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for order in wanting_orders(db, zone, now_us):
            if order.unattended and order.state != "placed" and not order.no_show:
                yield Condition(order.id, {"said": order.said})

    def paid_orders(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for order in wanting_orders(db, zone, now_us):
            if order.paid_minor and now_us - order.at_register_us > PAID_WAITS_US:
                yield Condition(order.id, {"said": order.said, "register": order.at_register})

    def owed_refunds(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for order in owing_orders(db):
            if now_us - max(order.changed_us, order.advance_us) > OWED_WAITS_US:
                yield Condition(order.id, {"said": order.said, "sum_minor": order.owed_minor})

    def no_show(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for order in wanting_orders(db, zone, now_us):
            if order.no_show:
                yield Condition(order.id, {"said": order.said})

    def short(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for order in wanting_orders(db, zone, now_us):
            if order.short:
                yield Condition(order.id, {"said": order.said})

    def stranded_orders(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for order in wanting_orders(db, zone, now_us):
            if order.stranded:
                yield Condition(order.id, {"said": order.said})

    def holidays(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        hours = read_hours(db)
        if hours == StoreHours():  # no opening hours set
            return
        for one in undecided_holidays(hours, country, province, day_of(zone, now_us), SOON_DAYS, language):
            yield Condition(one.date, {"name": one.name, "date": one.date})

    def calls(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        for call in kiosk_calls(db):
            yield Condition(call.register, {"register": call.register})

    return (
        Watch("order_late", "high", late, every_s=30, at_till="high"),
        Watch("order_overdue", "medium", overdue, every_s=60),
        Watch("order_paid_here", "high", paid_orders, every_s=60),
        Watch("order_owed", "medium", owed_refunds, every_s=600),
        Watch("order_no_show", "low", no_show, every_s=600),
        Watch("order_short", "high", short, every_s=30),
        Watch("order_stranded", "high", stranded_orders, every_s=60),
        Watch("holiday_undecided", "low", holidays, every_s=3600, mended_at="/manager/hours"),
        Watch("kiosk_call", "medium", calls, every_s=5),
    )
