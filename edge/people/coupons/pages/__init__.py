"""Manager page of coupons: series; creating, printing and ending one."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Page
from edge.foundation.access.rights import MANAGE
from edge.people.coupons.code import COUPONS_MOST
from edge.people.coupons.queries import read_series
from edge.web.context import SITE
from edge.web.pages.shell import page


async def coupons_page(request: web.Request) -> web.Response:
    """`GET /manager/coupons`: newest series first."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    return page(request, "coupons", series=await site.asker.read(read_series), most=COUPONS_MOST, first_day=today)


PAGES = (
    Page(
        path="/manager/coupons",
        name="coupons",
        handler=coupons_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="coupon.title",
        group="counter",
        place=53,
    ),
)
