"""Sales, voids and refunds over HTTP: the list of them, the newest first."""

from __future__ import annotations

from typing import get_args

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint, Schema
from edge.shop.access.rights import MANAGE, REPORTS
from edge.shop.reports.papers import PaperEntry, PaperFilter, PaperKind, read_papers
from edge.shop.reports.queries import BEHIND
from edge.web.context import SITE
from edge.web.limits import PAPERS_SHOWN
from edge.web.problem import Problem
from edge.web.request_body import day_of, whole
from edge.web.responses import answer_json


class PaperPage(msgspec.Struct):
    """`GET sales`: some papers, and the `after` of the next page (None: these were the last)."""

    sales: list[PaperEntry]
    after: int | None


async def sales(request: web.Request) -> web.Response:
    """`GET sales`: what was sold, voided and refunded at all registers, the newest first; pages by `?after=`."""
    return answer_json(await page_of(request, filter_of(request)))


async def page_of(request: web.Request, wanted: PaperFilter) -> PaperPage:
    """The papers that a request asks for, from below `?after=` on."""
    after = whole(request, "after")
    asker = request.app[SITE].asker
    found = await asker.read(lambda db: read_papers(db, wanted, after, PAPERS_SHOWN + 1), BEHIND)
    shown = found[:PAPERS_SHOWN]
    return PaperPage(shown, shown[-1].seq if len(found) > PAPERS_SHOWN else None)


def filter_of(request: web.Request) -> PaperFilter:
    """What a request looks for. `Problem` 400: a condition that cannot be read."""
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
            "day": {"type": "string", "format": "date", "description": "A day of business."},
            "number": _NUMBER,
            "of": {"type": "string", "description": "The register that they are of."},
            "person": {"type": "string", "description": "Who made them: a user's id."},
            "total_minor": {"type": "integer", "description": "What was paid; below 0 what went back."},
            "kind": {"enum": list(get_args(PaperKind))},
            "sku": _TEXT,
            "after": _NUMBER,
        },
        answer=Answer(PaperPage),
    ),
)
