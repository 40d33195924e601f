"""HTTP API of shelves: cameras, pictures, bays; planograms as JSON."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from aiohttp import web

from edge.analytics.shelf.commands import RenewReference, SetPlanogram
from edge.analytics.shelf.events import PlanogramSet
from edge.analytics.shelf.pages import label_api, proposal_api, vision_api
from edge.analytics.shelf.pages.shelf_requests import (
    brought_picture,
    camera_named,
    camera_of,
    look_at_picture,
    of_camera,
    prepare_picture,
    require_pictures,
    seen_now,
    stored_pictures,
    unjudged_in_plan,
)
from edge.analytics.shelf.pictures import REFERENCES, SNAPSHOTS, StoredPicture
from edge.analytics.shelf.queries import names_of, read_cameras, read_planogram
from edge.analytics.shelf.reference_pictures import album_of
from edge.analytics.shelf.shelf_service import SHELF
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.endpoints import fragment as piece
from edge.foundation.access.rights import MANAGE, SELL, STOCK
from edge.lib.sight.kinds import (
    FACINGS,
    PICTURE_BYTES,
    Facing,
    Likeness,
    Looked,
    Part,
    Point,
    Propose,
    Proposed,
    Recognise,
    Recognised,
)
from edge.web.api.resources import content_tag, do, unless_unchanged
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import body_of, body_within, json_of
from edge.web.responses import answer_json

JPEG_HEADERS = {"Cache-Control": "no-store"}


class CameraShown(msgspec.Struct, frozen=True):
    """A configured camera: its purpose, contact person, state, and the state's start time."""

    camera: str
    purpose: str
    contact: str
    state: str
    since_us: int


class PictureKept(msgspec.Struct, frozen=True):
    """The name of a stored picture."""

    name: str
    width: int
    height: int


class ProposalAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture whose rows and facings to detect, between these corners; given rows are kept."""

    picture: str
    corners: tuple[Point, Point, Point, Point]
    rows: Annotated[tuple[Part, ...], msgspec.Meta(max_length=20)] = ()


class ProposalMade(msgspec.Struct, frozen=True):
    """The detected rows and facings."""

    rows: tuple[Part, ...]
    facings: tuple[Facing, ...]


class PlanogramSaved(PlanogramSet, frozen=True):
    """A saved planogram; `cannot_judge`: facings that look the same when full and empty (None: not checked)."""

    cannot_judge: tuple[str, ...] | None = None


class RecognitionAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture (name from `POST shelf/pictures`), and its facings between these corners."""

    picture: str
    corners: tuple[Point, Point, Point, Point]
    facings: Annotated[tuple[Facing, ...], msgspec.Meta(min_length=1, max_length=FACINGS)]


class FacingLikeness(msgspec.Struct, frozen=True):
    """The likeliest products of a facing."""

    id: str
    products: tuple[Likeness, ...]


class RecognitionMade(msgspec.Struct, frozen=True):
    """Recognised products; `known`: the number of pictures compared."""

    facings: tuple[FacingLikeness, ...]
    names: dict[str, dict[str, str]]
    known: int


async def cameras(request: web.Request) -> web.Response:
    """`GET shelf/cameras`: all cameras, with their reliability."""
    shelf = request.app[SITE].services.of(SHELF)
    known = {one.camera: one for one in await request.app[SITE].asker.read(read_cameras)}
    made = []
    for name, part in shelf.cameras.items():
        seen = known.get(name)
        state, since_us = (seen.state, seen.since_us) if seen else ("offline", 0)
        made.append(CameraShown(name, part.use.purpose, part.use.contact, state, since_us))
    return answer_json({"cameras": made})


async def picture_now(request: web.Request) -> web.Response:
    """`GET shelf/cameras/{camera}/picture`: the current picture, masked."""
    made = await seen_now(camera_of(request))
    return web.Response(body=made.data, content_type="image/jpeg", headers=JPEG_HEADERS)


async def look_now(request: web.Request) -> web.Response:
    """`POST shelf/cameras/{camera}/look`: look at its bays now; results by bay."""
    return answer_json({"bays": await of_camera(camera_of(request).look())})


