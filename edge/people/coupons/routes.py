"""Coupons over HTTP: a series' codes as a file, for external printing."""

from __future__ import annotations

import csv
import io
from functools import partial

from aiohttp import web

from edge.core.endpoints import Answer, Endpoint
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.lib.tables.injection import guard_cell
from edge.people.coupons.queries import read_one_series, unused_codes
from edge.web.context import SITE
from edge.web.problem import Problem


async def codes_csv(request: web.Request) -> web.Response:
    """`GET /api/v1/coupons/{series}.csv`: unused codes of a series, one per row."""
    series = int(request.match_info["series"])
    site = request.app[SITE]
    rows = await site.asker.read(partial(_codes, series=series, currency=site.settings.currency))
    if rows is None:
        raise Problem(404, "not_found", path=request.path[:200])
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(("code", "name", "share", "sum_minor", "starts", "ends"))
    writer.writerows(rows)
    return web.Response(body=written.getvalue().encode("utf-8-sig"), content_type="text/csv", charset="utf-8")


def _codes(db: Connection, series: int, currency: str) -> list[tuple[object, ...]] | None:
    found = read_one_series(db, series)
    if found is None:
        return None
    terms = (guard_cell(found.name), found.share, found.sum_minor, found.starts, found.ends)
    return [(code.text, *terms) for code in unused_codes(db, found, currency)]


ENDPOINTS = (
    Endpoint(
        method="GET",
        path=r"/api/v1/coupons/{series:\d{1,5}}.csv",
        handler=codes_csv,
        right=MANAGE,
        name="couponCodes",
        path_types={"series": {"type": "integer", "minimum": 1}},
        answer=Answer(media="text/csv"),
        statuses=(404,),
    ),
)
