"""Order lists as CSV files. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from edge.lib.tables.injection import guard_cell
from edge.ordering.orders.fulfilment.plan import OrderPlan, PickedProduct, PlannedOrder

PlanList = Literal["orders", "picking", "runs"]
_ORDERS = (
    *("day", "from", "until", "order", "number", "state", "fulfilment", "name", "phone", "goods", "total"),
    *("min_age", "late", "note"),
)
_RUNS = ("day", "driver", "from", "until", "order", "state", "name", "phone", "address", "total", "min_age", "note")
_PICKING = ("day", "sku", "name", "quantity", "unit", "orders")


def as_csv(
    plan: OrderPlan,
    which: PlanList,
    clock: Callable[[int], str],
    name: Callable[[dict[str, str]], str],
    money: Callable[[int], str],
) -> bytes:
    """A list as CSV with a header row: UTF-8 with a BOM, and formulas escaped.

    `clock` formats a moment (microseconds) in the store's time, `money` a sum in minor units as a plain number.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    heads = {"orders": _ORDERS, "picking": _PICKING, "runs": _RUNS}[which]
    writer.writerow(heads)
    rows = _picking(plan.picking, name) if which == "picking" else _orders(plan, which, heads, clock, money)
    writer.writerows([guard_cell(str(cell)) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _orders(
    plan: OrderPlan, which: PlanList, heads: Iterable[str], clock: Callable[[int], str], money: Callable[[int], str]
) -> Iterator[list[object]]:
    for one in plan.runs if which == "runs" else plan.orders:
        said: dict[str, object] = {
            "from": clock(one.slot_from_us) if one.slot_from_us else "",
            "until": clock(one.slot_until_us) if one.slot_until_us else "",
            "order": one.said,
            "total": money(one.total_minor),
            "late": "yes" if one.late else "",
        }
        yield [said[head] if head in said else _plain(one, head) for head in heads]


def _plain(one: PlannedOrder, field: str) -> object:
    return getattr(one, field)


def _picking(products: Iterable[PickedProduct], name: Callable[[dict[str, str]], str]) -> Iterator[list[object]]:
    for one in products:
        quantity = f"{one.quantity / 1000:g}"
        yield [one.day, one.sku, name(one.names), quantity, one.unit, " ".join(one.orders)]
