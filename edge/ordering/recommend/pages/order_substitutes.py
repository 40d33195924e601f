"""Substitutes for a short line on the orders board, the most similar first."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import fragment
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.foundation.access.rights import ORDERS, SELL
from edge.goods.catalog.queries import CatalogProduct
from edge.ordering.orders.fulfilment.substitute_choice import fitting_substitutes, near_in_category
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import read_shop_order
from edge.ordering.recommend.routes import suggester_of
from edge.ordering.recommend.suggestion import SuggestionRequest
from edge.web.context import SITE, today_of
from edge.web.pages.shell import html
from edge.web.problem import Problem
from edge.web.responses import texts_of


async def substitutes(request: web.Request) -> web.Response:
    """`GET /fragments/order/substitutes?order=&line=`: substitutes for a line, the most similar first."""
    site, query = request.app[SITE], request.query
    line = query.get("line", "")
    number = int(line) if line.isascii() and line.isdigit() and len(line) < 10 else 0
    now_us = site.shop.now_us()

    suggester, today = await suggester_of(site), today_of(request)

    def read(db: Connection) -> tuple[KeptOrder, RecordedLine, list[CatalogProduct]]:
        order = read_shop_order(db, query.get("order", "")[:60])
        wanted = next((one for one in order.goods.sold_lines if one.id == number), None) if order else None
        if order is None or wanted is None:
            raise Problem(404, "no_such_order")
        asked = SuggestionRequest("api", now_us, today, sku=wanted.sku, customer=order.customer, substitute=True)
        alike = suggester.rank_substitutes(db, asked, near_in_category(db, wanted, site.settings.currency, now_us))
        return order, wanted, fitting_substitutes(db, order, wanted, alike, now_us, site.settings.place)

    order, wanted, found = await site.asker.read(read)
    language = texts_of(request).language
    values = {"order": order, "line": number, "found": found, "instead_of": wanted.names}
    return html(site.renderer.render("order_substitutes.html", language, **values))


ENDPOINTS = (fragment("/fragments/order/substitutes", substitutes, ORDERS, also=SELL),)
