"""The manager's page "What if: stock": other reorder points and lead times for a past period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args

import msgspec
from aiohttp import web

from edge.analytics.whatif.service.runs import STOCK_RUNS
from edge.analytics.whatif.stock_scenario import DAYS_MOST, FigureName
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.purchasing.queries import read_suppliers
from edge.lib.units.dates import after
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page

QUARTER_WEEKS = 13
SUPPLIERS_SHOWN = 200
MONEY = ("lost", "stock", "waste")
"""Figures that are amounts of money; the others are counts."""


async def whatif_stock(request: web.Request) -> web.Response:
    """`GET /manager/whatif-stock?run=&figure=`: the settings to change, the answer to a question, and the breakdown of
    one of its figures.
    """
    site, today = request.app[SITE], today_of(request)
    run = site.services.of(STOCK_RUNS).find(request.query.get("run", "")[:40])
    found = await site.asker.read(_read)
    first, last = after(today, -7 * QUARTER_WEEKS), after(today, -1)
    return page(
        request,
        "whatif_stock",
        run=run,
        lost="run" in request.query and run is None,
        found=run.comparison if run else None,
        scenario=msgspec.to_builtins(run.scenario) if run else {"first": first, "last": last},
        earliest=(date.fromisoformat(today) - timedelta(days=10 * DAYS_MOST)).isoformat(),
        yesterday=last,
        amounts=MONEY,
        figure=chosen if (chosen := request.query.get("figure")) in get_args(FigureName) else "stock",
        **found,
    )


def _read(db: Connection) -> dict[str, Any]:
    return {
        "categories": read_categories(db),
        "suppliers": read_suppliers(db)[:SUPPLIERS_SHOWN],
        "stocked": db.execute("SELECT EXISTS (SELECT 1 FROM stock_day)").fetchone()[0] == 1,
    }


STOCK_PAGES = (
    Page(
        path="/manager/whatif-stock",
        name="whatif_stock",
        handler=whatif_stock,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="whatif.stock_title",
        group="insight",
        place=42,
    ),
)
