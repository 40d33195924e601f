"""The till's dialog for returned bottles, and their list."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.storage.database import Connection
from edge.counter.bottle_deposits.queries import PAGE_LIMIT, TakenBottles, find_goods, read_bottles
from edge.foundation.access.rights import MANAGE, OVERRIDE, SELL
from edge.goods.catalog.queries import read_products
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def empties_dialog(request: web.Request) -> web.Response:
    """`GET /fragments/empties`: the dialog for scanning bottles and paying their deposit."""
    return html(request.app[SITE].renderer.render("empties.html", texts_of(request).language))


async def line(request: web.Request) -> web.Response:
    """`GET /fragments/empties-line`: a line of the list for a `code`, or the reason there is none."""
    site, code = request.app[SITE], request.query.get("code", "").strip()[:80]
    goods = await site.asker.read(partial(find_goods, code=code)) if code else None
    return html(site.renderer.render("empties_line.html", texts_of(request).language, goods=goods, code=code))


async def bottles(request: web.Request) -> web.Response:
    """`GET /manager/bottle-deposits`: returns with numbers below `before`, the newest first, each with undo."""
    site = request.app[SITE]
    before = request.query.get("before", "")
    found, names = await site.asker.read(
        partial(_bottles_with_names, before=int(before[:15]) if before.isdecimal() else 0)
    )
    more = found[-1].number if len(found) == PAGE_LIMIT else 0
    return page(request, "returned_bottles", found=found, names=names, more=more)


def _bottles_with_names(db: Connection, before: int) -> tuple[list[TakenBottles], dict[str, dict[str, str]]]:
    found = read_bottles(db, before, PAGE_LIMIT)
    known = read_products(db, sorted({line.sku for one in found for line in one.lines}))
    return found, {sku: dict(product.names or {}) for sku, (_, product, _) in known.items()}


PAGES = (
    Page(
        path="/manager/bottle-deposits",
        name="returned_bottles",
        handler=bottles,
        right=MANAGE,
        also=OVERRIDE,
        fragments=("alerts", "clock"),
        menu="bottle_deposits.list",
        group="counter",
        place=28,
    ),
)
ENDPOINTS = (fragment("/fragments/empties", empties_dialog, SELL), fragment("/fragments/empties-line", line, SELL))
