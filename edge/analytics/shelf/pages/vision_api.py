"""HTTP API of vision jobs: submit a picture or name a camera; fetch the result by the job's number."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from aiohttp import web

from edge.analytics.shelf.camera_part import look_of
from edge.analytics.shelf.commands import SetBottleType
from edge.analytics.shelf.events import LIGHTS, PlanogramSet
from edge.analytics.shelf.pages.shelf_requests import camera_named, problem_of, seen_now
from edge.analytics.shelf.queries import read_bottle_types, read_planogram, renewed_picture
from edge.analytics.shelf.reference_pictures import album_of
from edge.analytics.shelf.shelf_service import SHELF, ShelfService
from edge.analytics.shelf.sight_process import SightError
from edge.analytics.shelf.vision_jobs import TooManyJobs, VisionJob
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, STOCK
from edge.lib.sight.kinds import (
    PICTURE_BYTES,
    UNEVEN_KINDS,
    VERSION,
    BayLayout,
    Bottle,
    BottleMeasured,
    Bottles,
    BottleType,
    FindBottles,
    KnownLook,
    Likeness,
    Looked,
    Lookup,
    MeasureBottle,
    Permille,
    Probe,
    Probed,
    Propose,
    Proposed,
    Recognise,
    Recognised,
    Seen,
)
from edge.web.api.resources import do
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import body_of, body_within, json_of
from edge.web.responses import answer_json, texts_of

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
EXACT, GUESSED = 0.85, 0.6
"""Confidence limits: below the first, a facing may have one front fewer; below the second, it may have none."""


class VisionSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The camera to use instead of a picture; `location`: the bay."""

    camera: Annotated[str, msgspec.Meta(max_length=60)]
    location: Annotated[str, msgspec.Meta(max_length=32)] = ""


class VisionAccepted(msgspec.Struct, frozen=True):
    """The number of the job."""

    job_id: str


class SkuCount(msgspec.Struct, frozen=True):
    """A product's number of filled and of planned facings, and the minimum and maximum number of its fronts."""

    sku: str
    facings: int
    planned: int
    low: int
    high: int


class BottlePictures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pictures of a single bottle, full and empty (names from `POST shelf/pictures`), and its volume."""

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    volume_ml: Annotated[int, msgspec.Meta(gt=0, le=100_000)]
    full: str
    empty: str
    curve_pm: Annotated[tuple[Permille, ...], msgspec.Meta(max_length=11)] = ()


class ShelfAnalysis(msgspec.Struct, frozen=True):
    """The contents of a bay's picture. Without a planogram: detected rows and facings, of unknown state."""

    camera: str
    rows: tuple[float, ...]
    facings: tuple[dict[str, Any], ...]
    counts: tuple[SkuCount, ...]
    model: str
    version: str
    picture: str
    took_ms: int = 0


class Recognition(msgspec.Struct, frozen=True):
    """The likeliest products with confidence in percent; `known`: the number of pictures compared."""

    products: tuple[Likeness, ...]
    known: int
    model: str = "likeness"
    version: str = VERSION


class BottleCount(msgspec.Struct, frozen=True):
    """Bottles in a picture.

    `total_thousandths`: total content of bottles with a known level, a full bottle being 1000; a user confirms it as a
    count.
    """

    bottles: tuple[Bottle, ...]
    count: int
    known: int
    total_thousandths: int
    total_ml: int
    model: str = "bottles"
    version: str = VERSION


async def analyze_shelf(request: web.Request) -> web.Response:
    """`POST vision/analyze-shelf`: the contents of a bay, using its planogram (`?bay=` or `location`) if it has one."""
    data, bay = await _picture(request)
    shelf = request.app[SITE].services.of(SHELF)
    plan, newer = await request.app[SITE].asker.read(lambda db: _plan_and_pictures(db, bay)) if bay else (None, ())
    if bay and plan is None:
        raise Problem(404, "no_such_bay", bay=bay[:40])
    return await _begin(shelf, "analyze-shelf", lambda: analysis(shelf, data, plan, newer))


