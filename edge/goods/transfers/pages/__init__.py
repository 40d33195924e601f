"""Transfers page: incoming and outgoing transfers and their results."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.stock.lists.listings import read_locations
from edge.goods.transfers.drafts import DRAFTS_LIMIT
from edge.goods.transfers.queries import read_stores, read_transfers
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import page

SHOWN = 50


async def transfers(request: web.Request) -> web.Response:
    """`GET /manager/transfers`."""

    def read(db: Connection) -> dict[str, Any]:
        drafts = read_transfers(db, "out", "drafted", limit=DRAFTS_LIMIT)
        found = read_transfers(db, limit=SHOWN)
        locations = {one.id: one for one in read_locations(db)}
        return {
            "coming": read_transfers(db, "in", "sent"),
            "drafts": drafts,
            "found": found,
            "stores": read_stores(db),
            "locations": locations,
            "active": [one for one in locations.values() if one.is_active],
            "called": {one.begun_by: name_of(db, one.begun_by) for one in (*drafts, *found)},
        }

    values = await request.app[SITE].asker.read(read)
    return page(request, "transfers", may_manage=viewer_of(request).may(MANAGE), **values)


PAGES = (
    Page(
        path="/manager/transfers",
        name="transfers",
        group="stock",
        place=35,
        handler=transfers,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        menu="transfers.title",
    ),
)
