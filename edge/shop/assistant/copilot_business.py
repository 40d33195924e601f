"""What the copilot's tools say of the business: sales, best sellers, forecasts, key figures, suppliers' prices."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from edge.core.registry import QuerySpec
from edge.core.storage.database import Connection
from edge.lib.i18n import number, translate
from edge.lib.units.dates import after
from edge.lib.units.money import show_minor
from edge.shop.assistant.copilot_asking import ROWS, SAID, Asking, ToolAnswer, rows_of, say
from edge.shop.assistant.phrasing import counted, full_name, unit_of
from edge.shop.catalog.queries import find_by_sku
from edge.shop.insight.queries import best_products
from edge.shop.reports.queries import read_day

WEEK_DAYS, MONTH_DAYS = 7, 30
FIGURES = ("sales", "margin", "stock_value", "turns", "waste", "stock_out")
"""Key figures that are said; all of them stand in the rows."""
DIGITS = {"permille": 1, "tenths": 1}


def sales(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """What a day took, beside the same weekday of a week before; several days, beside as many before them."""
    if ask.first not in ("", ask.day):
        return _sales_of_days(db, spec, ask)
    sums = spec.read(db, ask.day)
    before = spec.read(db, after(ask.day, -WEEK_DAYS))
    count = sums.sales.count - sums.voids.count
    total, was = show_minor(sums.total_minor, ask.currency), show_minor(before.total_minor, ask.currency)
    line = say(ask, "sales", day=ask.day, n=count, total=total, was=was, currency=ask.currency)
    figures = {"sales": count, "total_minor": sums.total_minor, "week_before_minor": before.total_minor}
    tenders = [{"tender": kind, "count": one.count, "minor": one.minor} for kind, one in sums.tenders.items()]
    return ToolAnswer(figures, tenders, (line,), {"day": ask.day})


def _sales_of_days(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """A week is held against the same weekdays of the one before, more days against as many right before them."""
    count = (date.fromisoformat(ask.day) - date.fromisoformat(ask.first)).days + 1
    since = after(ask.first, -max(WEEK_DAYS, count))
    days, before = ({after(first, at): None for at in range(count)} for first in (ask.first, since))
    now, was = ({day: spec.read(db, day) for day in some} for some in (days, before))
    total, was_minor = (sum(one.total_minor for one in some.values()) for some in (now, was))
    sold = sum(one.sales.count - one.voids.count for one in now.values())
    line = say(
        ask,
        "sales_of_days",
        **{"first": ask.first, "day": ask.day, "n": sold, "currency": ask.currency},
        **{"since": since, "until": after(since, count - 1)},
        **{"total": show_minor(total, ask.currency), "was": show_minor(was_minor, ask.currency)},
    )
    rows = [{"day": day, "minor": one.total_minor} for day, one in now.items()]
    figures = {"sales": sold, "total_minor": total, "before_minor": was_minor}
    return ToolAnswer(figures, rows, (line,), {"first": ask.first, "day": ask.day})


def best(db: Connection, _: QuerySpec, ask: Asking) -> ToolAnswer:
    """What sold best on a day, or on several."""
    if ask.first not in ("", ask.day):
        found = best_products(db, ask.first, ask.day)
        groups = [(one.key, one.names, one.sums.quantity, one.sums.minor) for one in found if one.sums.minor > 0]
        called = say(ask, "days", first=ask.first, day=ask.day)
    else:
        report = read_day(db, ask.day, ZoneInfo(ask.zone))
        groups = [(one.sku, one.names, one.quantity, one.minor) for one in report.best]
        called = ask.day
    rows: list[dict[str, Any]] = [
        {"sku": sku, "name": known.get(ask.language, sku), "quantity": quantity, "minor": minor}
        for sku, known, quantity, minor in groups
    ]
    names = ", ".join(str(row["name"]) for row in rows[:SAID])
    line = say(ask, "best", day=called, names=names) if rows else say(ask, "best_none", day=called)
    return ToolAnswer({"products": len(rows)}, rows[:ROWS], (line,), {"day": ask.day})


def forecast(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """What is expected of a product, or of the whole shop, on days to come: the next seven, where none are said."""
    today = ask.day if not ask.period else ""
    first = after(today, 1) if today else ask.first
    last = after(today, WEEK_DAYS) if today else ask.day
    found = spec.read(db, ask.product or "store", period="daily", horizon=2 * WEEK_DAYS, location=ask.place)
    arguments = {"sku_code": ask.product} if ask.product else {}
    if found is None:
        return ToolAnswer({}, [], (say(ask, "risk_none" if ask.product else "forecast_none"),), arguments)
    limits = found.confidence_intervals
    days = zip(found.forecast_dates, found.forecast_values, limits["lower"], limits["upper"], strict=True)
    rows = [
        {"day": day, "expected": value, "lower": low, "upper": high}
        for day, value, low, high in days
        if first <= day <= last
    ]
    if not rows:
        return ToolAnswer({}, [], (say(ask, "forecast_none"),), arguments)
    total = sum(int(row["expected"]) for row in rows)
    product = find_by_sku(db, ask.product) if ask.product else None
    if product is None:
        name, amount = say(ask, "the_shop"), f"{show_minor(total, ask.currency)} {ask.currency}"
    else:
        name, amount = (
            full_name(product, ask.language),
            counted(_rounded(total, product.unit), unit_of(product), ask.language),
        )
    day = str(rows[0]["day"]) if len(rows) == 1 else say(ask, "days", first=rows[0]["day"], day=rows[-1]["day"])
    lines = [say(ask, "forecast", name=name, amount=amount, day=day)]
    lines += [] if found.sure else [say(ask, "forecast_unsure")]
    figures = {"expected": total, "unit": found.unit, "sure": found.sure}
    return ToolAnswer(figures, rows, tuple(lines), arguments)


def _rounded(thousandths: int, unit: str) -> int:
    """What can be said of it: nobody sells a third of a piece."""
    step = 1000 if unit == "piece" else 100
    return (thousandths + step // 2) // step * step


def key_figures(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """The key figures of a period, those that are known: of thirty days, where none is said."""
    first = ask.first if ask.period else after(ask.day, 1 - MONTH_DAYS)
    found = {one.name: one for one in spec.read(db, first, ask.day)}
    known = [found[name] for name in FIGURES if name in found and found[name].value is not None]
    told = [f"{translate(ask.language, f'kpi.{one.name}')} {_shown(one.value, one.unit, ask)}" for one in known]
    said = say(ask, "days", first=first, day=ask.day) if first != ask.day else ask.day
    line = say(ask, "kpi", day=said, figures="; ".join(told)) if told else say(ask, "kpi_none", day=said)
    figures = {one.name: one.value for one in known}
    return ToolAnswer(figures, rows_of(list(found.values())), (line,), {"first": first, "day": ask.day})


def _shown(value: int, unit: str, ask: Asking) -> str:
    if unit == "minor":
        return f"{show_minor(value, ask.currency)} {ask.currency}"
    if unit in DIGITS:
        plain = number(f"{value // 10}.{value % 10}" if value >= 0 else f"-{-value // 10}.{-value % 10}", ask.language)
        return f"{plain}\u00a0%" if unit == "permille" else plain
    return str(value)


def supplier_prices(db: Connection, spec: QuerySpec, ask: Asking) -> ToolAnswer:
    """What suppliers ask for one of a product, the best first."""
    product, found = find_by_sku(db, ask.product), spec.read(db, ask.product, ask.day)
    if product is None:
        return ToolAnswer({}, [], (say(ask, "no_product"),))
    name, arguments = full_name(product, ask.language), {"sku_code": ask.product}
    if not found:
        return ToolAnswer({"suppliers": 0}, [], (say(ask, "suppliers_none", name=name),), arguments)
    told = ", ".join(
        f"{one.names.get(ask.language, one.supplier)} {show_minor(one.unit_cost_minor, currency)} {currency}"
        for one in found[:SAID]
        for currency in [one.currency or ask.currency]
    )
    return ToolAnswer(
        {"suppliers": len(found)}, rows_of(found), (say(ask, "suppliers", name=name, prices=told),), arguments
    )
