"""Codes scanned in the store room, by a phone's camera or a scanner, resolved to products."""

from __future__ import annotations

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, fragment
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.product import expected_expiry
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_sku
from edge.goods.stock.lists.listings import read_locations
from edge.goods.stock.location import MAIN
from edge.goods.stock.pages.stock_requests import require_item, text_of
from edge.lib.codes.code import ScanError
from edge.lib.codes.parse import parse_scan
from edge.runtime.config import CONFIG
from edge.web.context import SITE, today_of
from edge.web.limits import PICTURE_BYTES
from edge.web.pages.shell import html
from edge.web.picture_codes import CODES, PictureCode
from edge.web.problem import Problem
from edge.web.request_body import body_within
from edge.web.responses import answer_json, texts_of


class ScannedProduct(msgspec.Struct, frozen=True):
    """The product of a code (`units` per case if it's a case), and the code's other data.

    `key`: its key in commands, also for a case.
    """

    product: CatalogProduct
    key: str
    lot: str
    expiry: str
    packed: str


async def recognise(request: web.Request, text: str, symbology: str = "") -> ScannedProduct:
    """Resolve a code or a product number. Raises `Problem` 400 if it can't be read, 404 if no product has it."""
    site = request.app[SITE]
    code = parse_scan(
        text, symbology, site.services.of(CONFIG).codes.rules(site.config.store.currency), int(today_of(request)[:4])
    )
    keys = () if isinstance(code, ScanError) else code.keys

    def read(db: Connection) -> tuple[CatalogProduct, str] | None:
        """The product of the code or of the typed number."""
        for key in keys:
            if found := find_by_code(db, key):
                return found, key
        typed = find_by_sku(db, text.strip())
        return (typed, typed.sku) if typed else None

    found = await site.asker.read(read)
    if found is None:
        status, why = (404, "code_unknown") if keys else (400, "scan_unreadable")
        raise Problem(status, why, text=text[:80])
    if isinstance(code, ScanError):
        return ScannedProduct(*found, "", "", "")
    days = [day.isoformat() if day else "" for day in (code.expiry, code.packed)]
    return ScannedProduct(*found, code.lot or "", *days)


async def card(request: web.Request) -> web.Response:
    """`GET /fragments/stock/scanned?code=&location=`: a code's product and its stock, for a phone."""
    text = text_of(request, "code")
    if not text:
        raise Problem(400, "scan_unreadable", text="")
    scanned = await recognise(request, text, text_of(request, "symbology")[:20])
    item = await require_item(request, scanned.product.sku)
    place = text_of(request, "location") or MAIN
    locations = {one.id: one for one in await request.app[SITE].asker.read(read_locations)}
    totals: dict[str, int] = {}
    for row in item.rows:
        totals[row.location] = totals.get(row.location, 0) + row.total
    return html(
        request.app[SITE].renderer.render(
            "stock_scanned.html",
            texts_of(request).language,
            item=item,
            scanned=scanned,
            place_id=place,
            here=totals.get(place, 0),
            elsewhere=[(where, total) for where, total in totals.items() if where != place and total],
            until=scanned.expiry or expected_expiry(today_of(request), scanned.product.expiry_days) or "",
            locations=locations,
            register=request.query.get("register", ""),
        )
    )


async def picture(request: web.Request) -> web.Response:
    """`POST inventory/scan/picture`: read the codes in a camera picture, for browsers that can't do so."""
    body = await body_within(request, PICTURE_BYTES)
    return answer_json(await request.app[SITE].services.of(CODES).read(body))


ENDPOINTS = (
    fragment("/fragments/stock/scanned", card, MANAGE, also=STOCK),
    Endpoint(
        method="POST",
        path="/api/v1/inventory/scan/picture",
        handler=picture,
        name="scanPicture",
        right=MANAGE,
        also=STOCK,
        tag="stock",
        body=Body(media="application/octet-stream", limit_bytes=PICTURE_BYTES),
        answer=Answer(list[PictureCode]),
        statuses=(413, 422, 503),
    ),
)
