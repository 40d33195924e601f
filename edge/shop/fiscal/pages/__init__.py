"""The manager's page of fiscal: the entries, and setting one."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.core.endpoints import Page
from edge.shop.access.rights import MANAGE
from edge.shop.fiscal.queries import fiscal_entries
from edge.web.context import SITE
from edge.web.pages.shell import page

SHOWN = 50


async def listed(request: web.Request) -> web.Response:
    """`GET /manager/fiscal`: entries by id, pages by `?after=`."""
    read = partial(fiscal_entries, after=request.query.get("after", "")[:64], limit=SHOWN)
    entries = await request.app[SITE].asker.read(read)
    return page(request, "fiscal", entries=entries, more=entries[-1].id if len(entries) == SHOWN else "")


PAGES = (
    Page(
        path="/manager/fiscal",
        name="fiscal",
        handler=listed,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="fiscal.title",
        group="system",
        place=90,
    ),
)
