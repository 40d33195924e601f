"""`POST stock/sync`: bulk counts as JSON or as a file, stored for the job that applies them."""

from __future__ import annotations

import asyncio
import re
import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, Schema
from edge.core.jobs.store import JobNote
from edge.core.messages import Done, Refused
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.stock.commands import Boxes, Expiry, Lot
from edge.goods.stock.counting.bulk_counts import LINES_LIMIT, CountedStock, SyncStock, job_of, keep
from edge.goods.stock.counting.count_reader import ReadCounts, ReadFile, read_apart
from edge.goods.stock.location import MAIN, LocationId, Sku, Thousandths
from edge.goods.stock.rows import closed_and_loose, find_product, on_hand_at
from edge.lib.errors import EdgeError
from edge.lib.units.quantity import THOUSANDTHS
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.api.resources import us_of
from edge.web.context import SITE
from edge.web.pages.shell import html
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import body_within
from edge.web.responses import answer_json, answer_outcome, answer_problem, texts_of
from edge.web.work_threads import HEAVY

SHOWN = 20
_SAFE = re.compile(r"[^\w.-]+")
SYNC_BYTES = 4 * 1024 * 1024
"""Maximum size in bytes of a list of counts; larger lists must be sent in parts."""


class SentCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A count in `POST stock/sync`, of a product by number or by `code`.

    `counted_at` is ISO 8601; without an offset, it is local time.
    """

    sku: Sku | None = None
    code: Sku | None = None
    boxes: Boxes = 0
    units: Thousandths = 0
    location: LocationId = MAIN
    lot: Lot = ""
    expiry: Expiry = ""
    counted_at: Annotated[str, msgspec.Meta(max_length=40)] = ""


class CountedPreview(msgspec.Struct, frozen=True):
    """A line of a file with the current stock and the count, in thousandths."""

    line: int
    sku: str
    names: dict[str, str]
    location: str
    lot: str
    there: int
    counted: int


class UnderstoodFile(msgspec.Struct, frozen=True):
    """`POST stock/sync/files`: the result of reading a file of counts. `file` is its name for `SyncStock`."""

    file: str
    lines: int
    columns: dict[str, str]
    first: list[CountedPreview]
    faulty: int
    faults: list[JobNote]


async def understand(request: web.Request) -> web.Response:
    """`POST stock/sync/files?name=FILE&location=PLACE`: read a file (CSV, XLSX and the like) from the body without
    applying its counts.
    """
    found = await _read_upload(request)
    return found if isinstance(found, web.Response) else answer_json(found)


async def _read_upload(request: web.Request) -> UnderstoodFile | web.Response:
    site, texts = request.app[SITE], texts_of(request)
    name, place = request.query.get("name", "counts")[-80:], request.query.get("location", "") or MAIN
    body = await body_within(request, SYNC_BYTES)
    try:
        found = await site.services.of(HEAVY).do(
            partial(_read_file, body, name, place, site.shop.now_us(), site.settings.zone, site.config.store.country)
        )
    except EdgeError as error:
        sentence = texts.report_text(error.key, error.values) if error.key else str(error)
        said = {"code": error.key, "message": sentence, "values": error.values}
        return answer_problem(422, Refused(error.key, dict(error.values)), sentence, refused=said)
    if not found.lines:
        raise Problem(400, "lines_too_many", limit=LINES_LIMIT, found=0)
    kept = await asyncio.to_thread(keep, site.config.folder, list(found.lines), found.faulty)
    first = await site.asker.read(lambda db: [_look(db, line) for line in found.lines[:SHOWN]])
    faults = [JobNote(one.line, one.field, one.value, one.reason, one.values) for one in found.faults[:SHOWN]]
    return UnderstoodFile(kept, len(found.lines), found.columns, first, found.faulty, faults)


async def fragment(request: web.Request) -> web.Response:
    """`POST /fragments/stock/file`: the file that `understand` would read, as an HTML table."""
    found = await _read_upload(request)
    if isinstance(found, web.Response):
        return found
    language = texts_of(request).language
    return html(request.app[SITE].renderer.render("stock_file.html", language, found=found))


def _read_file(body: bytes, name: str, place: str, now_us: int, zone: str, country: str) -> ReadFile:
    with tempfile.TemporaryDirectory(prefix="edge-counts-") as folder:
        path = Path(folder) / (_SAFE.sub("_", name) or "counts")
        path.write_bytes(body)
        return read_apart(ReadCounts(str(path), place, now_us, zone, country))


def _look(db: Connection, line: CountedStock) -> CountedPreview:
    product = find_product(db, line.sku)
    box = (product.box or 0) if product else 0
    there = on_hand_at(db, product.sku, line.location) if product else 0
    names = product.names if product else {}
    boxes, units = closed_and_loose(product, line.boxes, line.units) if product else (line.boxes, line.units)
    found = boxes * box * THOUSANDTHS + units
    return CountedPreview(line.line, line.sku, dict(names), line.location, line.lot, there, found)


async def sync(request: web.Request) -> web.Response:
    """`POST stock/sync?dry_run=yes&take=all`: bulk counts as a JSON list.

    Answers 202 with the job that applies the valid counts, or all or none with `take=all`.
    """
    try:
        lines = msgspec.json.decode(await body_within(request, SYNC_BYTES), type=list[SentCount])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise body_wrong(error) from error
    if not 0 < len(lines) <= LINES_LIMIT:
        raise Problem(400, "lines_too_many", limit=LINES_LIMIT, found=len(lines))
    if request.query.get("dry_run", "no") not in ("no", "yes"):
        raise Problem(400, "argument_wrong", name="dry_run", why="no or yes")
    if request.query.get("take", "good") not in ("good", "all"):
        raise Problem(400, "argument_wrong", name="take", why="good or all")
    site = request.app[SITE]
    zone = ZoneInfo(site.settings.zone)
    counted = [_counted_line(line, number, zone) for number, line in enumerate(lines, 1)]
    name = await asyncio.to_thread(keep, site.config.folder, counted)
    command = SyncStock(name, request.query.get("dry_run") == "yes", request.query.get("take") == "all")
    outcome = await site.shop.do(command, actor_of(request), idempotency_key(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    job = outcome.result or await site.asker.read(lambda db: job_of(db, command))  # a repeated command has no result
    return answer_json({"job": job, "lines": len(counted)}, 202)


def _counted_line(line: SentCount, number: int, zone: ZoneInfo) -> CountedStock:
    """Convert a posted line. Raises `Problem` 400 unless it names exactly one product."""
    sku, where = line.sku or line.code, f"$[{number - 1}]"
    if sku is None or (line.sku and line.code):
        raise Problem(400, "count_of_one", where=where)
    at_us = us_of(line.counted_at, zone, f"{where}.counted_at") or 0
    return CountedStock(sku, line.boxes, line.units, line.location, line.lot, line.expiry, at_us, number)


_COUNT: Schema = {"type": "integer", "minimum": 0}

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/stock/sync",
        handler=sync,
        name="syncStock",
        right=MANAGE,
        tag="stock",
        query={
            "dry_run": {"enum": ["no", "yes"], "default": "no"},
            "take": {"enum": ["good", "all"], "default": "good"},
        },
        body=Body(list[SentCount], limit_bytes=SYNC_BYTES),
        answer=Answer(schema={"type": "object", "properties": {"job": _COUNT, "lines": _COUNT}}, status=202),
        statuses=(413, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/stock/sync/files",
        handler=understand,
        name="syncStockFile",
        right=MANAGE,
        tag="stock",
        query={"name": {"type": "string", "maxLength": 200}, "location": {"type": "string", "maxLength": 40}},
        body=Body(media="application/octet-stream", limit_bytes=SYNC_BYTES),
        answer=Answer(UnderstoodFile),
        statuses=(413, 422),
    ),
    Endpoint(
        method="POST",
        path="/fragments/stock/file",
        handler=fragment,
        right=MANAGE,
        body=Body(media="application/octet-stream", limit_bytes=SYNC_BYTES),
    ),
)
