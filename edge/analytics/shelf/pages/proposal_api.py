"""HTTP API for planogram proposals: a bay's planogram from its current goods, and its unclear facings.

A user reviews and saves it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from aiohttp import web

from edge.analytics.shelf.camera_part import StandsNow
from edge.analytics.shelf.events import AnyPictureName, PictureName, PlanogramSet
from edge.analytics.shelf.pages.shelf_requests import (
    brought_picture,
    camera_named,
    look_at_picture,
    of_camera,
    require_pictures,
    unjudged_in_plan,
)
from edge.analytics.shelf.queries import names_of, read_planogram
from edge.analytics.shelf.reference_pictures import album_of
from edge.analytics.shelf.shelf_service import SHELF
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.queries import find_by_code
from edge.lib.sight.kinds import BayLayout, Facing, Recognise, Recognised
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json

SURE_PERCENT = 60
"""Confidence in percent below which no lookalike product is proposed, and a person scans it."""


class PlannedAnew(msgspec.Struct, frozen=True):
    """A facing with a product other than planned: the planned product, and the apparent one ("": unknown)."""

    id: str
    before: str
    sku: str


class PlanProposal(msgspec.Struct, frozen=True):
    """A bay's proposed planogram.

    `layout` and `picture` become the next version once a user saves it, replacing version `changes`.

    `unfit`: facings that are empty or hidden in the picture, so that it can't be the reference yet; `moved`: facings
    with the planned goods but another product's label.
    """

    bay: str
    changes: int
    layout: BayLayout
    picture: str
    facings: tuple[PlannedAnew, ...]
    unfit: tuple[str, ...]
    moved: tuple[PlannedAnew, ...]
    names: dict[str, dict[str, str]]


class LayoutAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Facings between corners, and pictures of the bay full and empty (names from `POST shelf/pictures`); `camera`: the
    camera whose masks apply.
    """

    layout: BayLayout
    full: PictureName
    bare: AnyPictureName = ""
    camera: Annotated[str, msgspec.Meta(max_length=60)] = ""


class LayoutMade(msgspec.Struct, frozen=True):
    """Facings that look the same when full and empty, and product names."""

    cannot_judge: tuple[str, ...]
    names: dict[str, dict[str, str]]


async def propose_plan(request: web.Request) -> web.Response:
    """`POST shelf/bays/{bay}/proposal`: look at a bay now and propose its planogram.

    Changed products are recognised by barcode, label or appearance.
    """
    bay, asker = request.match_info["bay"], request.app[SITE].asker
    plan = await asker.read(lambda db: read_planogram(db, bay))
    if plan is None:
        raise Problem(404, "no_such_bay", bay=bay[:40])
    stands = await of_camera(camera_named(request, plan.camera).as_it_stands(plan))
    states = {one.id: one for one in stands.facings}
    goods, labels = await asker.read(lambda db: (_skus_by_facing(db, stands, 0), _skus_by_facing(db, stands, 1)))
    others = [one for one in plan.layout.facings if states[one.id].state == "wrong"]
    now = {one.id: goods.get(one.id) or labels.get(one.id) or states[one.id].instead for one in others}
    now |= await _alike(request, plan, stands.picture, [one for one in others if now[one.id] in ("", one.sku)])
    anew = tuple(PlannedAnew(one.id, one.sku, now[one.id]) for one in others)
    moved = tuple(
        PlannedAnew(one.id, one.sku, labels[one.id])
        for one in plan.layout.facings
        if states[one.id].state == "present" and one.sku and labels.get(one.id, one.sku) != one.sku
    )
    layout = msgspec.structs.replace(
        plan.layout,
        facings=tuple(msgspec.structs.replace(one, sku=now.get(one.id, one.sku)) for one in plan.layout.facings),
    )
    unfit = tuple(one.id for one in stands.facings if one.state not in ("present", "wrong"))
    skus = sorted({sku for one in (*anew, *moved) for sku in (one.before, one.sku) if sku})
    names = await asker.read(lambda db: names_of(db, skus))
    return answer_json(PlanProposal(bay, plan.edition, layout, stands.picture, anew, unfit, moved, names))


def _skus_by_facing(db: Connection, stands: StandsNow, place: int) -> dict[str, str]:
    """The product of each facing by barcodes on its goods (0) or label (1), if unambiguous."""
    made = {}
    for id, codes in stands.codes.items():
        found = {one.sku for code in codes[place] if (one := find_by_code(db, code)) is not None}
        if len(found) == 1:
            made[id] = found.pop()
    return made


async def _alike(request: web.Request, plan: PlanogramSet, picture: str, unnamed: Sequence[Facing]) -> dict[str, str]:
    """Products that these facings resemble, by the shop's pictures; "" if uncertain or only the planned product
    matches.
    """
    if not unnamed:
        return {}
    site = request.app[SITE]
    album, key = await site.asker.read(lambda db: album_of(db, site.config.pictures, site.services.of(SHELF).pictures))
    boxes = tuple((one.left, one.top, one.right, one.bottom) for one in unnamed)
    ask = Recognise(await brought_picture(request, picture), album, key, plan.layout.corners, boxes)
    made = {}
    for one, likely in zip(unnamed, (await look_at_picture(request, ask, Recognised)).found, strict=True):
        sure = likely and likely[0].confidence >= SURE_PERCENT and likely[0].sku != one.sku
        made[one.id] = likely[0].sku if sure else ""
    return made


async def check_layout(request: web.Request) -> web.Response:
    """`POST shelf/checks`: facings of an unsaved planogram that can't be judged, and product names."""
    asked = await body_of(request, LayoutAsked)
    require_pictures(request, asked.full, asked.bare)
    plan = PlanogramSet("", 0, "", asked.camera, asked.layout, asked.full, asked.bare, "")
    skus = [one.sku for one in asked.layout.facings if one.sku]
    names = await request.app[SITE].asker.read(lambda db: names_of(db, skus))
    return answer_json(LayoutMade(await unjudged_in_plan(request, plan), names))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/shelf/checks",
        handler=check_layout,
        name="checkFacings",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        body=Body(LayoutAsked),
        answer=Answer(LayoutMade),
        statuses=(404, 422),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/shelf/bays/{bay}/proposal",
        handler=propose_plan,
        name="proposePlanogram",
        right=MANAGE,
        also=STOCK,
        tag="shelf",
        answer=Answer(PlanProposal),
        statuses=(404, 422),
    ),
)
