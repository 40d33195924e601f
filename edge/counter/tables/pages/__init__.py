"""The manager's page of tables, and the till's floor plan."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.storage.database import Connection
from edge.counter.basket.totals import totals
from edge.counter.tables.entities import TABLES
from edge.counter.tables.queries import Sitting, TableState, basket_name, read_tables, table_states
from edge.counter.tables.table import is_of
from edge.counter.till.lines.courses import SEATS_MOST, held_courses
from edge.counter.till.pages.till_context import TILLS
from edge.foundation.access.queries import read_users
from edge.foundation.access.rights import MANAGE, SELL
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of

COURSES_SHOWN = 4
"""Number of courses shown as buttons. Higher courses are available over HTTP."""
FIELDS = form_fields(TABLES.struct)


async def tables_dialog(request: web.Request) -> web.Response:
    """`GET /fragments/tables`: the till's floor plan."""
    site, register = request.app[SITE], register_of(request)
    basket = site.services.of(TILLS).counters[register].basket
    name = basket_name(basket)

    def read(db: Connection) -> dict[str, Any]:
        states = table_states(db)
        mine = next((one.table for one in states if name and is_of(name, one.table.name)), None)
        areas: dict[str, list[Any]] = {}
        for one in states:
            areas.setdefault(one.table.area, []).append(one)
        people = {one.id: one.name or one.id for one in read_users(db)}
        return {
            "areas": areas,
            "mine": mine,
            "has_goods": bool(basket.sold_lines),
            "register": register,
            "people": people,
        }

    found = await site.asker.read(read)
    now_us = site.shop.now_us()
    return html(site.renderer.render("tables_plan.html", texts_of(request).language, now_us=now_us, **found))


async def to_split(request: web.Request) -> web.Response:
    """`GET /fragments/split`: the lines of this register's basket, from which a bill can be split off."""
    site, register = request.app[SITE], register_of(request)
    basket = site.services.of(TILLS).counters[register].basket
    due_minor = _due_minor(request)
    seats = len({line.seat for line in basket.sold_lines if line.seat})
    guests = (await _sitting(request)).guests
    return html(
        site.renderer.render(
            "tables_split.html",
            texts_of(request).language,
            basket=basket,
            due_minor=due_minor,
            seats=seats,
            guests=guests,
        )
    )


async def courses(request: web.Request) -> web.Response:
    """`GET /fragments/courses`: the course and seat of each line in this register's basket."""
    site, register = request.app[SITE], register_of(request)
    basket = site.services.of(TILLS).counters[register].basket
    seats = min(SEATS_MOST, max((await _sitting(request)).guests, 4))
    lines = sorted(basket.sold_lines, key=lambda line: (line.course, line.id))
    values = {"basket": basket, "lines": lines, "held": held_courses(basket), "courses": COURSES_SHOWN, "seats": seats}
    return html(site.renderer.render("tables_courses.html", texts_of(request).language, **values))


async def bill(request: web.Request) -> web.Response:
    """`GET /fragments/bill`: asks for the number of guests sharing this register's bill, before it's printed."""
    site, register = request.app[SITE], register_of(request)
    name = basket_name(site.services.of(TILLS).counters[register].basket)
    values = {"name_of": name, "due_minor": _due_minor(request), "guests": (await _sitting(request)).guests}
    return html(site.renderer.render("tables_bill.html", texts_of(request).language, **values))


def _due_minor(request: web.Request) -> int:
    """The amount due for this register's basket, after part payments."""
    tills = request.app[SITE].services.of(TILLS)
    return totals(tills.counters[register_of(request)].basket, tills.settings()).due_minor


async def _sitting(request: web.Request) -> TableState | Sitting:
    """The state of the table whose bill is at this register."""
    site, register = request.app[SITE], register_of(request)
    name = basket_name(site.services.of(TILLS).counters[register].basket)
    states = await site.asker.read(table_states) if name else []
    return next((one for one in states if is_of(name, one.table.name)), Sitting())


async def tables_page(request: web.Request) -> web.Response:
    """`GET /manager/tables`: the tables and their places on the floor plan."""
    tables = await request.app[SITE].asker.read(read_tables)
    return page(request, "tables", tables=tables, fields=FIELDS)


ENDPOINTS = (
    fragment("/fragments/tables", tables_dialog, SELL),
    fragment("/fragments/split", to_split, SELL),
    fragment("/fragments/courses", courses, SELL),
    fragment("/fragments/bill", bill, SELL),
)
PAGES = (
    Page(
        path="/manager/tables",
        name="tables",
        handler=tables_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="tables.title",
        group="counter",
        place=60,
    ),
)
