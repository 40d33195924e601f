"""The manager's page of the next seven days: orders by day and slot, picking, deliveries."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import get_args
from zoneinfo import ZoneInfo

from aiohttp import web

from edge.core.endpoints import Answer, Endpoint, Page, get
from edge.foundation.access.queries import read_users
from edge.foundation.access.rights import ORDERS, SELL
from edge.lib.units.money import exponent
from edge.ordering.orders.fulfilment.plan import OrderPlan, read_plan
from edge.ordering.orders.fulfilment.plan_csv import PlanList, as_csv
from edge.web.context import SITE
from edge.web.pages.shell import page
from edge.web.responses import answer_json, texts_of

LISTS: tuple[PlanList, ...] = get_args(PlanList)


async def week(request: web.Request) -> web.Response:
    """`GET /manager/orders/week?list=&day=`: a list for one day or all seven."""
    site, query = request.app[SITE], request.query
    plan = await _plan(request)
    which = query.get("list", "") if query.get("list", "") in LISTS else "orders"
    chosen = query.get("day", "") if query.get("day", "") in plan.days else ""
    drivers = await site.asker.read(lambda db: {user.id: user.name for user in read_users(db)})
    days = [date.fromisoformat(one) for one in plan.days]
    return page(request, "week", plan=plan, which=which, chosen=chosen, days=days, lists=LISTS, drivers=drivers)


async def plan_json(request: web.Request) -> web.Response:
    """`GET order-plan`: orders of the next seven days, their picking list, and deliveries."""
    return answer_json(await _plan(request))


async def plan_csv(request: web.Request) -> web.Response:
    """`GET order-plan/{orders|picking|runs}.csv`: a list as CSV."""
    site, texts = request.app[SITE], texts_of(request)
    zone, digits = ZoneInfo(site.settings.zone), exponent(site.settings.currency)
    which: PlanList = request.match_info["which"]  # type: ignore[assignment]

    def clock(at_us: int) -> str:
        return datetime.fromtimestamp(at_us / 1_000_000, tz=zone).strftime("%Y-%m-%d %H:%M")

    body = as_csv(await _plan(request), which, clock, texts.name, partial(_plain, digits=digits))
    named = {"Content-Disposition": f'attachment; filename="{which}.csv"'}
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=named)


async def _plan(request: web.Request) -> OrderPlan:
    site = request.app[SITE]
    zone, now_us = ZoneInfo(site.settings.zone), site.shop.now_us()
    return await site.asker.read(lambda db: read_plan(db, zone, now_us))


def _plain(minor: int, digits: int) -> str:
    """A sum as a plain number with a decimal point."""
    return f"{minor / 10**digits:.{digits}f}"


ENDPOINTS = (
    get("order-plan", plan_json, OrderPlan, right=ORDERS, also=SELL, tag="orders"),
    Endpoint(
        method="GET",
        path=r"/api/v1/order-plan/{which:orders|picking|runs}.csv",
        handler=plan_csv,
        right=ORDERS,
        also=SELL,
        tag="orders",
        name="orderPlanCsv",
        answer=Answer(media="text/csv"),
        statuses=(404,),
    ),
)
PAGES = (
    Page(
        path="/manager/orders/week",
        name="week",
        handler=week,
        right=ORDERS,
        also=SELL,
        fragments=("alerts", "clock"),
        menu="order.week",
        group="orders",
        place=15,
    ),
)
