"""Manager's home page: the current day with its open tasks, or any other day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from edge.analytics.insight.outlook import read_outlook
from edge.analytics.notify.queries import reaches_anybody
from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Page, fragment
from edge.core.jobs.store import JOBS
from edge.core.process.parts import PARTS, SUPERVISOR
from edge.core.storage.database import Connection
from edge.counter.quick_keys.queries import read_layout
from edge.counter.reports.queries import BEHIND, DayReport, read_day, read_sum_until
from edge.counter.shifts.queries import open_number, read_shift
from edge.counter.till.rules.day_totals import Sum
from edge.foundation.access.queries import count_users, name_of, pin_hash
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.foundation.printing.queries import count_unconfirmed
from edge.goods.catalog.queries import count_products
from edge.goods.purchasing.rules import Suggestions
from edge.goods.quality.queries import count_held
from edge.lib.units.dates import after
from edge.lib.units.money import divide_half_up
from edge.lib.units.ticks import ticks
from edge.runtime.backup_state import status
from edge.runtime.backup_state.desk import BACKUPS
from edge.runtime.backup_state.status import KEPT
from edge.runtime.config import CONFIG
from edge.web.context import SITE, today_of
from edge.web.limits import BACKUP_OLD_S
from edge.web.live.fragments import FACTS, NEW_DAY, Fragment, FragmentSource, Values
from edge.web.pages.shell import html, page
from edge.web.request_body import day_of
from edge.web.responses import texts_of


async def manager(request: web.Request) -> web.Response:
    """`GET /manager`: the current day, with unfinished setup first, and frequent tasks."""
    site = request.app[SITE]
    if site.past:  # setup steps exist only in the present
        raise web.HTTPSeeOther("/manager/today")
    db, config = site.shop.reader, site.services.of(CONFIG)
    return page(
        request,
        "manager",
        shown_day="",
        **_around(today_of(request), today_of(request)),
        figures=await _figures(request),
        has_pin=pin_hash(db) is not None,
        has_products=count_products(db) > 0,
        has_people=count_users(db) > 0,
        has_keys=bool(read_layout(db)),
        has_printer=any(one.role == "receipt_printer" for one in config.devices),
        has_messages=reaches_anybody(db),
        has_shift=any(read_shift(db, one, 1) for one in site.config.registers),
        code_waits=config.backup.is_wanted and not status.load(site.config.folder).code_kept_us,
    )


async def tools(request: web.Request) -> web.Response:
    """`GET /manager/tools`: product lookup, import, labels, and changing the setup PIN."""
    return page(request, "tools", has_pin=pin_hash(request.app[SITE].shop.reader) is not None)


async def today(request: web.Request) -> web.Response:
    """`GET /manager/today`: a business day to read and print; `?day=`: a day other than today."""
    shown = day_of(request) or ""
    around = _around(shown or today_of(request), today_of(request))
    return page(request, "today", figures=await _figures(request), shown_day=shown, **around)


def _around(day: str, today: str) -> dict[str, str]:
    """The previous and next day of a page, none after today."""
    return {
        "business_date": today,
        "day_before": after(day, -1),
        "day_after": after(day, 1) if day < today else "",
        "week_before": after(day, -7),
    }


async def figures(request: web.Request) -> web.Response:
    """`GET /fragments/today`: the day's current figures."""
    return html(await _figures(request))


async def _figures(request: web.Request) -> str:
    site, day = request.app[SITE], day_of(request) or today_of(request)
    zone, turns = ZoneInfo(site.settings.zone), site.services.of(CONFIG).day_turns_at_min // 60
    once = site.asker.read_once
    report, called = await once(
        ("today", day, zone.key, turns), partial(_read, day=day, zone=zone, turns_at_hour=turns), BEHIND
    )
    today, until_us = day == today_of(request), _week_before(site.shop.now_us(), zone)
    before = _whole(report)
    if today:  # up to the same time of day
        before = await site.asker.read(partial(read_sum_until, day=after(day, -7), until_us=until_us))
    outlook = await once(("outlook", day, today), partial(read_outlook, day=day, wants_somebody=today))
    ordering = site.shop.registry.queries["purchase_suggestions"].read
    suggested = Suggestions((), ())
    if today:
        suggested = await once(("purchase_suggestions", day), partial(ordering, today=day))
    most = max((max(hour.sales.minor, hour.before.minor) for hour in report.hours), default=0)
    values = {
        "report": report,
        "outlook": outlook,
        "to_order": suggested.count,
        "register": site.config.registers[0],
        "date": date.fromisoformat(day),
        "called": called,
        "before": before,
        "until_now": today,
        "until_us": until_us,
        "week_before": after(day, -7),
        "turnover_change": change_percent(report.sums.total_minor, before.minor),
        "count_change": change_percent(report.sums.sales.count, before.count),
        "average_before": _average(before) if today else report.average_before_minor,
    }
    values |= {"average": report.average_minor, "ticks": ticks(most)}
    return site.renderer.render("today_figures.html", texts_of(request).language, **values)


