"""Webhooks page: list, add, test."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.foundation.access.rights import MANAGE
from edge.foundation.webhooks.pages import feed_api
from edge.foundation.webhooks.service.feed import available_types
from edge.foundation.webhooks.webhook_state import read_webhooks
from edge.lib.i18n import words
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def webhooks_page(request: web.Request) -> web.Response:
    """`GET /manager/webhooks`: the page; its content requires a PIN."""
    return page(request, "webhooks", types=_event_names(request).items())


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/webhooks`: webhooks with their types and positions."""
    site = request.app[SITE]
    values = {"hooks": read_webhooks(site.shop.reader), "head": site.shop.head.seq, "called": _event_names(request)}
    return html(site.renderer.render("webhooks_rows.html", texts_of(request).language, **values))


def _event_names(request: web.Request) -> dict[str, str]:
    """Event types by their localised names, sorted."""
    known = words(texts_of(request).language)
    called = {type: known.get(f"event.{type}", type) for type in available_types(request.app[SITE].shop.registry)}
    return dict(sorted(called.items(), key=lambda one: one[1].lower()))


ENDPOINTS = (fragment("/fragments/webhooks", rows, MANAGE), *feed_api.ENDPOINTS)
PAGES = (
    Page(
        path="/manager/webhooks",
        name="webhooks",
        group="system",
        place=27,
        handler=webhooks_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="webhooks.title",
    ),
)
