"""The quick keys at the till, and the manager's page that arranges them."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Page
from edge.core.endpoints import fragment as piece
from edge.core.storage.database import Connection
from edge.counter.quick_keys.layout import PLACES, Colour, KeyPage, initials
from edge.counter.quick_keys.queries import proposed_keys, read_keys, read_layout
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import MANAGE, SELL
from edge.goods.catalog.queries import find_by_skus, read_products
from edge.goods.promotions.card_promotions import card_promotions
from edge.goods.search.queries import imported_through
from edge.web.actors import register_of
from edge.web.context import SITE, today_of
from edge.web.live.rendering import Words
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of

COLOURS: tuple[str, ...] = Colour.__args__  # type: ignore[attr-defined]


async def at_till(request: web.Request) -> web.Response:
    """`GET /fragments/quick-keys`: a register's keys with current prices."""
    site, register = request.app[SITE], register_of(request)
    at_us, settings = site.shop.now_us(), site.services.of(NOW)()

    def read(db: Connection) -> dict[str, Any]:
        pages = read_keys(db, register, at_us)
        goods = find_by_skus(db, {key.sku for one in pages for key in one.keys}, at_us)
        cheaper = card_promotions(db, goods.values(), at_us, settings.zone, settings.undiscounted)
        return {"pages": pages, "cheaper": cheaper}

    language = texts_of(request).language
    return html(site.renderer.render("quick_keys_till.html", language, **await site.asker.read(read), places=PLACES))


async def keys_page(request: web.Request) -> web.Response:
    """`GET /manager/keys`: edit the keys of a register (`?of=`) or the shared keys.

    `?propose=yes`: propose best sellers.
    """
    site, of = request.app[SITE], request.query.get("of", "")
    asked, own = "propose" in request.query, partial(_read, read=partial(read_layout, of_register=of))
    layout, goods = await site.asker.read(partial(_read, read=proposed_keys) if asked else own)
    nothing = asked and not layout
    if nothing:  # no sales yet: keep the current keys, so that saving doesn't delete them
        layout, goods = await site.asker.read(own)
    shown = {"layout": msgspec.json.encode(layout).decode(), "goods": goods, "of": of, "nothing": nothing}
    proposed, today = asked and not nothing, today_of(request)
    imported = await site.asker.read(partial(imported_through, today=today)) if proposed else ""
    return page(request, "quick_keys", **shown, places=PLACES, colours=COLOURS, proposed=proposed, imported=imported)


def _read(db: Connection, read: Any) -> tuple[list[KeyPage], dict[str, dict[str, Any]]]:
    """The pages, and by SKU each product's names, first picture, and whether it's discontinued."""
    pages = list(read(db))
    products = read_products(db, [key.sku for one in pages for key in one.keys])
    return pages, {
        sku: {"names": product.names or {}, "picture": next(iter(product.pictures or ()), ""), "gone": us is not None}
        for sku, (_, product, us) in products.items()
    }


TEMPLATE_WORDS = (Words(lambda renderer: lambda texts: {"initials": initials}),)
ENDPOINTS = (piece("/fragments/quick-keys", at_till, SELL),)
PAGES = (
    Page(
        path="/manager/keys",
        name="quick_keys",
        handler=keys_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="quick.title",
        group="system",
        place=50,
    ),
)
