"""Copilot tools on the business: forecasts, key figures, cash drawers, purchasing and costs."""

from __future__ import annotations

from typing import Any

from edge.analytics.insight.kpis import read_kpi_rows, read_kpis
from edge.analytics.insight.rules import DaySpan
from edge.conversation.assistant.phrasing import full_name, say_amount, unit_of
from edge.conversation.copilot.copilot_asking import ROWS, SAID, Asking, ToolAnswer, money, rows_of, say, written_day
from edge.conversation.copilot.meaning.facts import goods_meant
from edge.conversation.copilot.meaning.telling import MeaningTeller
from edge.core.registry import QuerySpec
from edge.core.storage.database import Connection
from edge.counter.shifts.queries import open_registers, read_drawer
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.lists.listings import read_locations
from edge.lib.i18n import name_in, number
from edge.lib.units.dates import after

WEEK_DAYS, MONTH_DAYS = 7, 30
KPI = {"shrinkage": "shrinkage", "stock_value": "stock_value", "stockouts": "stock_out"}
"""Measures that are key figures, with the figure."""


def forecast(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """The demand forecast for a product, or for the whole shop."""
    span = ask.meaning.period or DaySpan(after(ask.day, 1), after(ask.day, WEEK_DAYS))
    found = spec.read(db, ask.product or "store", period="daily", horizon=2 * WEEK_DAYS, location=ask.place)
    arguments = {"sku_code": ask.product} if ask.product else {}
    if found is None:
        return ToolAnswer({}, [], (say(ask, "risk_none" if ask.product else "forecast_none"),), arguments)
    limits = found.confidence_intervals
    days = zip(found.forecast_dates, found.forecast_values, limits["lower"], limits["upper"], strict=True)
    rows = [
        {"day": day, "expected": value, "lower": low, "upper": high}
        for day, value, low, high in days
        if span.first <= day <= span.last
    ]
    if not rows:
        return ToolAnswer({}, [], (say(ask, "forecast_none"),), arguments)
    total = sum(int(row["expected"]) for row in rows)
    product = find_by_sku(db, ask.product) if ask.product else None
    if product is None:
        name, amount = say(ask, "the_shop"), money(total, ask)
    else:
        name, amount = (
            full_name(product, ask.language),
            say_amount(_round_amount(total, product.unit), unit_of(product), ask.language),
        )
    first, last = (written_day(str(row["day"]), ask.language) for row in (rows[0], rows[-1]))
    day = first if len(rows) == 1 else say(ask, "days", first=first, day=last)
    lines = [say(ask, "forecast", name=name, amount=amount, day=day)]
    lines += [] if found.sure else [say(ask, "forecast_unsure")]
    lines += [say(ask, "forecast_imported")] if found.days_imported else []
    figures = {"expected": total, "unit": found.unit, "sure": found.sure, "imported_days": found.days_imported}
    return ToolAnswer(figures, rows, tuple(lines), arguments)


def _round_amount(thousandths: int, unit: str) -> int:
    """The quantity rounded for display: whole pieces, or tenths of other units."""
    step = 1000 if unit == "piece" else 100
    return (thousandths + step // 2) // step * step


def key_figures(db: Connection, _: QuerySpec, ask: Asking) -> ToolAnswer:
    """A key figure for a measure: losses, stock value, time out of stock."""
    meaning = ask.meaning
    if meaning.measure == "stock_value" and meaning.by:
        return _worth_by_place(db, ask)
    span = meaning.period or DaySpan(ask.day, ask.day)
    name = KPI[meaning.measure]
    kpi = next((one for one in read_kpis(db, span, ask.place) if one.name == name), None)
    rows = read_kpi_rows(db, name, span, ask.place) if meaning.measure != "stock_value" else []
    if skus := meaning.filters.get("product"):
        rows = [row for row in rows if row.key in skus]
    if kpi is None or kpi.value is None or (skus and not rows):
        return ToolAnswer({}, [], (say(ask, "kpi_none"),))
    shown: list[dict[str, Any]] = [
        {"product": name_in(row.names, ask.language) or row.key, "value": row.numerator}
        for row in [one for one in rows if one.numerator][:ROWS]
    ]
    match meaning.measure:
        case "stock_value":
            told = [say(ask, "stock_value", amount=money(kpi.value, ask))]
        case "shrinkage":
            lost = sum(row.numerator for row in rows)
            told = [say(ask, "shrinkage", amount=money(lost, ask))]
            told += ["; ".join(f"{one['product']} {money(int(one['value']), ask)}" for one in shown[:SAID])]
        case _:
            told = [say(ask, "stockouts", percent=_percent(kpi.value, ask))] if not skus else []
            told += ["; ".join(say(ask, "days_out", name=one["product"], n=one["value"]) for one in shown[:SAID])]
    figures = {"value": kpi.value, "numerator": kpi.numerator, "denominator": kpi.denominator}
    return ToolAnswer(figures, shown, tuple(line for line in told if line))


def _worth_by_place(db: Connection, ask: Asking) -> ToolAnswer:
    """The current stock value at each location."""
    span, rows = DaySpan(ask.day, ask.day), list[dict[str, Any]]()
    for place in read_locations(db):
        kpi = next(one for one in read_kpis(db, span, place.id) if one.name == "stock_value")
        if kpi.value:
            rows.append({"place": name_in(place.names, ask.language) or place.id, "value": kpi.value})
    told = "; ".join(f"{row['place']} {money(row['value'], ask)}" for row in rows) or say(ask, "kpi_none")
    return ToolAnswer({"value": sum(row["value"] for row in rows)}, rows, (told,))


def cash_expected(db: Connection, _: QuerySpec, ask: Asking) -> ToolAnswer:
    """Expected cash in the drawers of registers with an open shift."""
    wanted = ask.meaning.filters.get("register")
    rows: list[dict[str, Any]] = [
        {"register": one, "value": read_drawer(db, one).expected_minor}
        for one in open_registers(db)
        if wanted is None or one in wanted
    ]
    told = [say(ask, "cash_expected", register=row["register"], amount=money(row["value"], ask)) for row in rows]
    figures = {"value": sum(row["value"] for row in rows), "registers": len(rows)}
    return ToolAnswer(figures, rows, tuple(told) or (say(ask, "no_shift"),))


def to_order(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Return purchasing's suggestions: orders by supplier, stock to move first, and products that can't be ordered."""
    found = spec.read(db, ask.day)
    wanted = ask.meaning.filters.get("supplier")
    rows: list[dict[str, Any]] = []
    for order in found.orders:
        if (wanted and order.supplier not in wanted) or ask.place not in ("", order.location):
            continue
        for line in order.lines:
            rows.append(
                {"supplier": order.supplier, "sku": line.sku, "quantity": line.quantity, "minor": line.total_minor}
            )
    here = [one for one in found.unmet if ask.place in ("", one.location)] if not wanted else []
    unmet: list[dict[str, Any]] = [
        {"supplier": "", "sku": one.sku, "quantity": -(-one.missing // 1000) * 1000, "minor": 0} for one in here
    ]
    moves = [one for one in found.transfers if ask.place in ("", one.to_location)] if not wanted else []
    moved: list[dict[str, Any]] = [
        {"supplier": "", "sku": one.sku, "quantity": one.quantity, "minor": 0} for one in moves
    ]
    if not rows and not unmet and not moved:
        return ToolAnswer({"lines": 0}, [], (say(ask, "to_order_none"),))
    told = [
        say(ask, key, n=len(some), goods="; ".join(_order_line(db, row, ask) for row in some[:SAID]))
        for key, some in (("to_order", rows), ("to_order_moved", moved), ("to_order_unmet", unmet))
        if some
    ]
    every = rows + moved + unmet
    return ToolAnswer({"lines": len(every)}, every[:ROWS], tuple(told))


def _order_line(db: Connection, row: dict[str, Any], ask: Asking) -> str:
    product = find_by_sku(db, row["sku"])
    if product is None:
        return str(row["sku"])
    return f"{full_name(product, ask.language)} {say_amount(row['quantity'], unit_of(product), ask.language)}"


def deliveries(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Sent or partly received purchase orders expected in the period (by default, at any time)."""
    found = spec.read(db, ask.day, "open").orders
    span, wanted = ask.meaning.period, ask.meaning.filters.get("supplier")
    coming = [
        one
        for one in found
        if one.state in ("sent", "part_received")
        and (span is None or span.first <= one.expected_on <= span.last)
        and (wanted is None or one.supplier in wanted)
        and ask.place in ("", one.location)
    ]
    rows = [{"number": one.number, "supplier": one.supplier, "expected_on": one.expected_on} for one in coming]
    if not rows:
        return ToolAnswer({"deliveries": 0}, [], (say(ask, "deliveries_none"),))
    teller = MeaningTeller(db, ask.language, ask.currency)
    told = "; ".join(
        f"#{one.number} {teller.label('supplier', one.supplier)} {written_day(one.expected_on, ask.language)}".strip()
        for one in coming[:SAID]
    )
    return ToolAnswer({"deliveries": len(rows)}, rows[:ROWS], (say(ask, "deliveries", n=len(rows), orders=told),))


def cover(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """Return the days that a product's stock will last at its daily usage.

    Without a product, return those that will run out by the end of the period, by default within a week.
    """
    if not ask.product:
        return _gone_by(db, spec, ask)
    found = next(iter(spec.read(db, ask.day, ask.product)), None)
    product = find_by_sku(db, ask.product)
    if found is None or product is None or found.use is None:
        return ToolAnswer({}, [], (say(ask, "cover_none"),), {"sku_code": ask.product})
    name = full_name(product, ask.language)
    key = "cover" if found.days_left is not None else "cover_long"
    line = say(ask, key, name=name, n=found.days_left)
    row = {"sku": found.sku, "available": found.available, "use": found.use, "days_left": found.days_left}
    return ToolAnswer(row, [row], (line,), {"sku_code": ask.product})


def _gone_by(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    until = ask.meaning.period.last if ask.meaning.period else after(ask.day, WEEK_DAYS)
    is_meant = goods_meant(db, ask.meaning)
    gone = [one for one in spec.read(db, ask.day) if one.stock_out_on and one.stock_out_on <= until]
    found = [one for one in gone if is_meant(one.sku)]
    last = written_day(until, ask.language)
    if not found:
        return ToolAnswer({"gone": 0}, [], (say(ask, "gone_none", until=last),), {"until": until})
    told = [say(ask, "gone_on", name=name_in(one.names, ask.language), n=one.days_left) for one in found[:SAID]]
    line = say(ask, "gone", n=len(found), until=last, goods="; ".join(told))
    return ToolAnswer({"gone": len(found)}, rows_of(found), (line,), {"until": until})


def _percent(permille: int, ask: Asking) -> str:
    return number(f"{permille // 10}.{permille % 10}", ask.language)


def supplier_prices(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """A product's unit prices, from all suppliers or those named, lowest first."""
    product, found = find_by_sku(db, ask.product), spec.read(db, ask.product, ask.day)
    if product is None:
        return ToolAnswer({}, [], (say(ask, "no_product"),))
    name, arguments = full_name(product, ask.language), {"sku_code": ask.product}
    wanted = ask.meaning.filters.get("supplier")
    found = sorted(
        (one for one in found if wanted is None or one.supplier in wanted), key=lambda one: one.unit_cost_minor
    )
    if not found:
        return ToolAnswer({"suppliers": 0}, [], (say(ask, "suppliers_none", name=name),), arguments)
    told = ", ".join(
        f"{one.names.get(ask.language, one.supplier)} {money(one.unit_cost_minor, ask, one.currency)}"
        for one in found[:SAID]
    )
    return ToolAnswer(
        {"suppliers": len(found)}, rows_of(found), (say(ask, "suppliers", name=name, prices=told),), arguments
    )
