"""Page for a phone held in one hand: look up, count, receive or waste scanned products."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.stock.lists.listings import read_counts, read_locations
from edge.goods.stock.location import MAIN
from edge.web.context import SITE
from edge.web.pages.shell import page


async def phone(request: web.Request) -> web.Response:
    """`GET /manager/stock/phone?location=`: counts go into the open count of the location, if any."""

    def read(db: Connection) -> dict[str, Any]:
        """The active locations, and the newest open count of each that isn't limited to a category."""
        active = [one for one in read_locations(db) if one.is_active]
        open_now = [one for one in reversed(read_counts(db)) if one.state == "open" and not one.category]
        return {"active": active, "counts": {one.location: one for one in open_now}}

    values = await request.app[SITE].asker.read(read)
    return page(request, "stock_phone", at=request.query.get("location", MAIN), **values)


PAGES = (
    Page(
        path="/manager/stock/phone",
        name="stock_phone",
        group="stock",
        place=5,
        handler=phone,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        menu="stock.phone",
    ),
)
