"""The copilot's tools: registry queries under the asker's rights, and how their results are worded.

A result carries the rows behind its figures; sentences use nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.conversation.assistant.phrasing import full_name, say_amount, say_stock
from edge.conversation.copilot import copilot_business as business
from edge.conversation.copilot import copilot_making as making
from edge.conversation.copilot.copilot_asking import (
    ROWS,
    SAID,
    Asking,
    ToolAnswer,
    money,
    names_of,
    rows_of,
    say,
    written_day,
)
from edge.conversation.copilot.meaning.answers import tell_figures
from edge.conversation.copilot.meaning.facts import excluded_skus, goods_meant, narrowed_skus
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.core.messages import Actor
from edge.core.registry import QuerySpec, Registry
from edge.core.storage.database import Connection
from edge.counter.till.queries import read_latest_receipts
from edge.goods.catalog.queries import find_by_sku, find_by_skus
from edge.goods.stock.queries import items_of
from edge.lib.i18n import translate
from edge.lib.units.dates import after
from edge.ordering.orders.queries import late_orders

WEEK_DAYS = 7
Read = Callable[[Connection, QuerySpec, Asking], ToolAnswer]


class CopilotTool(msgspec.Struct, frozen=True):
    """A tool: `query` is the registry query it reads, which also decides the right needed. `meaning/answerable.py`
    lists its measures."""

    name: str
    query: str
    read: Read
    schema: dict[str, str] = {}


def tools_for(registry: Registry, actor: Actor, tools: frozenset[str]) -> list[CopilotTool]:
    """The tools among an agent's `tools` whose query exists in this shop and is permitted to this person."""
    known = [tool for tool in TOOLS if tool.name in tools]
    return [tool for tool in known if (spec := registry.queries.get(tool.query)) and spec.allows(actor)]


