"""The manager's page of web orders: channels, and held orders."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.core.messages import Refused
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.ordering.web_orders.entities import ARTICLES, CHANNELS
from edge.ordering.web_orders.queries import WebOrderState, held_order, web_articles, web_channels, web_orders
from edge.ordering.web_orders.telling import Telling, tellings
from edge.ordering.web_orders.web_article import WebArticle
from edge.ordering.web_orders.web_order import WebChannel, WebOrder, access_name, secret_name
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page
from edge.web.pairing import OpenTo
from edge.web.responses import texts_of

FIELDS = form_fields(CHANNELS.struct)
ARTICLE_FIELDS = form_fields(ARTICLES.struct)
ARTICLES_SHOWN = 200
"""Maximum articles on the page. The table has all of them."""
Arrival = tuple[WebOrderState, str, WebOrder | None, str]
"""An order's state, the reason why it waits, its content, and its content as JSON."""


async def web_orders_page(request: web.Request) -> web.Response:
    """`GET /manager/web-orders`: channels, held orders, and reasons."""
    texts = texts_of(request)

    def read(
        db: Connection,
    ) -> tuple[tuple[WebChannel, ...], list[Arrival], dict[str, Telling], tuple[WebArticle, ...]]:
        rows = []
        for one in web_orders(db):
            waits = one.state == "held"
            why = texts.refusal(Refused(one.why, one.told)) if waits else ""
            order = held_order(db, one.channel, one.reference) if waits else None
            rows.append((one, why, order, msgspec.json.encode(order).decode() if order else ""))
        failing = {id: one for id, one in tellings(db).items() if one.failing_us}
        return web_channels(db), rows, failing, web_articles(db)[:ARTICLES_SHOWN]

    channels, rows, failing, articles = await request.app[SITE].asker.read(read)
    names = {one.id: secret_name(one.id) for one in channels}
    keys = {one.id: access_name(one.id) for one in channels}
    shown = {"channels": channels, "arrivals": rows, "failing": failing, "articles": articles}
    return page(
        request,
        "web_orders",
        fields=FIELDS,
        article_fields=ARTICLE_FIELDS,
        secret_names=names,
        access_names=keys,
        **shown,
    )


PAGES = (
    Page(
        path="/manager/web-orders",
        name="web_orders",
        handler=web_orders_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="web_orders.title",
        group="counter",
        place=62,
    ),
)
OPEN_TO = (OpenTo(below=("/api/v1/web-orders/",)),)
"""Addresses without sign-in: webhooks of web shops, authenticated by their channel's signature."""
