"""Manager page of forecasts: demand, stockout risk, accuracy, occasions."""

from __future__ import annotations

from functools import partial
from typing import Any, cast, get_args

from aiohttp import web

from edge.analytics.forecast.accuracy import (
    days_of_place,
    group_errors,
    live_accuracy,
    read_backtest,
    read_groups_accuracy,
)
from edge.analytics.forecast.calendar.occasions import read_items, read_occasions
from edge.analytics.forecast.calendar.weather import read_weather_request
from edge.analytics.forecast.commands import OCCASIONS_LIMIT
from edge.analytics.forecast.pages.history_api import ENDPOINTS as ENDPOINTS_OF_HISTORY
from edge.analytics.forecast.queries import (
    DEFAULT_LEVEL,
    champion,
    demand_forecast,
    read_models,
)
from edge.analytics.forecast.risks import at_risk, inventory_risk
from edge.analytics.forecast.routes import asked_place
from edge.analytics.forecast.rules import Period
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import read_products
from edge.goods.stock.lists.listings import read_locations
from edge.lib.i18n import ENGLISH
from edge.lib.units.dates import after
from edge.lib.units.ticks import ticks
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.problem import Problem

STEPS: dict[str, int] = {"daily": 28, "weekly": 12, "monthly": 6, "quarterly": 4}
MODELS_SHOWN = 5


async def overview(request: web.Request) -> web.Response:
    """`GET /manager/forecast`: the forecast of `?item=` (default: the store) by `?period=`, at `?location=`; errors by
    day of a `?version=` and `?group=` (default: the store and its categories)."""
    site = request.app[SITE]
    item, period = request.query.get("item", "") or "store", request.query.get("period", "") or "daily"
    if period not in get_args(Period):
        raise Problem(400, "argument_wrong", name="period", why=", ".join(get_args(Period)))
    today = site.config.business_date(site.shop.now_us())
    place = await asked_place(request, request.query.get("location", ""))
    group, version = request.query.get("group", "")[:100], request.query.get("version", "")[:100]
    read = partial(_read, item=item, period=cast(Period, period), today=today, place=place, errors_of=(version, group))
    found = await site.asker.read(read)
    ordering = site.shop.registry.queries["purchase_suggestions"].read
    suggested = await site.asker.read_once(("purchase_suggestions", today), partial(ordering, today=today))
    return page(
        request,
        "forecast",
        item=item,
        period=period,
        place=place,
        group=group,
        version=version,
        occasions_limit=OCCASIONS_LIMIT,
        day_after=after,
        business_date=today,
        periods=get_args(Period),
        ordering={line.sku: order for order in suggested.orders for line in order.lines},
        quantities={line.sku: line.quantity for order in suggested.orders for line in order.lines},
        carried={one.sku for one in suggested.transfers},
        unmet={one.sku: one.rule for one in suggested.unmet},
        **found,
    )


def _read(
    db: Connection, item: str, period: Period, today: str, place: str, errors_of: tuple[str, str]
) -> dict[str, Any]:
    forecast = demand_forecast(db, item, period, STEPS[period], DEFAULT_LEVEL, place)
    models = read_models(db)[:MODELS_SHOWN]
    since, in_use = after(today, -14), champion(db)
    version, group = errors_of
    days = days_of_place(db, place, since, today)
    items, categories = read_items(db), read_categories(db)
    known = read_products(db, items)
    category = item.removeprefix("category:") if item.startswith("category:") else ""
    names = {sku: product.names or {ENGLISH: sku} for sku, (_, product, _) in known.items()}
    most = max(forecast.confidence_intervals["upper"], default=0) if forecast else 0
    return {
        "forecast": forecast,
        "places": read_locations(db),
        "risk": inventory_risk(db, item, location=place) if item in names else None,
        "models": models,
        "live": {model.version: live_accuracy(db, model.version, since, today, place=days) for model in models},
        "days": group_errors(db, version or in_use.version, since, today, group, days) if in_use else [],
        "groups": read_groups_accuracy(db, in_use.version, since, today, days) if in_use else [],
        "tried": {one.id: read_backtest(db, in_use, one.id)[0] for one in categories} if in_use else {},
        "folds": read_backtest(db, in_use, category)[1] if in_use else [],
        "in_use": in_use,
        "risks": at_risk(db, today, 12),
        "categories": categories,
        "category_names": {category.id: category.names for category in categories},
        "names": dict(sorted(names.items(), key=lambda one: next(iter(one[1].values()), ""))),
        "occasions": read_occasions(db),
        "weather": read_weather_request(db),
        "ticks": ticks(most),
    }


PAGES = (
    Page(
        path="/manager/forecast",
        name="forecast",
        handler=overview,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        menu="forecast.title",
        group="insight",
        place=45,
    ),
)
ENDPOINTS = ENDPOINTS_OF_HISTORY
