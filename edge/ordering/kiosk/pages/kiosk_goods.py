"""Products as cards on kiosks and phones: search or category results, with their stock."""

from __future__ import annotations

from itertools import islice
from typing import Any

import msgspec
from aiohttp import web

from edge.core.storage.database import Connection
from edge.counter.kitchen_screens.queries import ran_out
from edge.counter.till.live_settings import NOW
from edge.goods.catalog.least_age import least_ages
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.prices import STORE
from edge.goods.catalog.queries import find_by_skus
from edge.goods.promotions.card_promotions import card_promotions
from edge.goods.search.queries import Search
from edge.goods.stock.queries import available_of
from edge.ordering.kiosk.pages.kiosk_categories import top_categories
from edge.ordering.orders.carts.cart_stock import portions_left, without_services
from edge.web.context import PanelContext

GOODS_SHOWN = 24
PICTURES_SHOWN = 6
LOOKED_AT = 8
"""Maximum products of a category in which a picture is searched."""


async def listed_goods(request: web.Request, site: PanelContext, price_list: str) -> dict[str, Any]:
    """Results for the request's `text`, `category` and `after`, for `kiosk_goods.html`, at the prices of
    `price_list`."""
    query = request.query
    text, category, after = query.get("text", ""), query.get("category", ""), query.get("after", "0")
    begin = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    wanted, now_us = Filter(category=category or None), site.shop.now_us()
    search, settings = Search(site.settings.currency), site.services.of(NOW)()

    def read(db: Connection) -> dict[str, Any]:
        listed = search.page(db, text, wanted, begin, GOODS_SHOWN, now_us)
        here = without_services(db, listed.products)
        if price_list != STORE:
            listed_prices = find_by_skus(db, [one.sku for one in here], now_us, price_list)
            here = [listed_prices.get(one.sku, one) for one in here]
        listed, ages = msgspec.structs.replace(listed, products=here), least_ages(db, here, site.settings.place)
        left = available_of(db, [one.sku for one in here]) | portions_left(db, here)
        left |= ran_out(db, site.config.business_date(now_us))
        cheaper = card_promotions(db, here, now_us, settings.zone, settings.undiscounted, price_list)
        return {"found": listed, "left": left, "ages": ages, "cheaper": cheaper}

    return {**await site.asker.read(read), "text": text, "category": category, "first": not begin}


async def pictures_of_kinds(site: PanelContext) -> list[str]:
    """One picture file from each of the first categories, for the idle screen; none of age-restricted products."""
    search, now_us = Search(site.settings.currency), site.shop.now_us()

    def first_of(db: Connection, category: str) -> str:
        listed = search.page(db, "", Filter(category=category), 0, LOOKED_AT, now_us).products
        here = without_services(db, listed)
        ages = least_ages(db, here, site.settings.place)
        return next((one.pictures[0] for one in here if one.pictures and not ages.get(one.sku)), "")

    def read(db: Connection) -> list[str]:
        found = (first_of(db, category.id) for category in top_categories(db))
        return list(islice((one for one in found if one), PICTURES_SHOWN))

    return await site.asker.read(read)
