"""The till's dialog of bottles that come back."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.core.endpoints import fragment
from edge.shop.access.rights import SELL
from edge.shop.bottle_deposits.queries import find_goods
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.responses import texts_of


async def asked(request: web.Request) -> web.Response:
    """`GET /fragments/empties`: bottles are scanned, and their deposit is given."""
    return html(request.app[SITE].renderer.render("empties.html", texts_of(request).language))


async def line(request: web.Request) -> web.Response:
    """`GET /fragments/empties-line`: a line of the list for a `code`, or why there is none."""
    site, code = request.app[SITE], request.query.get("code", "").strip()[:80]
    goods = await site.asker.read(partial(find_goods, code=code)) if code else None
    return html(site.renderer.render("empties_line.html", texts_of(request).language, goods=goods, code=code))


ENDPOINTS = (fragment("/fragments/empties", asked, SELL), fragment("/fragments/empties-line", line, SELL))
