"""What the copilot may ask: queries of the registry under the asker's rights, and what their answers say.

A tool's result has the rows behind its figures; its sentences are made of those alone.
"""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Actor
from edge.core.registry import QuerySpec, Registry
from edge.core.storage.database import Connection
from edge.lib.units.money import show_minor
from edge.shop.assistant import copilot_business as business
from edge.shop.assistant.copilot_asking import ROWS, SAID, Asking, ToolAnswer, names_of, rows_of, say
from edge.shop.assistant.phrasing import full_name, stocked
from edge.shop.catalog.queries import find_by_sku
from edge.shop.orders.queries import late_orders

Read = Callable[[Connection, QuerySpec, Asking], ToolAnswer]


class CopilotTool(msgspec.Struct, frozen=True):
    """A tool, for a topic; `query` is what of the registry it reads. `about`: it needs a product; `names`: it may be
    of one, where a question names any."""

    name: str
    topic: str
    query: str
    read: Read
    about: bool = False
    schema: dict[str, str] = {}
    names: bool = False


def offered(registry: Registry, actor: Actor, tools: frozenset[str]) -> list[CopilotTool]:
    """Those of an agent's `tools` whose query this shop has, and this person may ask."""
    known = [tool for tool in TOOLS if tool.name in tools]
    return [tool for tool in known if (spec := registry.queries.get(tool.query)) and spec.allows(actor)]


