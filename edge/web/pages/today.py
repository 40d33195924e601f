"""The manager's first page: how today was, and what needs somebody; any other day; and the technical page."""

from __future__ import annotations

from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.storage.database import Connection
from edge.lib.units.ticks import ticks
from edge.services.maintenance import status
from edge.shop.access.queries import name_of, pin_hash
from edge.shop.access.rights import MANAGE, REPORTS
from edge.shop.alerts.alert_texts import kind_name
from edge.shop.catalog.queries import count_products
from edge.shop.insight.outlook import read_outlook
from edge.shop.notify.recipients import read_reach
from edge.shop.reports.queries import DayReport, read_day
from edge.web.context import SITE, today_of
from edge.web.pages.shell import html, page
from edge.web.request_body import day_of
from edge.web.responses import texts_of


async def manager(request: web.Request) -> web.Response:
    """`GET /manager`: today, first of all what the shop still lacks, and what is done most."""
    site = request.app[SITE]
    db, backups = site.shop.reader, site.config.backup.wanted
    return page(
        request,
        "manager",
        shown_day="",
        business_date=today_of(request),
        figures=await _figures(request),
        has_pin=pin_hash(db) is not None,
        has_products=count_products(db) > 0,
        code_waits=backups and not status.load(site.config.folder).code_kept_us,
    )


async def today(request: web.Request) -> web.Response:
    """`GET /manager/today`: a day of business to read and to print; `?day=`: another one than today."""
    shown = {"shown_day": day_of(request) or "", "business_date": today_of(request)}
    return page(request, "today", figures=await _figures(request), **shown)


async def figures(request: web.Request) -> web.Response:
    """`GET /fragments/today`: the day's numbers, as they are now."""
    return html(await _figures(request))


async def technical(request: web.Request) -> web.Response:
    """`GET /manager/technical`: parts, models, sync, whom alerts reach, and the journal's end."""
    site, day, language = request.app[SITE], today_of(request), texts_of(request).language
    watched = {kind: one.severity for kind, one in site.shop.registry.watches.items()}

    def read(db: Connection) -> dict[str, object]:
        reaches = read_reach(db, day, watched)
        called = {one: name_of(db, one) for one in (*reaches.critical, *([reaches.instead] if reaches.instead else ()))}
        return {"reaches": reaches, "called": called}

    office = site.config.notify.office
    return page(
        request, "technical", office=office, kind_name=partial(kind_name, language), **await site.asker.read(read)
    )


async def _figures(request: web.Request) -> str:
    site, day = request.app[SITE], day_of(request) or today_of(request)
    zone, turns = ZoneInfo(site.settings.zone), site.config.day_turns_at_min // 60
    report, called = await site.asker.read(partial(_read, day=day, zone=zone, turns_at_hour=turns))
    outlook = await site.asker.read(partial(read_outlook, day=day, wants_somebody=day == today_of(request)))
    most = max((max(hour.sales.minor, hour.before.minor) for hour in report.hours), default=0)
    values = {
        "report": report,
        "outlook": outlook,
        "register": site.config.registers[0],
        "date": date.fromisoformat(day),
        "called": called,
    }
    values |= {"average": report.average_minor, "ticks": ticks(most)}
    return site.renderer.render("today_figures.html", texts_of(request).language, **values)


def _read(db: Connection, day: str, zone: ZoneInfo, turns_at_hour: int) -> tuple[DayReport, dict[str, str]]:
    report = read_day(db, day, zone, turns_at_hour)
    people = {*report.cashiers, *report.sums.tips_to}
    return report, {person: name_of(db, person) for person in people}


_TODAY = ("alerts", "clock", "needs", "figures")
ENDPOINTS = (fragment("/fragments/today", figures, MANAGE, also=REPORTS),)
PAGES = (
    Page(
        path="/manager",
        name="manager",
        group="counter",
        place=10,
        handler=manager,
        right=MANAGE,
        also=REPORTS,
        fragments=(*_TODAY, "catalog", "jobs"),
        menu="today.title",
    ),
    Page(
        path="/manager/today",
        name="today",
        handler=today,
        right=MANAGE,
        also=REPORTS,
        fragments=_TODAY,
        under="manager",
    ),
    Page(
        path="/manager/technical",
        name="technical",
        group="system",
        place=40,
        handler=technical,
        right=MANAGE,
        fragments=("alerts", "clock", "parts", "models", "position", "backup", "journal"),
        menu="manager.technical",
    ),
)