async def keep_picture(request: web.Request) -> web.Response:
    """`POST shelf/pictures`: store a picture for a planogram: the request body, or with `?camera=` a camera's current
    picture.
    """
    shelf = request.app[SITE].services.of(SHELF)
    if name := request.query.get("camera"):
        made = await seen_now(camera_named(request, name), 1920)
    else:
        data = await body_within(request, PICTURE_BYTES)
        made = await prepare_picture(request, data)
    try:
        kept = await asyncio.to_thread(shelf.pictures.keep, made.data)
    except OSError as error:
        raise Problem(503, "no_room_for_pictures", why=error.strerror or str(error)) from None
    return answer_json(PictureKept(kept, made.width, made.height), 201)


async def kept_picture(request: web.Request) -> web.Response:
    """`GET shelf/pictures/{name}`: a planogram's reference, or the picture of a look with a finding."""
    pictures, name = request.app[SITE].services.of(SHELF).pictures, request.match_info["name"]
    for kind in (REFERENCES, SNAPSHOTS):
        if (data := await asyncio.to_thread(pictures.read, name, kind)) is not None:
            return web.Response(body=data, content_type="image/jpeg", headers=JPEG_HEADERS)
    raise Problem(404, "no_such_picture", picture=name[:40])


async def kept_pictures(request: web.Request) -> web.Response:
    """`GET shelf/kept`: all stored pictures from an hour (`?day=2027-01-31&hour=14`), for people who request camera
    data about themselves.

    None shows a person: looks with a person in view aren't stored.
    """
    found = await stored_pictures(request, request.query.get("day", ""), request.query.get("hour", ""))
    return answer_json({"pictures": found})


async def propose(request: web.Request) -> web.Response:
    """`POST shelf/proposals`: rows and facings detected in a picture between four corners."""
    asked = await body_of(request, ProposalAsked)
    found = await look_at_picture(
        request, Propose(await brought_picture(request, asked.picture), asked.corners, asked.rows), Proposed
    )
    return answer_json({"rows": found.rows, "facings": found.facings})


async def recognise(request: web.Request) -> web.Response:
    """`POST shelf/recognitions`: products that a picture's facings resemble, for review."""
    asked, site = await body_of(request, RecognitionAsked), request.app[SITE]
    data = await brought_picture(request, asked.picture)
    album, key = await site.asker.read(lambda db: album_of(db, site.config.pictures, site.services.of(SHELF).pictures))
    boxes = tuple((one.left, one.top, one.right, one.bottom) for one in asked.facings)
    found = (await look_at_picture(request, Recognise(data, album, key, asked.corners, boxes), Recognised)).found
    likely = tuple(FacingLikeness(one.id, some) for one, some in zip(asked.facings, found, strict=True))
    skus = list(dict.fromkeys(some.sku for one in likely for some in one.products))
    names = await site.asker.read(lambda db: names_of(db, skus))
    return answer_json(RecognitionMade(likely, names, len(album)))


async def planogram(request: web.Request) -> web.Response:
    """`GET shelf/bays/{bay}`: a bay's planogram, or with `?version=` an earlier version."""
    answer = answer_json(await _plan(request, request.query.get("version", "0")))
    return unless_unchanged(request, answer, content_tag(answer))


async def put_planogram(request: web.Request) -> web.Response:
    """`PUT shelf/bays/{bay}`: set a new version of a bay's planogram, as in `SetPlanogram`; returns it with the
    facings that can't be judged.
    """
    fields = {**json_of(await request.read()), "bay": request.match_info["bay"]}
    try:
        wanted = msgspec.convert(fields, SetPlanogram)
    except msgspec.ValidationError as error:
        raise body_wrong(error) from error
    require_pictures(request, wanted.full, wanted.bare)
    if refused := await do(request, wanted):
        return refused
    plan = await _plan(request)
    cannot_judge: tuple[str, ...] | None
    try:
        cannot_judge = await unjudged_in_plan(request, plan)
    except Problem:
        cannot_judge = None  # it's saved anyway
    return answer_json(PlanogramSaved(**msgspec.structs.asdict(plan), cannot_judge=cannot_judge))


async def follow_camera(request: web.Request) -> web.Response:
    """`POST shelf/bays/{bay}/corners`: detect the bay's corners in the camera's current view and save them as a new
    version.
    """
    plan = await _plan(request)
    refused = await do(request, await of_camera(camera_named(request, plan.camera).follow(plan)))
    return refused or answer_json(await _plan(request))