def _read(db: Connection, day: str, zone: ZoneInfo, turns_at_hour: int) -> tuple[DayReport, dict[str, str]]:
    report = read_day(db, day, zone, turns_at_hour)
    people = {*report.cashiers, *report.sums.tips_to}
    return report, {person: name_of(db, person) for person in people}


def _whole(report: DayReport) -> Sum:
    """The figures of the same weekday a week earlier, for the full day."""
    return Sum(report.before.sales.count, report.before.total_minor)


def _average(sum: Sum) -> int | None:
    return divide_half_up(sum.minor, sum.count) if sum.count else None


def _week_before(now_us: int, zone: ZoneInfo) -> int:
    """The same local time a week earlier, even if the clocks changed in between."""
    return int((datetime.fromtimestamp(now_us / 1e6, tz=zone) - timedelta(days=7)).timestamp() * 1_000_000)


def change_percent(now: int, before: int) -> int | None:
    """The change in whole percent; None if there is no value to compare with."""
    return round((now - before) * 100 / before) if before > 0 else None


def changed_figures(source: FragmentSource, register: str) -> Values:
    """The journal's head and the business day, which say when the figures changed; the page then requests them."""
    return {"seq": source.shop.head.seq, "business_date": source.day()}


def needs(source: FragmentSource, register: str) -> Values:
    """Matters that need attention: parked sales, uncertain prints, late shifts, lost parts and backups."""
    reader, config, today = source.shop.reader, source.config, source.day()
    open_shifts = [read_shift(reader, one, open_number(reader, one)) for one in config.registers]
    kept = status.load(config.folder)
    return {
        "held": count_held(reader),
        "doubts": {one: found for one in config.registers if (found := count_unconfirmed(reader, one))},
        "late": [shift for shift in open_shifts if shift and shift.opened_date < today],
        "lost": [part for part in source.services.of(SUPERVISOR).states.values() if part.state == "lost"],
        "backup": backup_need(source.services.of(BACKUPS).settings.is_wanted, kept, source.shop.now_us()),
        "kept": kept,
    }


def backup_need(wanted: bool, kept: status.BackupStatus, now_us: int) -> str:
    """The problem with backups, as a text key; "" if none."""
    if not wanted:
        return "backup_off"
    if not kept.backup_us:
        return "backup_never"
    return "backup_old" if now_us - kept.backup_us > BACKUP_OLD_S * 1_000_000 else ""


_TODAY = ("alerts", "clock", "needs", "figures")
FRAGMENTS = (
    Fragment("figures", changed_figures, follows=(FACTS, NEW_DAY)),
    Fragment("needs", needs, follows=(COMMITTED, JOBS, KEPT, PARTS, NEW_DAY)),
)
ENDPOINTS = (fragment("/fragments/today", figures, MANAGE, also=REPORTS),)
PAGES = (
    Page(
        path="/manager",
        name="manager",
        group="today",
        place=0,
        handler=manager,
        right=MANAGE,
        also=REPORTS,
        fragments=_TODAY,
        menu="today.title",
        past=True,
        changed_by=("alerts", "register_days"),
    ),
    Page(
        path="/manager/tools",
        name="tools",
        group="today",
        place=90,
        handler=tools,
        right=MANAGE,
        fragments=("alerts", "clock", "catalog", "jobs"),
        menu="manager.tools",
    ),
    Page(
        path="/manager/today",
        name="today",
        handler=today,
        right=MANAGE,
        also=REPORTS,
        fragments=_TODAY,
        under="manager",
        past=True,
        changed_by=("alerts", "register_days"),
    ),
)