def _inventory(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    item = spec.read(db, ask.product)
    product = find_by_sku(db, ask.product)
    if item is None or product is None:
        return ToolAnswer({}, [], (say(ask, "no_product"),), {"sku_code": ask.product})
    rows = [row for row in item.rows if ask.place in ("", row.location)]
    total = sum(row.total for row in rows) if ask.place else item.on_hand
    boxes = sum(row.boxes for row in rows) if ask.place else item.boxes
    units = total - boxes * item.box * 1000
    name, stock = full_name(product, ask.language), stocked(product, boxes, units, ask.language)
    key = "stock_at" if ask.place else "stock_all"
    figures = {"qty_available": total / 1000, "boxes": boxes, "units": units / 1000, "status": item.status}
    lines = [say(ask, key, name=name, stock=stock, place=ask.place_name)]
    if item.reserved and not ask.place:
        lines.append(say(ask, "reserved", stock=stocked(product, 0, item.reserved, ask.language)))
    arguments = {"sku_code": ask.product} | ({"warehouse": ask.place} if ask.place else {})
    return ToolAnswer(figures, rows_of(rows), tuple(lines), arguments)


def _low(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = [one for one in spec.read(db) if ask.place in ("", one.location)]
    names = names_of(db, [one.sku for one in found], ask.language)
    line = say(ask, "low", n=len(found), names=names) if found else say(ask, "low_none")
    figures = {"low": len(found), "critical": sum(one.status == "critical" for one in found)}
    return ToolAnswer(figures, rows_of(found), (line,))


def _expiring(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, ask.day)
    names = names_of(db, list(dict.fromkeys(one.sku for one in found)), ask.language)
    line = say(ask, "expiring", n=len(found), names=names) if found else say(ask, "expiring_none")
    return ToolAnswer({"expiring": len(found)}, rows_of(found), (line,), {"today": ask.day})


def _movements(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, sku=ask.product, limit=ROWS)
    product = find_by_sku(db, ask.product)
    if product is None:
        return ToolAnswer({}, [], (say(ask, "no_product"),))
    came = sum(one.delta for one in found if one.delta > 0)
    went = sum(one.delta for one in found if one.delta < 0)
    signs = {"came": stocked(product, 0, came, ask.language), "went": stocked(product, 0, -went, ask.language)}
    line = say(ask, "movements", name=full_name(product, ask.language), n=len(found), **signs)
    return ToolAnswer(
        {"movements": len(found), "in": came, "out": went}, rows_of(found), (line,), {"sku_code": ask.product}
    )


def _shifts(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, limit=SAID)
    opened = [one for one in found if one.closed_us is None]
    off = [one for one in found if one.difference_minor]
    worst = min((one.difference_minor or 0 for one in off), default=0)
    line = say(ask, "shifts", n=len(opened), off=len(off), worst=show_minor(worst, ask.currency))
    figures = {"open": len(opened), "differences": len(off), "worst_minor": worst}
    return ToolAnswer(figures, rows_of(found), (line,))


def _receipts(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, ask.register, limit=SAID)
    if not found:
        return ToolAnswer({"receipts": 0}, [], (say(ask, "receipts_none"),))
    line = say(ask, "receipts", number=found[0].number, total=show_minor(found[0].total_minor, ask.currency))
    return ToolAnswer({"number": found[0].number, "total_minor": found[0].total_minor}, rows_of(found), (line,))


def _price(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    product = spec.read(db, ask.product, ask.at_us)
    if product is None:
        return ToolAnswer({}, [], (say(ask, "no_product"),))
    name = full_name(product, ask.language)
    if product.price_minor is None:
        return ToolAnswer({}, [], (say(ask, "price_none", name=name),), {"sku_code": ask.product})
    price = show_minor(product.price_minor, ask.currency)
    row = {"sku": product.sku, "price_minor": product.price_minor}
    return ToolAnswer(
        row, [row], (say(ask, "price", name=name, price=price, currency=ask.currency),), {"sku_code": product.sku}
    )


def _held(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    count = spec.read(db)
    return ToolAnswer({"held": count}, [], (say(ask, "held", n=count),))


def _alerts(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db)
    grave = sum(one.severity in ("critical", "high") for one in found)
    line = say(ask, "alerts", n=len(found), grave=grave) if found else say(ask, "alerts_none")
    return ToolAnswer({"open": len(found), "grave": grave}, rows_of(found), (line,))


def _orders(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db)
    late_ones = {one.number for one in late_orders(db, ZoneInfo(ask.zone), ask.at_us)}
    rows = [{"number": one.number, "state": one.state, "late": one.number in late_ones} for one in found[:ROWS]]
    late = len(late_ones)
    line = say(ask, "orders", n=len(found), late=late) if found else say(ask, "orders_none")
    return ToolAnswer({"open": len(found), "late": late}, rows, (line,))


def _risk(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    report, product = spec.read(db, ask.product), find_by_sku(db, ask.product)
    if report is None or product is None:
        return ToolAnswer({}, [], (say(ask, "risk_none"),), {"sku_code": ask.product})
    days = report.days_until_critical
    line = say(ask, "risk", name=full_name(product, ask.language), n=days)
    figures = {"days_until_critical": days, "risk_level": report.risk_level}
    return ToolAnswer(figures, rows_of([report]), (line,), {"sku_code": ask.product})


_SKU = {"sku_code": "string"}
_DAY = {"day": "date"}
TOOLS = (
    CopilotTool("query_inventory", "stock", "stock_item", _inventory, True, {**_SKU, "warehouse": "string?"}),
    CopilotTool("low_stock", "low", "stock_low", _low),
    CopilotTool("expiring", "expiring", "stock_expiring", _expiring),
    CopilotTool("sales", "sales", "day_sums", business.sales, schema=_DAY),
    CopilotTool("best_sellers", "best", "day_sums", business.best, schema=_DAY),
    CopilotTool("movements", "movements", "stock_movements", _movements, True, _SKU),
    CopilotTool("shifts", "shifts", "shifts", _shifts),
    CopilotTool("receipts", "receipts", "receipts", _receipts),
    CopilotTool("price", "price", "product", _price, True, _SKU),
    CopilotTool("held_prices", "held", "held_count", _held),
    CopilotTool("alerts", "alerts", "alerts", _alerts),
    CopilotTool("lookup_orders", "orders", "shop_orders", _orders),
    CopilotTool(
        "get_forecast", "forecast", "demand_forecast", business.forecast, schema={"sku_code": "string?"}, names=True
    ),
    CopilotTool("key_figures", "kpi", "key_figures", business.key_figures, schema={"first": "date", "day": "date"}),
    CopilotTool("supplier_prices", "suppliers", "supplier_pricing", business.supplier_prices, True, _SKU),
    CopilotTool("get_risk", "risk", "inventory_risk", _risk, True, _SKU),
)
CONTEXT = (("inventory", "low_stock"), ("prices", "held_prices"), ("orders", "lookup_orders"), ("insights", "alerts"))
"""What stands beside every answer, where the shop has it and the asker may know it."""