async def renew_reference(request: web.Request) -> web.Response:
    """`POST shelf/bays/{bay}/reference`: use the bay's current picture as its reference; with `?first=yes`, use the
    planogram's picture again.
    """
    plan = await _plan(request)
    command = RenewReference(plan.bay)
    if request.query.get("first") != "yes":
        picture, seen = await of_camera(camera_named(request, plan.camera).renewal(plan.bay))
        command = RenewReference(plan.bay, picture, seen)
    refused = await do(request, command)
    return refused or answer_json({"bay": plan.bay, "picture": command.picture})


async def _plan(request: web.Request, version: str = "0") -> PlanogramSet:
    bay = request.match_info["bay"]
    if not version.isdecimal() or len(version) > 9:
        raise Problem(400, "argument_wrong", name="version", why="a number")
    found = await request.app[SITE].asker.read(lambda db: read_planogram(db, bay, int(version)))
    if found is None:
        raise Problem(404, "no_such_bay", bay=bay[:40])
    return found


_VERSION = {"version": {"type": "integer", "minimum": 0, "default": 0}}
_RENEWED = {"type": "object", "properties": {"bay": {"type": "string"}, "picture": {"type": "string"}}}
_JPEG = Answer(media="image/jpeg")
_BAYS = {"type": "object", "additionalProperties": {"type": "object", "title": Looked.__name__}}

ENDPOINTS = (
    piece("/shelf/cameras/{camera}/picture", picture_now, MANAGE, also=STOCK),
    piece("/shelf/pictures/{name}", kept_picture, MANAGE, also=STOCK),
    *vision_api.ENDPOINTS,
    *label_api.ENDPOINTS,
    *proposal_api.ENDPOINTS,
    Endpoint(
        method="GET",
        path="/api/v1/shelf/cameras",
        handler=cameras,
        name="shelfCameras",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        answer=Answer(list[CameraShown], under="cameras"),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/shelf/cameras/{camera}/picture",
        handler=picture_now,
        name="cameraPicture",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        answer=_JPEG,
        statuses=(404, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/shelf/cameras/{camera}/look",
        handler=look_now,
        name="lookNow",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        answer=Answer(schema={"type": "object", "properties": {"bays": _BAYS}}),
        statuses=(404, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/shelf/pictures",
        handler=keep_picture,
        name="keepShelfPicture",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        query={"camera": {"type": "string"}},
        body=Body(media="application/octet-stream", limit_bytes=PICTURE_BYTES),
        answer=Answer(PictureKept, status=201),
        statuses=(404, 413, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/shelf/pictures/{name}",
        handler=kept_picture,
        name="shelfPicture",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        answer=_JPEG,
        statuses=(404,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/shelf/kept",
        handler=kept_pictures,
        name="keptShelfPictures",
        right=MANAGE,
        tag="shelf",
        query={"day": {"type": "string"}, "hour": {"type": "integer", "minimum": 0, "maximum": 23}},
        answer=Answer(list[StoredPicture], under="pictures"),
        statuses=(400,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/shelf/proposals",
        handler=propose,
        name="proposeFacings",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        body=Body(ProposalAsked),
        answer=Answer(ProposalMade),
        statuses=(404, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/shelf/recognitions",
        handler=recognise,
        name="recogniseFacings",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        body=Body(RecognitionAsked),
        answer=Answer(RecognitionMade),
        statuses=(404, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/shelf/bays/{bay}",
        handler=planogram,
        name="bayPlanogram",
        right=SELL,
        tag="shelf",
        query=_VERSION,
        answer=Answer(PlanogramSet),
        statuses=(304, 404),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/shelf/bays/{bay}/reference",
        handler=renew_reference,
        name="renewReference",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        query={"first": {"type": "string", "enum": ["yes"]}},
        answer=Answer(schema=_RENEWED),
        statuses=(404, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/shelf/bays/{bay}/corners",
        handler=follow_camera,
        name="followCamera",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        answer=Answer(PlanogramSet),
        statuses=(404, 422),
    ),
    Endpoint(
        method="PUT",
        path="/api/v1/shelf/bays/{bay}",
        handler=put_planogram,
        name="setBayPlanogram",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        body=Body(SetPlanogram, without=("bay",)),
        answer=Answer(PlanogramSaved),
        statuses=(404, 422),
    ),
)
