"""Manager page "What if": other rules for a past period, and the result."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any, get_args

import msgspec
from aiohttp import web

from edge.analytics.whatif.pages.stock import STOCK_PAGES
from edge.analytics.whatif.scenario import DAYS_MOST
from edge.analytics.whatif.service.runs import RUNS
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.counter.loyalty.queries import earn_rules
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.promotions.promotion import Deal
from edge.goods.promotions.queries import KeptPromotion, read_promotions
from edge.ordering.delivery.queries import read_zones
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page

PROMOTIONS_SHOWN = 100
BASKETS_OPEN = 20
"""Maximum changed baskets listed before the rest is collapsed."""
FIGURES = ("total", "net", "tax", "discount", "deposit", "margin", "points")
BY_GROUP = ("total", "net", "tax", "discount", "margin", "points")
"""Figures broken down by product, hour and customer group."""


async def whatif(request: web.Request) -> web.Response:
    """`GET /manager/whatif?run=&figure=`: choose rules, and see a result with one of its figures by group."""
    site, today = request.app[SITE], today_of(request)
    run = site.services.of(RUNS).find(request.query.get("run", "")[:40])
    found = await site.asker.read(partial(_read, now_us=site.shop.now_us()))
    first, last = _last_month(today)
    scenario = msgspec.to_builtins(run.scenario) if run else {"first": first, "last": last}
    return page(
        request,
        "whatif",
        run=run,
        lost="run" in request.query and run is None,
        found=run.comparison if run else None,
        scenario=scenario,
        earliest=(date.fromisoformat(today) - timedelta(days=10 * DAYS_MOST)).isoformat(),
        tax=site.services.of(NOW)().on(today).tax,
        baskets_open=BASKETS_OPEN,
        figures=FIGURES,
        by_group=BY_GROUP,
        figure=request.query.get("figure") if request.query.get("figure") in BY_GROUP else BY_GROUP[0],
        deals=[deal.__struct_config__.tag for deal in get_args(Deal)],
        **found,
    )


def _read(db: Connection, now_us: int) -> dict[str, Any]:
    running: list[KeptPromotion] = [
        *read_promotions(db, now_us, limit=PROMOTIONS_SHOWN),
        *read_promotions(db, now_us, over=True, limit=PROMOTIONS_SHOWN),
    ]
    earn, zones = earn_rules(db), read_zones(db)
    return {
        "categories": read_categories(db),
        "promotions": [one.promotion for one in running],
        "earn": earn,
        "earn_plain": {rule.id: msgspec.to_builtins(rule) for rule in earn},
        "zones": zones,
        "zones_plain": {zone.id: msgspec.to_builtins(zone) for zone in zones},
        "sold": db.execute("SELECT EXISTS (SELECT 1 FROM receipt)").fetchone()[0] == 1,
    }


def _last_month(today: str) -> tuple[str, str]:
    """The first and last day of the previous month."""
    last = date.fromisoformat(today).replace(day=1) - timedelta(days=1)
    return last.replace(day=1).isoformat(), last.isoformat()


PAGES = (
    *STOCK_PAGES,
    Page(
        path="/manager/whatif",
        name="whatif",
        handler=whatif,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="whatif.title",
        group="insight",
        place=40,
    ),
)
