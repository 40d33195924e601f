"""What the copilot may ask: queries of the registry under the asker's rights, and what their answers say.

A tool's result has the rows behind its figures; its sentences are made of those alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Actor
from edge.core.registry import QuerySpec, Registry
from edge.core.storage.database import Connection
from edge.lib.i18n import translate
from edge.lib.units.money import show_minor
from edge.shop.assistant.phrasing import full_name, stocked
from edge.shop.catalog.queries import CatalogProduct, find_by_sku
from edge.shop.orders.queries import late_orders
from edge.shop.reports.queries import read_day

ROWS = 20
"""Rows of a result; how many there are is said."""
SAID = 5


class Asking(msgspec.Struct, frozen=True):
    """What a tool is asked about: the product, the place and the day, in which language, by whom."""

    product: str
    place: str
    place_name: str
    day: str
    language: str
    currency: str
    register: str
    at_us: int
    zone: str


class ToolAnswer(msgspec.Struct, frozen=True):
    """A tool's answer: its figures, the rows behind them, and what that is in words."""

    figures: dict[str, Any]
    rows: list[dict[str, Any]]
    lines: tuple[str, ...]
    arguments: dict[str, Any] = {}


Read = Callable[[Connection, QuerySpec, Asking], ToolAnswer]


class CopilotTool(msgspec.Struct, frozen=True):
    """A tool, for a topic; `query` is what of the registry it reads. `about`: it needs a product."""

    name: str
    topic: str
    query: str
    read: Read
    about: bool = False
    schema: dict[str, str] = {}


def offered(registry: Registry, actor: Actor, tools: frozenset[str]) -> list[CopilotTool]:
    """Those of an agent's `tools` whose query this shop has, and this person may ask."""
    known = [tool for tool in TOOLS if tool.name in tools]
    return [tool for tool in known if (spec := registry.queries.get(tool.query)) and spec.allows(actor)]


def _say(ask: Asking, key: str, **values: object) -> str:
    return translate(ask.language, f"copilot.{key}", **values)


def _product(db: Connection, sku: str) -> CatalogProduct | None:
    return find_by_sku(db, sku)


def _names(db: Connection, skus: Sequence[str], language: str) -> str:
    found = [full_name(one, language) for sku in skus[:SAID] if (one := _product(db, sku))]
    return ", ".join(found)


