"""The page that breaks a figure of a day or a Z report down to its events, with the chain's check."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Page
from edge.counter.reports.explained import ExplainReport
from edge.counter.reports.queries import BEHIND
from edge.counter.till.queries import ZReport, read_z_reports
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.web.actors import known_register
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page
from edge.web.past import PAST
from edge.web.request_body import day_of, whole

REPORTS_LISTED = 10
"""Z reports per register that the page links to."""
FIRST_FIGURE = "total_minor"
COUNTS = ("count", "copies", "overridden", "voided_lines", "trainings", "training_papers")
"""Suffixes of figures that aren't money."""


async def explain_figures(request: web.Request) -> web.Response:
    """`GET /manager/explained?day=` or `?of=1&z=7`: the events behind its figures; `?figure=`: those of one figure."""
    site, query = request.app[SITE], request.query
    day, number = day_of(request) or today_of(request), whole(request, "z")
    register = known_register(site, query.get("of") or site.config.registers[0])
    await site.asker.read(lambda db: None, BEHIND)  # the day's sums have caught up with the journal
    asked = ExplainReport(day, register, number or 0, site.past.seq if site.past else 0)
    found = await site.services.of(PAST).ask(asked)
    if found is None:
        raise web.HTTPSeeOther("/manager/explained")  # no such Z report
    people = {one.actor for one in found.facts}
    called = await site.asker.read(lambda db: {one: name_of(db, one) for one in people})
    figure = query.get("figure", "")
    if figure not in found.figures:
        figure = FIRST_FIGURE if FIRST_FIGURE in found.figures else next(iter(found.figures), "")
    reports: list[ZReport] = []
    for one in site.config.registers:
        reports += read_z_reports(site.shop.reader, one, limit=REPORTS_LISTED)
    return page(
        request,
        "explained",
        found=found,
        figure=figure,
        day_shown=day,
        z=number,
        of=register,
        called=called,
        reports=reports,
        is_count=lambda name: name.rpartition(".")[2] in COUNTS,
        part_of=lambda name: name.split("."),
    )


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
    ),
)
