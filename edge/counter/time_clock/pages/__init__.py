"""The time clock at a till, and the manager's page of hours."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint, Page, fragment
from edge.core.storage.database import Connection
from edge.counter.reports.queries import BEHIND
from edge.counter.time_clock.queries import WorkDay, read_clocked_in, shared_tips, work_days
from edge.foundation.access.queries import name_of, read_users
from edge.foundation.access.rights import MANAGE, SELL, USERS
from edge.lib.tables.injection import guard_cell
from edge.lib.units.dates import after, day_of, week_of
from edge.web.api.exports import TYPES, headers_of
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.problem import Problem
from edge.web.responses import texts_of


async def time_clock_dialog(request: web.Request) -> web.Response:
    """`GET /fragments/time-clock`: the till's dialog, with the users clocked in."""
    site = request.app[SITE]
    found = await site.asker.read(partial(_at_work, now_us=site.shop.now_us()))
    return html(site.renderer.render("time_clock.html", texts_of(request).language, present=found))


def _at_work(db: Connection, now_us: int) -> list[tuple[str, Any]]:
    return [(name_of(db, one.person) or one.person, one) for one in read_clocked_in(db, now_us)]


async def hours(request: web.Request) -> web.Response:
    """`GET /manager/work-hours?week=`: hours worked in the week of the given day, by default this week."""
    site = request.app[SITE]
    first, last = _week(request)

    def read(db: Connection) -> dict[str, Any]:
        days = work_days(db, first, last, site.config.store.country)
        users = [(user.id, user.name or user.id) for user in read_users(db)]
        called = {one.person: name_of(db, one.person) or one.person for one in days}
        return {"days": days, "users": users, "called": called, "tips": shared_tips(db, first, last)}

    found = await site.asker.read(read, BEHIND)
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    weeks = {"first": begins, "last": ends, "before": after(first, -7), "after": after(first, 7)}
    shown = {"week": weeks, "sums": _sums(found["days"]), "date_of": date.fromisoformat}
    zone = ZoneInfo(site.config.store.zone)
    return page(request, "work_hours", clock=partial(_clock, zone=zone), **shown, **found)


async def export(request: web.Request) -> web.Response:
    """`GET work-hours.csv?from=&to=`: hours worked, one row per person and day, as CSV; by default this week."""
    site, (first, last) = request.app[SITE], _week(request)
    since, until = _day(request.query.get("from", first)), _day(request.query.get("to", last))
    zone = ZoneInfo(site.config.store.zone)

    def read(db: Connection) -> bytes:
        days = work_days(db, since, until, site.config.store.country)
        tips = {one.person: one.minor for one in shared_tips(db, since, until).shares}
        return _csv(db, days, tips, zone)

    body = await site.asker.read(read, BEHIND)
    return web.Response(body=body, headers=headers_of(f"hours-{since}.csv", TYPES["csv"]))


def _csv(db: Connection, days: list[WorkDay], tips: dict[str, int], zone: ZoneInfo) -> bytes:
    """Write hours as CSV in UTF-8 with a BOM, with formulas escaped.

    The days are followed by one row for each person, with their share of tips.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(("day", "person", "name", "spans", "worked_min", "break_min", "lacking_min", "tips_minor"))
    writer.writerows([guard_cell(str(cell)) for cell in row] for row in _rows(db, days, tips, zone))
    return written.getvalue().encode("utf-8-sig")


def _rows(db: Connection, days: list[WorkDay], tips: dict[str, int], zone: ZoneInfo) -> Iterator[tuple[object, ...]]:
    for one in days:
        spans = " ".join(f"{_clock(span.begins_us, zone)}-{_clock(span.ends_us, zone)}" for span in one.spans)
        about = (one.day, one.person, name_of(db, one.person))
        yield (*about, spans, one.worked_min, one.break_min, one.lacking_min, "")
    for person, minor in tips.items():
        yield ("", person, name_of(db, person), "", "", "", "", minor)


class _Minutes(msgspec.Struct, frozen=True):
    """A person's minutes of a week."""

    worked_min: int = 0
    break_min: int = 0


def _sums(days: list[WorkDay]) -> dict[str, _Minutes]:
    """Total minutes of each person."""
    sums: dict[str, _Minutes] = {}
    for one in days:
        was = sums.get(one.person, _Minutes())
        sums[one.person] = _Minutes(was.worked_min + one.worked_min, was.break_min + one.break_min)
    return sums


def _week(request: web.Request) -> tuple[str, str]:
    site = request.app[SITE]
    day = _day(request.query.get("week", "") or site.config.business_date(site.shop.now_us()))
    first, last = week_of(date.fromisoformat(day), texts_of(request).weekdays[0])
    return first.isoformat(), last.isoformat()


def _day(text: str) -> str:
    day = day_of(text)
    if day is None or not 1990 <= day.year <= 2100:
        raise Problem(400, "argument_wrong", name="day", why="a day as YYYY-MM-DD")
    return day.isoformat()


def _clock(at_us: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at_us / 1_000_000, tz=zone):%H:%M}"


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/work-hours.csv",
        handler=export,
        name="workHoursCsv",
        query={
            "week": {"type": "string", "format": "date", "description": "A day in the week; default: this week."},
            "from": {
                "type": "string",
                "format": "date",
                "description": "The first day; default: the first day of the week.",
            },
            "to": {
                "type": "string",
                "format": "date",
                "description": "The last day; default: the last day of the week.",
            },
        },
        answer=Answer(media="text/csv"),
        right=MANAGE,
        also=USERS,
        tag="time_clock",
    ),
    fragment("/fragments/time-clock", time_clock_dialog, SELL),
)
PAGES = (
    Page(
        path="/manager/work-hours",
        name="work_hours",
        handler=hours,
        right=MANAGE,
        also=USERS,
        fragments=("alerts", "clock"),
        menu="time_clock.hours",
        group="counter",
        place=60,
    ),
)