async def detect_bottles(request: web.Request) -> web.Response:
    """`POST vision/detect-bottles`: the number of bottles, and the level of measured types."""
    data, _ = await _picture(request)
    shelf = request.app[SITE].services.of(SHELF)
    types = tuple(await request.app[SITE].asker.read(read_bottle_types))
    return await _begin(shelf, "detect-bottles", lambda: bottle_count(shelf, data, types))


async def recognize_products(request: web.Request) -> web.Response:
    """`POST vision/recognize-products`: products of the shop that a picture resembles."""
    data, _ = await _picture(request)
    site = request.app[SITE]
    album, key = await site.asker.read(lambda db: album_of(db, site.config.pictures, site.services.of(SHELF).pictures))
    return await _begin(
        site.services.of(SHELF), "recognize-products", lambda: recognition(site.services.of(SHELF), data, album, key)
    )


async def measure_bottle(request: web.Request) -> web.Response:
    """`POST vision/bottle-types`: measure a bottle type from two pictures."""
    asked = await body_of(request, BottlePictures)
    shelf = request.app[SITE].services.of(SHELF)
    pair = [await asyncio.to_thread(shelf.pictures.read, name) for name in (asked.full, asked.empty)]
    for name, data in zip((asked.full, asked.empty), pair, strict=True):
        if data is None:
            raise Problem(404, "no_such_picture", picture=name[:40])
    full, empty = (data or b"" for data in pair)
    try:
        question = MeasureBottle(full, empty, asked.sku, asked.volume_ml, asked.curve_pm)
        found = (await shelf.eyes.ask(question, BottleMeasured)).bottle
    except SightError as error:
        raise problem_of(error) from None
    refused = await do(request, SetBottleType(found))
    return refused or answer_json(found)


async def processing_status(request: web.Request) -> web.Response:
    """`GET vision/processing-status/{job_id}`: a job's progress and result."""
    id = request.match_info["job_id"]
    job = await request.app[SITE].services.of(SHELF).jobs.read(id)
    if job is None:
        raise Problem(404, "no_such_vision_job", job=id[:40])
    shown = {name: getattr(job, name) for name in ("job_id", "kind", "status", "progress", "took_ms")}
    if job.status == "completed":
        shown["result"] = job.result
    if job.status == "failed":
        message = texts_of(request).refusal(Problem(422, job.error, **job.values).refused)
        shown["error"] = {"code": job.error, "message": message}
    return answer_json(shown)


def _plan_and_pictures(db: Connection, bay: str) -> tuple[PlanogramSet | None, tuple[str, ...]]:
    plan = read_planogram(db, bay)
    return plan, tuple(renewed_picture(db, plan, light) for light in LIGHTS) if plan else ()


async def analysis(
    shelf: ShelfService, data: bytes, plan: PlanogramSet | None, newer: tuple[str, ...]
) -> ShelfAnalysis:
    """Analyse a picture with a planogram; without one, only detect rows and facings."""
    if plan is None:
        found = await shelf.eyes.ask(Propose(data, WHOLE), Proposed)
        boxes = tuple({**msgspec.to_builtins(facing), "state": "unknown", "confidence": 0} for facing in found.facings)
        return ShelfAnalysis("ok", found.rows, boxes, (), "proposal", VERSION, "")
    looked = (await shelf.eyes.ask(look_of(plan, data, shelf.pictures, (), *newer), Lookup)).looked
    return as_analysis(plan.layout, looked)