def _inventory(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    item = spec.read(db, ask.product)
    product = _product(db, ask.product)
    if item is None or product is None:
        return ToolAnswer({}, [], (_say(ask, "no_product"),), {"sku_code": ask.product})
    rows = [row for row in item.rows if ask.place in ("", row.location)]
    total = sum(row.total for row in rows) if ask.place else item.on_hand
    boxes = sum(row.boxes for row in rows) if ask.place else item.boxes
    units = total - boxes * item.box * 1000
    name, stock = full_name(product, ask.language), stocked(product, boxes, units, ask.language)
    key = "stock_at" if ask.place else "stock_all"
    figures = {"qty_available": total / 1000, "boxes": boxes, "units": units / 1000, "status": item.status}
    lines = [_say(ask, key, name=name, stock=stock, place=ask.place_name)]
    if item.reserved and not ask.place:
        lines.append(_say(ask, "reserved", stock=stocked(product, 0, item.reserved, ask.language)))
    arguments = {"sku_code": ask.product} | ({"warehouse": ask.place} if ask.place else {})
    return ToolAnswer(figures, [msgspec.to_builtins(row) for row in rows[:ROWS]], tuple(lines), arguments)


def _low(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = [one for one in spec.read(db) if ask.place in ("", one.location)]
    names = _names(db, [one.sku for one in found], ask.language)
    line = _say(ask, "low", n=len(found), names=names) if found else _say(ask, "low_none")
    figures = {"low": len(found), "critical": sum(one.status == "critical" for one in found)}
    return ToolAnswer(figures, [msgspec.to_builtins(one) for one in found[:ROWS]], (line,))


def _expiring(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, ask.day)
    names = _names(db, list(dict.fromkeys(one.sku for one in found)), ask.language)
    line = _say(ask, "expiring", n=len(found), names=names) if found else _say(ask, "expiring_none")
    return ToolAnswer(
        {"expiring": len(found)}, [msgspec.to_builtins(one) for one in found[:ROWS]], (line,), {"today": ask.day}
    )


def _sales(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    sums = spec.read(db, ask.day)
    before = spec.read(db, (date.fromisoformat(ask.day) - timedelta(days=7)).isoformat())
    count = sums.sales.count - sums.voids.count
    total, was = show_minor(sums.total_minor, ask.currency), show_minor(before.total_minor, ask.currency)
    line = _say(ask, "sales", day=ask.day, n=count, total=total, was=was, currency=ask.currency)
    figures = {"sales": count, "total_minor": sums.total_minor, "week_before_minor": before.total_minor}
    tenders = [{"tender": kind, "count": one.count, "minor": one.minor} for kind, one in sums.tenders.items()]
    return ToolAnswer(figures, tenders, (line,), {"day": ask.day})


def _best(db: Connection, _: QuerySpec, ask: Asking) -> ToolAnswer:
    report = read_day(db, ask.day, ZoneInfo(ask.zone))
    rows = [
        {"sku": one.sku, "name": one.names.get(ask.language, one.sku), "quantity": one.quantity, "minor": one.minor}
        for one in report.best
    ]
    names = ", ".join(str(row["name"]) for row in rows[:SAID])
    line = _say(ask, "best", day=ask.day, names=names) if rows else _say(ask, "best_none", day=ask.day)
    return ToolAnswer({"products": len(rows)}, rows[:ROWS], (line,), {"day": ask.day})


def _movements(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, sku=ask.product, limit=ROWS)
    product = _product(db, ask.product)
    if product is None:
        return ToolAnswer({}, [], (_say(ask, "no_product"),))
    came = sum(one.delta for one in found if one.delta > 0)
    went = sum(one.delta for one in found if one.delta < 0)
    signs = {"came": stocked(product, 0, came, ask.language), "went": stocked(product, 0, -went, ask.language)}
    line = _say(ask, "movements", name=full_name(product, ask.language), n=len(found), **signs)
    return ToolAnswer(
        {"movements": len(found), "in": came, "out": went}, _rows(found), (line,), {"sku_code": ask.product}
    )


def _shifts(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, limit=SAID)
    opened = [one for one in found if one.closed_us is None]
    off = [one for one in found if one.difference_minor]
    worst = min((one.difference_minor or 0 for one in off), default=0)
    line = _say(ask, "shifts", n=len(opened), off=len(off), worst=show_minor(worst, ask.currency))
    figures = {"open": len(opened), "differences": len(off), "worst_minor": worst}
    return ToolAnswer(figures, _rows(found), (line,))


def _receipts(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, ask.register, limit=SAID)
    if not found:
        return ToolAnswer({"receipts": 0}, [], (_say(ask, "receipts_none"),))
    line = _say(ask, "receipts", number=found[0].number, total=show_minor(found[0].total_minor, ask.currency))
    return ToolAnswer({"number": found[0].number, "total_minor": found[0].total_minor}, _rows(found), (line,))


def _price(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    product = spec.read(db, ask.product, ask.at_us)
    if product is None:
        return ToolAnswer({}, [], (_say(ask, "no_product"),))
    name = full_name(product, ask.language)
    if product.price_minor is None:
        return ToolAnswer({}, [], (_say(ask, "price_none", name=name),), {"sku_code": ask.product})
    price = show_minor(product.price_minor, ask.currency)
    row = {"sku": product.sku, "price_minor": product.price_minor}
    return ToolAnswer(
        row, [row], (_say(ask, "price", name=name, price=price, currency=ask.currency),), {"sku_code": product.sku}
    )


def _held(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    count = spec.read(db)
    return ToolAnswer({"held": count}, [], (_say(ask, "held", n=count),))


def _alerts(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db)
    grave = sum(one.severity in ("critical", "high") for one in found)
    line = _say(ask, "alerts", n=len(found), grave=grave) if found else _say(ask, "alerts_none")
    return ToolAnswer({"open": len(found), "grave": grave}, _rows(found), (line,))


def _orders(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db)
    late_ones = {one.number for one in late_orders(db, ZoneInfo(ask.zone), ask.at_us)}
    rows = [{"number": one.number, "state": one.state, "late": one.number in late_ones} for one in found[:ROWS]]
    late = len(late_ones)
    line = _say(ask, "orders", n=len(found), late=late) if found else _say(ask, "orders_none")
    return ToolAnswer({"open": len(found), "late": late}, rows, (line,))


def _risk(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    report, product = spec.read(db, ask.product), _product(db, ask.product)
    if report is None or product is None:
        return ToolAnswer({}, [], (_say(ask, "risk_none"),), {"sku_code": ask.product})
    days = report.days_until_critical
    line = _say(ask, "risk", name=full_name(product, ask.language), n=days)
    figures = {"days_until_critical": days, "risk_level": report.risk_level}
    return ToolAnswer(figures, _rows([report]), (line,), {"sku_code": ask.product})


def _rows(found: Sequence[Any]) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(one) for one in found[:ROWS]]


_SKU = {"sku_code": "string"}
_DAY = {"day": "date"}
TOOLS = (
    CopilotTool("query_inventory", "stock", "stock_item", _inventory, True, {**_SKU, "warehouse": "string?"}),
    CopilotTool("low_stock", "low", "stock_low", _low),
    CopilotTool("expiring", "expiring", "stock_expiring", _expiring),
    CopilotTool("sales", "sales", "day_sums", _sales, schema=_DAY),
    CopilotTool("best_sellers", "best", "day_sums", _best, schema=_DAY),
    CopilotTool("movements", "movements", "stock_movements", _movements, True, _SKU),
    CopilotTool("shifts", "shifts", "shifts", _shifts),
    CopilotTool("receipts", "receipts", "receipts", _receipts),
    CopilotTool("price", "price", "product", _price, True, _SKU),
    CopilotTool("held_prices", "held", "held_count", _held),
    CopilotTool("alerts", "alerts", "alerts", _alerts),
    CopilotTool("lookup_orders", "orders", "shop_orders", _orders),
    CopilotTool("get_risk", "risk", "inventory_risk", _risk, True, _SKU),
)
CONTEXT = (("inventory", "low_stock"), ("prices", "held_prices"), ("orders", "lookup_orders"), ("insights", "alerts"))
"""What stands beside every answer, where the shop has it and the asker may know it."""