def _inventory(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """The stock of one product, or of each product of a category."""
    if not ask.product:
        return _inventory_of_category(db, ask)
    item = spec.read(db, ask.product)
    product = find_by_sku(db, ask.product)
    if item is None or product is None:
        return ToolAnswer({}, [], (say(ask, "no_product"),), {"sku_code": ask.product})
    rows = [row for row in item.rows if ask.place in ("", row.location)]
    total = sum(row.total for row in rows) if ask.place else item.on_hand
    boxes = sum(row.boxes for row in rows) if ask.place else item.boxes
    units = total - boxes * item.box * 1000
    name, stock = full_name(product, ask.language), say_stock(product, boxes, units, ask.language)
    key = "stock_at" if ask.place else "stock_all"
    place = MeaningTeller(db, ask.language, ask.currency).label("place", ask.place) if ask.place else ""
    figures = {"qty_available": total / 1000, "boxes": boxes, "units": units / 1000, "status": item.status}
    lines = [say(ask, key, name=name, stock=stock, place=place)]
    if item.reserved and not ask.place:
        lines.append(say(ask, "reserved", stock=say_stock(product, 0, item.reserved, ask.language)))
    arguments = {"sku_code": ask.product} | ({"warehouse": ask.place} if ask.place else {})
    return ToolAnswer(figures, rows_of(rows), tuple(lines), arguments)


def _inventory_of_category(db: Connection, ask: Asking) -> ToolAnswer:
    """The products of a category, the largest stock first, with their totals by unit of measure."""
    skus = (narrowed_skus(db, ask.meaning) or frozenset()) - excluded_skus(db, ask.meaning)
    products = {sku: one for sku, one in find_by_skus(db, sorted(skus)).items() if one.retired_us is None}
    items = sorted(items_of(db, list(products.values()), ask.place), key=lambda one: (-one.on_hand, one.sku))
    if not items:
        return ToolAnswer({"products": 0}, [], (say(ask, "stock_group_none"),))
    totals: dict[str, int] = {}
    for one in items:
        totals[one.unit] = totals.get(one.unit, 0) + one.on_hand
    total = ", ".join(say_amount(amount, unit, ask.language) for unit, amount in totals.items())
    lines = [say(ask, "stock_group", n=len(items), total=total)]
    for one in items[:SAID]:
        stock = say_stock(products[one.sku], one.boxes, one.units, ask.language)
        lines.append(say(ask, "stock_all", name=full_name(products[one.sku], ask.language), stock=stock))
    if len(items) > SAID:
        lines.append(translate(ask.language, "chat.more_of_them", n=len(items) - SAID))
    figures = {"products": len(items), "qty_available": {unit: amount / 1000 for unit, amount in totals.items()}}
    return ToolAnswer(figures, rows_of(items), tuple(lines), {"warehouse": ask.place} if ask.place else {})


def _low(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    is_meant = goods_meant(db, ask.meaning)
    found = [one for one in spec.read(db) if ask.place in ("", one.location) and is_meant(one.sku)]
    names = names_of(db, [one.sku for one in found], ask.language)
    line = say(ask, "low", n=len(found), names=names) if found else say(ask, "low_none")
    figures = {"low": len(found), "critical": sum(one.status == "critical" for one in found)}
    return ToolAnswer(figures, rows_of(found), (line,))


def _expiring(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    span, is_meant = ask.meaning.period, goods_meant(db, ask.meaning)
    until = span.last if span else after(ask.day, WEEK_DAYS)
    days = (date.fromisoformat(until) - date.fromisoformat(ask.day)).days
    found = [
        one
        for one in (spec.read(db, ask.day, days) if days >= 0 else ())
        if (span is None or span.first <= one.expiry) and ask.place in ("", one.location) and is_meant(one.sku)
    ]
    names = names_of(db, list(dict.fromkeys(one.sku for one in found)), ask.language)
    last = written_day(until, ask.language)
    line = (
        say(ask, "expiring", n=len(found), names=names, until=last) if found else say(ask, "expiring_none", until=last)
    )
    return ToolAnswer({"expiring": len(found)}, rows_of(found), (line,), {"today": ask.day})


def _movements(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Stock movements by product, person, place or days, newest first."""
    span, person = ask.meaning.period, next(iter(ask.meaning.filters.get("person", ())), "")
    days = {"from_date": span.first, "to_date": span.last} if span else {}
    found = spec.read(db, sku=ask.product, actor=person, location=ask.place, limit=ROWS, **days)
    product = find_by_sku(db, ask.product)
    if product is None:
        return _movements_answer(db, found, ask)
    came = sum(one.delta for one in found if one.delta > 0)
    went = sum(one.delta for one in found if one.delta < 0)
    signs = {"came": say_stock(product, 0, came, ask.language), "went": say_stock(product, 0, -went, ask.language)}
    line = say(ask, "movements", name=full_name(product, ask.language), n=len(found), **signs)
    return ToolAnswer(
        {"movements": len(found), "in": came, "out": went}, rows_of(found), (line,), {"sku_code": ask.product}
    )


def _movements_answer(db: Connection, found: Sequence[Any], ask: Asking) -> ToolAnswer:
    """Movements of several products, with the newest in words."""
    told = []
    for one in found[:SAID]:
        if product := find_by_sku(db, one.sku):
            sign = "-" if one.delta < 0 else "+"
            told.append(
                f"{full_name(product, ask.language)} {sign}{say_stock(product, 0, abs(one.delta), ask.language)}"
            )
    line = say(ask, "moved", n=len(found), goods="; ".join(told)) if found else say(ask, "moved_none")
    return ToolAnswer({"movements": len(found)}, rows_of(found), (line,))


def _shifts(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    found = spec.read(db, limit=SAID)
    opened = [one for one in found if one.closed_us is None]
    off = [one for one in found if one.difference_minor]
    worst = min((one.difference_minor or 0 for one in off), default=0)
    line = say(ask, "shifts", n=len(opened), off=len(off), worst=money(worst, ask))
    figures = {"open": len(opened), "differences": len(off), "worst_minor": worst}
    return ToolAnswer(figures, rows_of(found), (line,))


def _receipts(db: Connection, ask: Asking) -> ToolAnswer:
    found = read_latest_receipts(db, ask.meaning.limit or SAID, ask.meaning.filters.get("register", ()))
    if not found:
        return ToolAnswer({"receipts": 0}, [], (say(ask, "receipts_none"),))
    line = say(ask, "receipts", number=found[0].number, total=money(found[0].total_minor, ask))
    return ToolAnswer({"number": found[0].number, "total_minor": found[0].total_minor}, rows_of(found), (line,))


def _price(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    product = spec.read(db, ask.product, ask.at_us)
    if product is None:
        return ToolAnswer({}, [], (say(ask, "no_product"),))
    name = full_name(product, ask.language)
    if product.price_minor is None:
        return ToolAnswer({}, [], (say(ask, "price_none", name=name),), {"sku_code": ask.product})
    price = money(product.price_minor, ask)
    row = {"sku": product.sku, "price_minor": product.price_minor}
    return ToolAnswer(row, [row], (say(ask, "price", name=name, price=price),), {"sku_code": product.sku})


def _held_prices(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
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
    status = ask.meaning.filters.get("status", ("open",))
    if "late" in status or "ready" in status:
        found = [one for one in found if one.number in late_ones or one.state in status]
    rows = [{"number": one.number, "state": one.state, "late": one.number in late_ones} for one in found[:ROWS]]
    late = len([one for one in found if one.number in late_ones])
    none = "orders_none_so" if "late" in status or "ready" in status else "orders_none"
    line = say(ask, "orders", n=len(found), late=late) if found else say(ask, none)
    return ToolAnswer({"open": len(found), "late": late}, rows, (line,))


def _risk(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    report, product = spec.read(db, ask.product), find_by_sku(db, ask.product)
    if report is None or product is None:
        return ToolAnswer({}, [], (say(ask, "risk_none"),), {"sku_code": ask.product})
    days = report.days_until_critical
    line = say(ask, "risk", name=full_name(product, ask.language), n=days)
    figures = {"days_until_critical": days, "risk_level": report.risk_level}
    return ToolAnswer(figures, rows_of([report]), (line,), {"sku_code": ask.product})


def _drawers(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Shifts and drawers: expected cash, and differences."""
    if ask.meaning.measure == "cash_expected":
        return business.cash_expected(db, spec, ask)
    if ask.meaning.period is None and not ask.meaning.filters:
        return _shifts(db, spec, ask)
    return tell_figures(db, spec, ask)


def _sales(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Sales figures, or the latest receipt if asked for."""
    return _receipts(db, ask) if ask.meaning.order == "latest" else tell_figures(db, spec, ask)


_SKU = {"sku_code": "string"}
_CUSTOMER = {"customer": "string?"}
_FIGURES = {"measure": "string", "by": "strings", "filters": "object", "period": "days"}
TOOLS = (
    CopilotTool("query_inventory", "stock_item", _inventory, {**_SKU, "warehouse": "string?"}),
    CopilotTool("low_stock", "stock_low", _low),
    CopilotTool("expiring", "stock_expiring", _expiring),
    CopilotTool("sales", "day_sums", _sales, _FIGURES),
    CopilotTool("waste", "key_figures", tell_figures, _FIGURES),
    CopilotTool(
        "movements", "stock_movements", _movements, {"sku_code": "string?", "person": "string?", "period": "days?"}
    ),
    CopilotTool("shifts", "shifts", _drawers, {"register": "string?"}),
    CopilotTool("price", "product", _price, _SKU),
    CopilotTool("held_prices", "held_count", _held_prices),
    CopilotTool("alerts", "alerts", _alerts),
    CopilotTool("lookup_orders", "shop_orders", _orders, {"status": "string?"}),
    CopilotTool("get_forecast", "demand_forecast", business.forecast, {"sku_code": "string?", "period": "days"}),
    CopilotTool("key_figures", "key_figures", business.key_figures, {"measure": "string", "period": "days"}),
    CopilotTool("cover_days", "use_predictions", business.cover, {"sku_code": "string?", "period": "days?"}),
    CopilotTool("supplier_prices", "supplier_pricing", business.supplier_prices, _SKU),
    CopilotTool("to_order", "purchase_suggestions", business.to_order, {"supplier": "string?"}),
    CopilotTool("deliveries", "purchase_orders", business.deliveries, {"period": "days?"}),
    CopilotTool("purchases", "purchase_orders", tell_figures, _FIGURES),
    CopilotTool("worked_hours", "work_days", tell_figures, _FIGURES),
    CopilotTool("get_risk", "inventory_risk", _risk, _SKU),
    CopilotTool("work_orders", "production_status", making.work, {"status": "string?", "sku_code": "string?"}),
    CopilotTool("can_make", "production_status", making.can_make, {"sku_code": "string?"}),
    CopilotTool("receivables", "accounts", making.debts_of, _CUSTOMER),
    CopilotTool("over_limit", "accounts", making.over_limit, _CUSTOMER),
    CopilotTool("account_statement", "account_statement", making.statement, {**_CUSTOMER, "month": "string?"}),
)
CONTEXT = (
    *(("inventory", "low_stock"), ("prices", "held_prices"), ("orders", "lookup_orders"), ("insights", "alerts")),
    ("production", "work_orders"),
)
"""Figures added to an answer on request, by key, from these tools if available and permitted."""
