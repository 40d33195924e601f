"""The manager's page of tables, and the till's plan of them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.storage.database import Connection
from edge.shop.access.rights import MANAGE, SELL
from edge.shop.tables.entities import TABLES
from edge.shop.tables.queries import called, read_tables, table_states
from edge.shop.tables.table import is_of
from edge.shop.till.pages.till_context import TILLS
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of

FIELDS = form_fields(TABLES.struct)


async def asked(request: web.Request) -> web.Response:
    """`GET /fragments/tables`: the plan of the floor, as the till shows it."""
    site, register = request.app[SITE], register_of(request)
    basket = site.services.of(TILLS).counters[register].basket
    name = called(basket)

    def read(db: Connection) -> dict[str, Any]:
        states = table_states(db)
        mine = next((one.table for one in states if name and is_of(name, one.table.name)), None)
        areas: dict[str, list[Any]] = {}
        for one in states:
            areas.setdefault(one.table.area, []).append(one)
        return {"areas": areas, "mine": mine, "has_goods": bool(basket.sold), "register": register}

    found = await site.asker.read(read)
    now_us = site.shop.now_us()
    return html(site.renderer.render("tables_plan.html", texts_of(request).language, now_us=now_us, **found))


async def to_split(request: web.Request) -> web.Response:
    """`GET /fragments/split`: the lines of this register's basket, to be put onto a bill of their own."""
    site, register = request.app[SITE], register_of(request)
    basket = site.services.of(TILLS).counters[register].basket
    return html(site.renderer.render("tables_split.html", texts_of(request).language, basket=basket))


async def listed(request: web.Request) -> web.Response:
    """`GET /manager/tables`: the tables, each with its place on the plan."""
    tables = await request.app[SITE].asker.read(read_tables)
    return page(request, "tables", tables=tables, fields=FIELDS)


ENDPOINTS = (fragment("/fragments/tables", asked, SELL), fragment("/fragments/split", to_split, SELL))
PAGES = (
    Page(
        path="/manager/tables",
        name="tables",
        handler=listed,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="tables.title",
        group="counter",
        place=60,
    ),
)
