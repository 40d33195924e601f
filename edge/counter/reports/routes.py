"""HTTP routes of sales, voids and refunds: the list, the newest first, and today's figures as text."""

from __future__ import annotations

from functools import partial
from typing import get_args

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint, Schema
from edge.counter.reports.papers import PaperEntry, PaperFilter, PaperKind, read_papers
from edge.counter.reports.queries import BEHIND, read_day_sums
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.web.context import SITE, today_of
from edge.web.limits import PAPERS_SHOWN
from edge.web.problem import Problem
from edge.web.request_body import day_of, whole
from edge.web.responses import answer_json, texts_of


class PaperPage(msgspec.Struct):
    """`GET sales`: a page of papers, and `after` for the next page (None: this is the last)."""

    sales: list[PaperEntry]
    after: int | None


class SaidFigure(msgspec.Struct, frozen=True):
    """A formatted figure that a phone keeps for use offline."""

    name: str
    value: str


async def today_in_words(request: web.Request) -> web.Response:
    """`GET today-in-words`: the business day's figures so far, at all registers."""
    texts, sums = (
        texts_of(request),
        await request.app[SITE].asker.read(partial(read_day_sums, day=today_of(request)), BEHIND),
    )
    receipts = sums.sales.count - sums.voids.count
    figures = {
        "taken": texts.money(sums.total_minor),
        "receipts": texts.count(receipts),
        "refunds": texts.money(sums.refunds.minor),
        "drawer": texts.money(sums.drawer_minor),
    }
    return answer_json([SaidFigure(texts.say(f"sales.today_{name}"), value) for name, value in figures.items()])


async def sales(request: web.Request) -> web.Response:
    """`GET sales`: sales, voids and refunds at all registers, the newest first. `?after=` gives the next page."""
    return answer_json(await page_of(request, filter_of(request)))


async def page_of(request: web.Request, wanted: PaperFilter) -> PaperPage:
    """A page of papers for a request, below row `?after=`."""
    after = whole(request, "after")
    asker = request.app[SITE].asker
    found = await asker.read(lambda db: read_papers(db, wanted, after, PAPERS_SHOWN + 1), BEHIND)
    shown = found[:PAPERS_SHOWN]
    return PaperPage(shown, shown[-1].seq if len(found) > PAPERS_SHOWN else None)


def filter_of(request: web.Request) -> PaperFilter:
    """The filter of a request. Raises `Problem` 400 if a condition can't be read."""
    query = request.query
    kind = query.get("kind") or None
    if kind not in (None, *get_args(PaperKind)):
        raise Problem(400, "argument_wrong", name="kind", why=", ".join(get_args(PaperKind)))
    return PaperFilter(
        day=day_of(request),
        number=whole(request, "number"),
        register=query.get("of") or None,
        person=query.get("person") or None,
        total_minor=whole(request, "total_minor"),
        kind=kind,  # type: ignore[arg-type]  # looked at above
        sku=query.get("sku") or None,
    )


_NUMBER: Schema = {"type": "integer"}
_TEXT: Schema = {"type": "string"}

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/v1/sales",
        handler=sales,
        right=REPORTS,
        also=MANAGE,
        tag="sales",
        query={
            "day": {"type": "string", "format": "date", "description": "Business day."},
            "number": _NUMBER,
            "of": {"type": "string", "description": "Register."},
            "person": {"type": "string", "description": "Id of the user who made them."},
            "total_minor": {"type": "integer", "description": "Amount paid; negative: refunded."},
            "kind": {"enum": list(get_args(PaperKind))},
            "sku": _TEXT,
            "after": _NUMBER,
        },
        answer=Answer(PaperPage),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/today-in-words",
        handler=today_in_words,
        name="today_in_words",
        answer=Answer(list[SaidFigure]),
        right=MANAGE,
        also=REPORTS,
        tag="sales",
    ),
)