def as_analysis(layout: BayLayout, looked: Looked) -> ShelfAnalysis:
    """Convert a look to an analysis: facings with their results, and fronts by product."""
    seen = {one.id: one for one in looked.facings}
    facings: list[dict[str, Any]] = []
    sums: dict[str, list[int]] = {}
    for facing in layout.facings:
        one = seen.get(facing.id, Seen(facing.id, "unknown"))
        box = {"left": facing.left, "top": facing.top, "right": facing.right, "bottom": facing.bottom}
        told = {"id": facing.id, "row": facing.row, "box": box, "sku": facing.sku or None}
        facings.append({**told, "state": one.state, "confidence": one.confidence / 100, "instead": one.instead or None})
        if facing.sku and facing.kind not in UNEVEN_KINDS:
            least, most = _fronts(one)
            kept = sums.setdefault(facing.sku, [0, 0, 0, 0])
            for at, more in enumerate((one.state in ("present", "low"), 1, least, most)):
                kept[at] += int(more)
    counts = tuple(SkuCount(sku, *kept) for sku, kept in sums.items())
    return ShelfAnalysis(
        looked.camera, layout.rows, tuple(facings), counts, "facings", VERSION, looked.picture, looked.took_ms
    )


async def bottle_count(shelf: ShelfService, data: bytes, types: tuple[BottleType, ...]) -> BottleCount:
    """Count bottles. Bottles with an unknown level add nothing to the totals and are reported."""
    found = (await shelf.eyes.ask(FindBottles(data, types), Bottles)).bottles
    known = [one for one in found if one.fill_level is not None]
    total = sum(round((one.fill_level or 0) * 1000) for one in known)
    return BottleCount(found, len(found), len(known), total, sum(one.ml or 0 for one in known))


async def recognition(shelf: ShelfService, data: bytes, album: tuple[KnownLook, ...], key: str) -> Recognition:
    """Compare a picture with known ones."""
    found = await shelf.eyes.ask(Recognise(data, album, key), Recognised)
    return Recognition(found.found[0], len(album))


def _fronts(one: Seen) -> tuple[int, int]:
    """The minimum and maximum number of a facing's fronts."""
    if one.state in ("present", "low"):
        return int(one.confidence >= EXACT * 100), 1
    return 0, int(one.state in ("blocked", "unknown") or one.confidence < GUESSED * 100)


async def _begin(shelf: ShelfService, kind: str, work: Any) -> web.Response:
    try:
        return answer_json(VisionAccepted(await shelf.jobs.begin(kind, work)), 202)
    except TooManyJobs:
        raise Problem(503, "vision_busy") from None


async def _picture(request: web.Request) -> tuple[bytes, str]:
    """The request's picture and its bay. Raises `Problem` 4xx if it's unusable."""
    shelf = request.app[SITE].services.of(SHELF)
    data = await body_within(request, PICTURE_BYTES)
    if data[:1] == b"{":
        try:
            source = msgspec.convert(json_of(data), VisionSource)
        except msgspec.ValidationError as error:
            raise body_wrong(error) from error
        return (await seen_now(camera_named(request, source.camera), 1920)).data, source.location
    try:
        await shelf.eyes.ask(Probe(data), Probed)
    except SightError as error:
        raise problem_of(error) from None
    return data, request.query.get("bay", "")


def _post(path: str, handler: Any, name: str) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/api/v1/vision/{path}",
        handler=handler,
        name=name,
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        query={"bay": {"type": "string", "description": "the bay whose planogram is used"}},
        body=Body(media="application/octet-stream", limit_bytes=PICTURE_BYTES),
        answer=Answer(VisionAccepted, status=202),
        statuses=(404, 413, 422),
    )


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/vision/bottle-types",
        handler=measure_bottle,
        name="measureBottle",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        body=Body(BottlePictures),
        answer=Answer(BottleType),
        statuses=(404, 422),
    ),
    _post("analyze-shelf", analyze_shelf, "analyzeShelf"),
    _post("detect-bottles", detect_bottles, "detectBottles"),
    _post("recognize-products", recognize_products, "recognizeProducts"),
    Endpoint(
        method="GET",
        path="/api/v1/vision/processing-status/{job_id}",
        handler=processing_status,
        name="visionJob",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        answer=Answer(VisionJob),
        statuses=(404,),
    ),
)
