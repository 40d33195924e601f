"""Set-up page for a second factor. Opening it needs no PIN, but each step asks for one."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Page
from edge.foundation.access.rights import SELL
from edge.web.pages.shell import page


async def factor_page(request: web.Request) -> web.Response:
    """`GET /manager/factor`: the page."""
    return page(request, "factor")


PAGES = (
    Page(
        path="/manager/factor",
        name="factor",
        group="system",
        place=30,
        handler=factor_page,
        right=SELL,
        surfaces=("cashier", "panel"),
        fragments=("alerts", "clock"),
        menu="factor.title",
    ),
)
