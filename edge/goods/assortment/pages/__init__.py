"""Manager page of the assortment: listed, unlisted and scheduled products."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.assortment.queries import RangeCounts, RangeShow, RangeWord, range_counts, range_words
from edge.web.context import SITE
from edge.web.pages.shell import page

SHOWN = 50
SHOWS: tuple[RangeShow, ...] = ("", "in", "out", "coming")
SAID_BY = ("head office", "manager")
"""Sources whose name is translated."""


async def store_range(request: web.Request) -> web.Response:
    """`GET /manager/range?show=&after=`: assortment entries by SKU."""
    query, now_us = request.query, request.app[SITE].shop.now_us()
    show: RangeShow = next((one for one in SHOWS if one == query.get("show")), "")

    def read(db: Connection) -> tuple[list[RangeWord], RangeCounts]:
        return range_words(db, now_us, show, query.get("after", "")[:200], SHOWN), range_counts(db, now_us)

    words, counts = await request.app[SITE].asker.read(read)
    chosen = {"show": show, "shows": SHOWS, "known_by": SAID_BY, "full": len(words) == SHOWN}
    return page(request, "range", words=words, counts=counts, **chosen)


PAGES = (
    Page(
        path="/manager/range",
        name="range",
        handler=store_range,
        right=MANAGE,
        also=CATALOG,
        fragments=("alerts", "clock"),
        menu="assortment.title",
        group="goods",
        place=45,
    ),
)
