"""The shift dialog at the till, and the manager's list of shifts."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.registry import Registry
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.counter.reports.figure_paths import currency_at, unit_of
from edge.counter.shifts.figures import figures_of, read_closed
from edge.counter.shifts.queries import Shift, open_number, read_drawer, read_shift, read_shifts
from edge.counter.shifts.settings import ShiftSettings, live, settings_of
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, SELL
from edge.foundation.settings.queries import LiveSettings
from edge.lib.units.denominations import denominations
from edge.lib.units.money import LIMIT_MINOR
from edge.money.tenders.tender import ADVANCE, currency_of, is_foreign
from edge.web.actors import register_of
from edge.web.context import SITE
from edge.web.limits import SHIFTS_SHOWN
from edge.web.live.fragments import FACTS, NEW_DAY, Fragment, FragmentSource, Values
from edge.web.pages.shell import html, page
from edge.web.responses import texts_of


async def drawer(request: web.Request) -> web.Response:
    """`GET /fragments/shift`: actions for the register's shift; `?closed=7`: the result of closing shift 7."""
    site, register = request.app[SITE], register_of(request)
    now = await site.asker.ask(site.asker.questions["drawer"], {"register": register})
    ended = await site.asker.read(partial(read_shift, register=register, number=_number(request, "closed")))
    known = denominations(site.settings.currency)
    kinds = await site.asker.read(partial(_others, register=register))
    others = {kind: currency_of(kind) if is_foreign(kind) else "" for kind in kinds}
    values = {"now": now, "ended": ended, "values": known.values if known else (), "others": others}
    return html(site.renderer.render("shift.html", texts_of(request).language, **values))


async def count_text(request: web.Request) -> web.Response:
    """`GET /fragments/shift/count?minor=12345`: an amount formatted in this language."""
    return web.Response(text=texts_of(request).money(min(_number(request, "minor"), LIMIT_MINOR)))


async def sure(request: web.Request) -> web.Response:
    """`GET /fragments/shift/sure?minor=12345`: the count, its difference unless the count is blind, and parked
    baskets."""
    site, register = request.app[SITE], register_of(request)
    now = await site.asker.ask(site.asker.questions["drawer"], {"register": register})
    counted = min(_number(request, "minor"), LIMIT_MINOR) if request.query.get("minor") else None
    parked = await site.asker.ask(site.asker.questions["parked"], {})
    values = {"counted": counted, "expected": now.expected_minor, "parked": parked}
    return html(site.renderer.render("shift_sure.html", texts_of(request).language, **values))


async def shifts_page(request: web.Request) -> web.Response:
    """`GET /manager/shifts`: all shifts, the newest first; `?before=` gives the next page."""
    site, before = request.app[SITE], _number(request, "before") or None
    shifts, called = await site.asker.read(partial(_read, before=before))
    query = {**request.query, "before": shifts[-1].seq} if len(shifts) == SHIFTS_SHOWN else {}
    day = site.config.business_date(site.shop.now_us())
    return page(request, "shifts", shifts=shifts, called=called, business_date=day, more=urlencode(query))


def _read(db: Connection, before: int | None) -> tuple[list[Shift], dict[str, str]]:
    """A page of shifts, and the names of the users who opened and closed them."""
    shifts = read_shifts(db, before, SHIFTS_SHOWN)
    who = {person for shift in shifts for person in (shift.opened_by, shift.closed_by) if person}
    return shifts, {person: name_of(db, person) for person in who}


async def shift_report(request: web.Request) -> web.Response:
    """`GET /manager/shift?of=1&number=7`: the figures of a closed shift's report."""
    site, register = request.app[SITE], request.query.get("of", "")
    number, registry = _number(request, "number"), site.shop.registry
    found = await site.asker.read(partial(_read_report, registry=registry, register=register, number=number))
    if found is None:
        raise web.HTTPSeeOther("/manager/shifts")
    return page(request, "shift_report", **found, unit_of=unit_of, currency_at=currency_at)


def _read_report(db: Connection, registry: Registry, register: str, number: int) -> dict[str, Any] | None:
    found = read_closed(db, registry, register, number)
    if found is None:
        return None
    shift, closed = found
    return {
        "shift": shift,
        "figures": figures_of(closed),
        "called": {person: name_of(db, person) for person in closed.tips_to},
    }


def _others(db: Connection, register: str) -> list[str]:
    """Tenders other than cash that the shift took and that can be counted."""
    kinds = read_drawer(db, register).day.taken.tenders
    return [kind for kind in kinds if kind not in ("cash", "gift", "credit", "account", ADVANCE)]


def _number(request: web.Request, name: str) -> int:
    text = request.query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


SETTINGS_NOW: Service[LiveSettings[ShiftSettings]] = Service(
    "shift settings", lambda site: live(settings_of(site.config))
)


def shift(views: FragmentSource, register: str) -> Values:
    """The register's open shift. `late`: it began on an earlier business day."""
    shift = read_shift(views.shop.reader, register, open_number(views.shop.reader, register))
    late = shift is not None and shift.opened_date < views.day()
    required = views.services.of(SETTINGS_NOW).at(views.shop.reader).required
    return {"shift": shift, "late": late, "wanted": shift is None and required}


ENDPOINTS = (
    fragment("/fragments/shift", drawer, SELL),
    fragment("/fragments/shift/count", count_text, SELL),
    fragment("/fragments/shift/sure", sure, SELL),
)
PAGES = (
    Page(
        path="/manager/shifts",
        name="shifts",
        group="counter",
        place=30,
        handler=shifts_page,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="shift.titles",
        past=True,
        changed_by=("drawers", "shifts"),
    ),
    Page(
        path="/manager/shift",
        name="shift_report",
        group="counter",
        place=31,
        handler=shift_report,
        right=MANAGE,
        fragments=("alerts", "clock"),
        under="shifts",
        past=True,
    ),
)
FRAGMENTS = (Fragment("shift", shift, follows=(FACTS, NEW_DAY)),)
