"""Pages of production: bills, orders and daily plan for managers; a touch and scan screen for production staff."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.analytics.production.component_orders import components_to_buy
from edge.analytics.production.day_plan import production_plan
from edge.analytics.production.lots import production_lot
from edge.analytics.production.products import names_of
from edge.analytics.production.queries import (
    WorkOrder,
    ingredients_of,
    is_late,
    missing,
    open_works,
    product_allergens,
    read_boms,
    read_works,
)
from edge.analytics.production.recipes import DishMargin, margin_of, recipe_costs
from edge.analytics.production.rules import OPEN
from edge.analytics.production.settings import settings_of
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, PRODUCTION, STOCK
from edge.goods.catalog.pages.beside import ALLERGENS, INGREDIENTS
from edge.goods.catalog.queries import find_by_code, find_by_sku
from edge.goods.stock.lists.listings import read_locations
from edge.lib.regions.taxes import table_on
from edge.lib.tax.rules import net_of
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.pages.shell import page

SHOWN = 50
STATES = ("", "planned", "in_progress", "completed", "cancelled")


async def production(request: web.Request) -> web.Response:
    """`GET /manager/production`: the plan of a `day`, orders in a `state`, bills, and the trace of a `lot` of a
    `sku`."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    state, day = request.query.get("state", ""), request.query.get("day", "")[:10] or today
    traced = request.query.get("sku", "")[:80], request.query.get("lot", "")[:80]
    read = partial(_read, today=today, day=day, state=state if state in STATES else "", traced=traced)
    found = await site.asker.read(read)
    config = site.services.of(CONFIG)
    taxes = table_on(config.tax.dated_tables, today, config.tax.table())
    target = settings_of(config).target_margin_percent
    margins = {
        one.sku: margin_of(one, partial(net_of, taxes, one.tax_class or config.catalog.tax_class), target)
        for one in found["recipes"]
    }
    found["recipes"].sort(key=lambda one: _place(one.sku, margins[one.sku]))
    return page(request, "production", states=STATES, margins=margins, target=target, **found)


def _place(sku: str, margin: DishMargin | None) -> tuple[bool, int, str]:
    """Sort key: lowest margin first, unknown ones last."""
    return margin is None, margin.permille if margin else 0, sku


def _read(db: Connection, today: str, day: str, state: str, traced: tuple[str, str]) -> dict[str, Any]:
    orders = read_works(db, state, limit=SHOWN)
    boms = read_boms(db, today)
    lacking = {one.number: missing(db, one, today) for one in orders if one.state in OPEN}
    sku = found.sku if (found := find_by_sku(db, traced[0]) or find_by_code(db, traced[0])) else traced[0]
    skus = {one.sku for one in orders} | {line.sku for one in boms for line in one.bom.lines}
    skus |= {one.sku for short in lacking.values() for one in short} | {sku for one in boms for sku in one.cost.unknown}
    return {
        "plan": production_plan(db, day, today),
        "state": state,
        "orders": orders,
        "lacking": lacking,
        "late": {one.number for one in orders if is_late(one, today)},
        "to_buy": components_to_buy(db, today),
        "boms": boms,
        "recipes": recipe_costs(db, today),
        "names": names_of(db, skus),
        "locations": [one for one in read_locations(db) if one.is_active],
        "trace": production_lot(db, sku, traced[1]) if all(traced) else None,
    }


async def make(request: web.Request) -> web.Response:
    """`GET /manager/production/make`: open orders up to today, each started and reported with a tap."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    return page(request, "make", **await site.asker.read(partial(_to_make, today=today)))


def _to_make(db: Connection, today: str) -> dict[str, Any]:
    orders = [one for one in open_works(db) if one.start_on <= today or one.state == "in_progress"]
    return {
        "orders": orders,
        "lacking": {one.number: {short.sku: short.quantity for short in missing(db, one, today)} for one in orders},
        "late": {one.number for one in orders if is_late(one, today)},
        "names": names_of(db, _all_skus(orders)),
    }


def _all_skus(orders: list[WorkOrder]) -> set[str]:
    return {one.sku for one in orders} | {part.sku for one in orders for part in one.components}


PAGES = (
    Page(
        path="/manager/production",
        name="production",
        handler=production,
        right=MANAGE,
        also=PRODUCTION,
        fragments=("alerts", "clock"),
        menu="production.title",
        group="stock",
        place=60,
        past=True,
        changed_by=("production",),
    ),
    Page(
        path="/manager/production/make",
        name="make",
        handler=make,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        menu="production.make_title",
        group="stock",
        place=61,
    ),
)
PROVIDES = ((INGREDIENTS, ingredients_of), (ALLERGENS, product_allergens))
