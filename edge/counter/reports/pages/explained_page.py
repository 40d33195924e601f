"""The page that lists all figures of a day or an X or Z report; each opens to the events behind it."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.journal.browse import rows_of_day
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.reports.figure_paths import currency_at, unit_of
from edge.counter.reports.figures import GRAND, figures_of, read_x_sums, read_xs, read_z
from edge.counter.reports.queries import BEHIND, person_at, read_day_sums
from edge.counter.till.queries import ZReport, read_z_reports
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.web.actors import known_register
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page
from edge.web.request_body import day_of, whole

REPORTS_LISTED = 10
"""Maximum Z reports per register that the page links to."""


async def explain_figures(request: web.Request) -> web.Response:
    """`GET /manager/explained?day=`, `?of=1&z=7` or `?x=4711`: the figures of a day, a Z report, or the X report at
    a journal row."""
    site, query = request.app[SITE], request.query
    day, number = day_of(request) or today_of(request), whole(request, "z") or 0
    row = whole(request, "x") or 0
    register = known_register(site, query.get("of") or site.config.registers[0])
    registers = list(site.config.registers)
    read = partial(
        _read, registry=site.shop.registry, day=day, register=register, number=number, row=row, registers=registers
    )
    found = await site.asker.read(read, BEHIND)
    if found is None:
        raise web.HTTPSeeOther("/manager/explained")  # no such report
    return page(
        request,
        "explained",
        **found,
        day_shown=day,
        z=number,
        of=register,
        unit_of=unit_of,
        currency_at=currency_at,
    )


def _read(
    db: Connection, registry: Registry, day: str, register: str, number: int, row: int, registers: list[str]
) -> dict[str, Any] | None:
    report = read_z(db, registry, register, number) if number else None
    x = next(iter(read_xs(db, registry, row, row)), None) if row and not number else None
    if number:
        sums = report.sums if report else None
    elif row:
        sums = read_x_sums(db, registry, x) if x else None
    else:
        sums = read_day_sums(db, day)
    if sums is None:
        return None
    figures, reports = figures_of(sums), list[ZReport]()
    if report:
        figures[GRAND] = report.grand_total_minor
    xs = [] if number or row else read_xs(db, registry, *rows_of_day(db, day))[-REPORTS_LISTED:]
    for one in registers:
        reports += read_z_reports(db, one, limit=REPORTS_LISTED)
    people = {person for path in figures if (person := person_at(path))}
    return {
        "figures": figures,
        "reports": reports,
        "x": x,
        "xs": xs,
        "called": {one: name_of(db, one) for one in people},
    }


PAGES = (
    Page(
        path="/manager/explained",
        name="explained",
        group="counter",
        place=22,
        handler=explain_figures,
        right=MANAGE,
        also=REPORTS,
        fragments=("alerts", "clock"),
        menu="explained.title",
        past=True,
        changed_by=("register_days", "z_reports"),
    ),
)
