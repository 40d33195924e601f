"""`POST stock/sync`: many counts at once, kept as a file for the job that takes them."""

from __future__ import annotations

import asyncio
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, Schema
from edge.core.messages import Done
from edge.shop.access.rights import MANAGE
from edge.shop.stock.commands import Boxes, Expiry, LocationId, Lot, Sku, Thousandths
from edge.shop.stock.events import MAIN
from edge.shop.stock.syncing import LINES_LIMIT, CountedStock, SyncStock, keep
from edge.web.actors import actor_of
from edge.web.api.catalogue_writing import us_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, texts_of

SYNC_BYTES = 4 * 1024 * 1024
"""Of a list of counts; a larger one is refused: send it in parts."""


class SentCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A count as `POST stock/sync` takes it; `counted_at` is ISO 8601, without an offset in the store's own time."""

    sku: Sku
    boxes: Boxes = 0
    units: Thousandths = 0
    location: LocationId = MAIN
    lot: Lot = ""
    expiry: Expiry = ""
    counted_at: Annotated[str, msgspec.Meta(max_length=40)] = ""


async def sync(request: web.Request) -> web.Response:
    """`POST stock/sync?dry_run=yes`: many counts, as a JSON list; 202 with the job that takes them."""
    try:
        lines = msgspec.json.decode(await body_within(request, SYNC_BYTES), type=list[SentCount])
    except msgspec.DecodeError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error
    if not 0 < len(lines) <= LINES_LIMIT:
        raise Problem(400, "lines_too_many", limit=LINES_LIMIT, found=len(lines))
    if request.query.get("dry_run", "no") not in ("no", "yes"):
        raise Problem(400, "argument_wrong", name="dry_run", why="no or yes")
    site = request.app[SITE]
    zone = ZoneInfo(site.settings.zone)
    counted = [
        CountedStock(
            *(line.sku, line.boxes, line.units, line.location, line.lot, line.expiry),
            us_of(line.counted_at, zone) or 0,
            number,
        )
        for number, line in enumerate(lines, 1)
    ]
    name = await asyncio.to_thread(keep, site.config.folder, counted)
    command = SyncStock(name, request.query.get("dry_run") == "yes")
    outcome = await site.shop.do(command, actor_of(request), idempotency_key(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    return answer_json({"job": outcome.result, "lines": len(counted)}, 202)


_COUNT: Schema = {"type": "integer", "minimum": 0}

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/stock/sync",
        handler=sync,
        name="syncStock",
        right=MANAGE,
        tag="stock",
        query={"dry_run": {"enum": ["no", "yes"], "default": "no"}},
        body=Body(list[SentCount], limit_bytes=SYNC_BYTES),
        answer=Answer(schema={"type": "object", "properties": {"job": _COUNT, "lines": _COUNT}}, status=202),
        statuses=(413, 422),
    ),
)
