"""The page of webhooks: those that there are, one added, one tried."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.services.feed import told_types
from edge.shop.access.rights import MANAGE
from edge.shop.webhooks.pages import feed_api
from edge.shop.webhooks.webhook_state import read_webhooks
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def shown(request: web.Request) -> web.Response:
    """`GET /manager/webhooks`: the page; what it shows comes behind a PIN."""
    return page(request, "webhooks", types=told_types(request.app[SITE].shop.registry))


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/webhooks`: who is told of what, and how far each is."""
    site = request.app[SITE]
    values = {"hooks": read_webhooks(site.shop.reader), "head": site.shop.head.seq}
    return html(site.renderer.render("webhooks_rows.html", texts_of(request).language, **values))


ENDPOINTS = (fragment("/fragments/webhooks", rows, MANAGE), *feed_api.ENDPOINTS)
PAGES = (
    Page(
        path="/manager/webhooks",
        name="webhooks",
        group="system",
        place=27,
        handler=shown,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="webhooks.title",
    ),
)
