"""The manager's page of payments: the entries, and setting one."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.core.endpoints import Page
from edge.shop.access.rights import MANAGE
from edge.shop.payments.queries import payments_entries
from edge.web.context import SITE
from edge.web.pages.shell import page

SHOWN = 50


async def listed(request: web.Request) -> web.Response:
    """`GET /manager/payments`: entries by id, pages by `?after=`."""
    read = partial(payments_entries, after=request.query.get("after", "")[:64], limit=SHOWN)
    entries = await request.app[SITE].asker.read(read)
    return page(request, "payments", entries=entries, more=entries[-1].id if len(entries) == SHOWN else "")


PAGES = (
    Page(
        path="/manager/payments",
        name="payments",
        handler=listed,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="payments.title",
        group="system",
        place=90,
    ),
)
