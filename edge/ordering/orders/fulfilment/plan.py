"""Orders of the next days as lists: by day and slot, to pick, and to deliver."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.core.storage.database import Connection
from edge.foundation.opening_hours.rules import day_of
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_lines import is_fee, is_goods
from edge.ordering.orders.queries import PLANNED_LIMIT, read_planned, with_faults
from edge.ordering.orders.rules import Fulfilment, State

DAYS = 7
"""Number of days in the plan, including today."""
TO_PICK: tuple[State, ...] = ("placed", "accepted", "preparing")


class PlannedOrder(msgspec.Struct, frozen=True):
    """An open order in a day's list, by slot. Orders of earlier days are in the first day's list."""

    day: str
    slot_from_us: int
    slot_until_us: int
    id: str
    said: str
    number: int
    state: State
    fulfilment: Fulfilment
    name: str
    phone: str
    address: str
    note: str
    driver: str
    zone: str
    min_age: int
    goods: int
    total_minor: int
    late: bool


class PickedProduct(msgspec.Struct, frozen=True):
    """The quantity of a product (thousandths of its unit) that a day's orders still need, and those orders."""

    day: str
    sku: str
    names: dict[str, str]
    unit: str
    quantity: int
    orders: tuple[str, ...]


class OrderPlan(msgspec.Struct, frozen=True):
    """The lists of the plan.

    `runs`: deliveries by day, driver and slot. `more`: there are more orders than fit.
    """

    days: tuple[str, ...]
    orders: tuple[PlannedOrder, ...]
    picking: tuple[PickedProduct, ...]
    runs: tuple[PlannedOrder, ...]
    more: bool = False


def read_plan(db: Connection, zone: ZoneInfo, at_us: int) -> OrderPlan:
    """The lists of today and the following days, with all open orders."""
    today = day_of(zone, at_us)
    days = tuple((today + timedelta(n)).isoformat() for n in range(DAYS))
    found = [(_day(order, zone, today), order) for order in with_faults(db, zone, read_planned(db), at_us)]
    listed = [(day, order) for day, order in found if day <= days[-1]]
    orders = sorted(
        (_planned_order(day, order) for day, order in listed), key=lambda one: (one.day, one.slot_from_us, one.number)
    )
    runs = [one for one in orders if one.fulfilment == "delivery"]
    runs.sort(key=lambda one: (one.day, one.driver, one.slot_from_us, one.number))
    return OrderPlan(days, tuple(orders), _picking(listed), tuple(runs), len(found) >= PLANNED_LIMIT)


def _day(order: KeptOrder, zone: ZoneInfo, today: date) -> str:
    wanted = day_of(zone, order.slot_from_us) if order.slot_from_us else today
    return max(wanted, today).isoformat()


def _planned_order(day: str, order: KeptOrder) -> PlannedOrder:
    own: dict[str, Any] = {"day": day, "min_age": order.goods.min_age, "total_minor": order.goods.total_minor}
    own |= {"goods": sum(is_goods(line) for line in order.goods.sold_lines)}
    others = (field for field in PlannedOrder.__struct_fields__ if field not in own)
    return PlannedOrder(**own, **{field: getattr(order, field) for field in others})


def _picking(orders: Iterable[tuple[str, KeptOrder]]) -> tuple[PickedProduct, ...]:
    wanted: dict[tuple[str, str], PickedProduct] = {}
    for day, order in orders:
        for line in order.goods.sold_lines if order.state in TO_PICK else ():
            if is_fee(line) or not line.sku:
                continue
            known = wanted.get((day, line.sku)) or PickedProduct(day, line.sku, line.names, line.unit, 0, ())
            said = known.orders if order.said in known.orders else (*known.orders, order.said)
            quantity = known.quantity + line.goods
            wanted[day, line.sku] = msgspec.structs.replace(known, quantity=quantity, orders=said)
    return tuple(sorted(wanted.values(), key=lambda one: (one.day, next(iter(one.names.values()), ""), one.sku)))
