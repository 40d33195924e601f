"""A kitchen station's screen, and the manager's page of stations."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.counter.kitchen_screens.entities import STATIONS
from edge.counter.kitchen_screens.queries import kitchen_screen, read_run_out, read_stations
from edge.foundation.access.rights import MANAGE, ORDERS, SELL, SETTINGS
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.queries import read_products
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.live.fragments import FACTS, NEW_DAY, Fragment, FragmentSource
from edge.web.pages.shell import page
from edge.web.responses import texts_of

FIELDS = form_fields(STATIONS.struct)


async def screen(request: web.Request) -> web.Response:
    """`GET /manager/kitchen?station=`: a station's open tickets; without `station`, the first station's."""
    return page(request, "kitchen")


async def stations(request: web.Request) -> web.Response:
    """`GET /manager/kitchen/stations`: list, edit and delete stations."""
    texts = texts_of(request)

    def read(db: Connection) -> dict[str, Any]:
        names = {one.id: texts.name(one.names) for one in read_categories(db)}
        return {"stations": read_stations(db), "category_names": names}

    return page(request, "stations", fields=FIELDS, **await request.app[SITE].asker.read(read))


def station_values(source: FragmentSource, register: str) -> dict[str, Any]:
    """The state of every station's screen, and today's sold-out products. Each screen picks its own part."""
    reader, day = source.shop.reader, source.day()

    def read() -> dict[str, Any]:
        screens = [kitchen_screen(reader, one.id) for one in read_stations(reader)]
        out = read_run_out(reader, day)
        known = read_products(reader, [one.sku for one in out])
        names = {sku: product.names or {} for sku, (_, product, _) in known.items()}
        return {"screens": [one for one in screens if one], "out": out, "names": names}

    return source.at_head(("kitchen", day), read)


def run_out(source: FragmentSource, register: str) -> dict[str, Any]:
    """SKUs sold out today, whose keys the till disables."""
    day = source.day()
    return source.at_head(
        ("run_out", day), lambda: {"skus": [one.sku for one in read_run_out(source.shop.reader, day)]}
    )


PAGES = (
    Page(
        path="/manager/kitchen",
        name="kitchen",
        handler=screen,
        right=ORDERS,
        also=SELL,
        fragments=("alerts", "clock", "kitchen"),
        menu="kitchen_screens.title",
        group="orders",
        place=13,
    ),
    Page(
        path="/manager/kitchen/stations",
        name="stations",
        handler=stations,
        right=MANAGE,
        also=SETTINGS,
        fragments=("alerts", "clock"),
        menu="kitchen_screens.set_up",
        group="orders",
        place=14,
    ),
)
FRAGMENTS = (
    Fragment("kitchen", station_values, follows=(FACTS, NEW_DAY)),
    Fragment("run_out", run_out, follows=(FACTS, NEW_DAY)),
)
