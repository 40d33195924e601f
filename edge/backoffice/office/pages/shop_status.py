"""The owner's status page: working parts, waiting work and advice. Without signing in, `/status` shows only whether the
shop can sell, as `/healthz` does."""

from __future__ import annotations

from aiohttp import web

from edge.backoffice.office.pages.health import can_sell
from edge.core.endpoints import ANYBODY, Endpoint, Page
from edge.foundation.access.rights import MANAGE
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def shop_status(request: web.Request) -> web.Response:
    """`GET /manager/status`: working parts, waiting work and advice, updated live."""
    return page(request, "shop_status")


async def status_outside(request: web.Request) -> web.Response:
    """`GET /status`: only whether the shop can sell; 503 if it can't."""
    well = await can_sell(request)
    text = request.app[SITE].renderer.render("status_outside.html", texts_of(request).language, well=well)
    answer = html(text)
    answer.set_status(200 if well else 503)
    return answer


ENDPOINTS = (Endpoint(method="GET", path="/status", handler=status_outside, right=ANYBODY, rate="none"),)
PAGES = (
    Page(
        path="/manager/status",
        name="shop_status",
        group="system",
        place=39,
        handler=shop_status,
        right=MANAGE,
        fragments=("clock", "shop_status"),
        menu="shop_status.title",
    ),
)
