"""Manager pages of shelves: current findings, and setup of bays."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from edge.analytics.shelf.camera_part import SHELVES
from edge.analytics.shelf.events import PlanogramSet
from edge.analytics.shelf.geometry import outline
from edge.analytics.shelf.pages.shelf_requests import stored_pictures
from edge.analytics.shelf.queries import (
    BayLook,
    RenewedReference,
    ShelfFinding,
    names_of,
    read_bottle_types,
    read_cameras,
    read_compliance,
    read_findings,
    read_looks,
    read_planogram,
    read_planograms,
    read_reference,
)
from edge.analytics.shelf.reconcile import by_loss
from edge.analytics.shelf.settings import settings_of
from edge.analytics.shelf.shelf_service import SHELF
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.queries import read_products
from edge.goods.stock.lists.listings import read_counts, read_locations
from edge.runtime.config import CONFIG
from edge.web.context import SITE
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import page

FINDINGS_SHOWN = 60
COMPLIANCE_DAYS = 30
KEPT_SHOWN = 60
FAR_PM = 100
FALLBACK = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))


class Drawn(msgspec.Struct, frozen=True):
    """A facing drawn on the picture: its corners (thousandths), state, and planned product."""

    id: str
    points: str
    state: str
    confidence: int
    sku: str
    instead: str


class BayShown(msgspec.Struct, frozen=True):
    """A bay for display: its planogram, newest look, facings, and their number by state.

    `renewed_on`: the date of a reference newer than the planogram's; `night_on`: the date of a night reference;
    `is_far`: the camera has moved considerably, which is compensated for.
    """

    plan: PlanogramSet
    look: BayLook | None
    camera: str
    facings: tuple[Drawn, ...]
    counts: dict[str, int]
    renewed_on: str = ""
    night_on: str = ""
    is_far: bool = False


async def shelves(request: web.Request) -> web.Response:
    """`GET /manager/shelf`: all bays with their newest look and findings."""
    site = request.app[SITE]
    days = await site.asker.read(read_compliance)
    return page(
        request,
        "shelf",
        cameras=list(site.services.of(SHELF).cameras.values()),
        days=days[:COMPLIANCE_DAYS],
    )


async def bay(request: web.Request) -> web.Response:
    """`GET /manager/bay`: set up a bay (`?id=`), or a new bay."""
    site = request.app[SITE]
    id = request.query.get("id", "")
    plan = await site.asker.read(lambda db: read_planogram(db, id)) if id else None
    skus = [facing.sku for facing in plan.layout.facings if facing.sku] if plan else []
    names = await site.asker.read(lambda db: names_of(db, skus))
    layout = plan.layout if plan else {"corners": FALLBACK, "rows": (), "facings": ()}
    data = {"layout": layout, "full": plan.full if plan else "", "bare": plan.bare if plan else ""}
    return page(
        request,
        "bay",
        plan=plan,
        bay_id=id,
        cameras=sorted(site.services.of(SHELF).cameras),
        data=msgspec.json.encode(data).decode().replace("<", "\\u003c"),
        names=names,
    )


async def bottles(request: web.Request) -> web.Response:
    """`GET /manager/bottles`: count bottles in a picture, and measure bottle types for level reading."""
    asker = request.app[SITE].asker
    types = await asker.read(read_bottle_types)
    counts = [one for one in await asker.read(read_counts) if one.state == "open"]
    places = {one.id: one for one in await asker.read(read_locations) if one.is_active}
    known = await asker.read(lambda db: read_products(db, [one.sku for one in types]))
    return page(
        request,
        "bottles",
        types=types,
        counts=counts,
        locations=places,
        product_names={sku: product.names or {} for sku, (_, product, _) in known.items()},
        units={sku: product.unit for sku, (_, product, _) in known.items()},
    )


async def sign(request: web.Request) -> web.Response:
    """`GET /manager/sign`: the printable camera notice and, for data requests, the data stored in an hour (`?day=`,
    `?hour=`).
    """
    day, hour = request.query.get("day", ""), request.query.get("hour", "")
    kept = await stored_pictures(request, day, hour) if day else []
    return page(
        request,
        "camera_sign",
        cameras=list(request.app[SITE].services.of(SHELF).cameras.values()),
        of_day=day,
        of_hour=hour,
        kept=kept[:KEPT_SHOWN],
        kept_count=len(kept),
    )


def bays_of_today(db: Connection, day: str) -> list[BayShown]:
    """All bays with a planogram valid today."""
    looks = {look.bay: look for look in read_looks(db)}
    states = {one.camera: one.state for one in read_cameras(db)}
    found = []
    for plan in read_planograms(db, day):
        one = _bay_view(plan, looks.get(plan.bay), states.get(plan.camera, "offline"))
        day, night = (known.business_date if known and known.picture else "" for known in _newer(db, plan))
        found.append(msgspec.structs.replace(one, renewed_on=day, night_on=night))
    return found


def _newer(db: Connection, plan: PlanogramSet) -> tuple[RenewedReference | None, RenewedReference | None]:
    return read_reference(db, plan), read_reference(db, plan, "night")


def _bay_view(plan: PlanogramSet, look: BayLook | None, camera: str) -> BayShown:
    fresh = look if look and look.version == plan.edition else None
    seen = {one.id: one for one in fresh.look.facings} if fresh else {}
    drawn, counts = [], dict.fromkeys(("present", "low", "gap", "wrong", "blocked", "unknown"), 0)
    for facing in plan.layout.facings:
        one = seen.get(facing.id)
        state, sure, instead = (one.state, one.confidence, one.instead) if one else ("unknown", 0, "")
        counts[state] += 1
        points = " ".join(f"{x * 1000:.0f},{y * 1000:.0f}" for x, y in outline(plan.layout, facing))
        drawn.append(Drawn(facing.id, points, state, sure, facing.sku, instead))
    is_far = fresh is not None and fresh.look.shift_pm >= FAR_PM
    return BayShown(plan, fresh, camera, tuple(drawn), counts, is_far=is_far)


def _bays(source: FragmentSource, register: str) -> dict[str, Any]:
    db = source.shop.reader
    bays = bays_of_today(db, source.day())
    return {
        "bays": bays,
        "masked": frozenset(one.name for one in source.services.of(CONFIG).devices if one.camera.mask),
        "names": names_of(db, [facing.sku for one in bays for facing in one.facings]),
    }


def _findings(source: FragmentSource, register: str) -> dict[str, Any]:
    db = source.shop.reader
    found = read_findings(db, limit=FINDINGS_SHOWN)
    ended = [one for one in read_findings(db, open=False, limit=FINDINGS_SHOWN) if one.closed_us is not None][:20]
    skus = [sku for one in (*found, *ended) for sku in (one.sku, one.instead) if sku]
    bays = {plan.bay: plan.name for plan in read_planograms(db)}
    now_us = source.shop.now_us()
    costs = source.shop.registry.queries["gap_losses"].read(db)
    found = _sort_findings(by_loss(found, costs))
    lost = {one.finding: one for one in costs if one.lost_high_minor}
    fill = settings_of(source.config).is_about_to_open(now_us)
    return {
        "found": found,
        "ended": ended,
        "names": names_of(db, skus),
        "bays": bays,
        "fill_first": fill,
        "costs": lost,
        "as_planned": bool(bays) and not any(one.track.out_of_date for one in read_looks(db) if one.bay in bays),
    }


def _sort_findings(found: list[ShelfFinding]) -> list[ShelfFinding]:
    """Sort findings: first those that can be filled now, last gaps of out-of-stock products."""
    rank = {"gap": 0, "wrong": 1, "low": 2}
    return sorted(found, key=lambda one: (one.on_hand <= 0, rank.get(one.kind, 3)))


FRAGMENTS = (
    Fragment("shelf_bays", _bays, follows=(SHELVES,)),
    Fragment("shelf_findings", _findings, follows=(SHELVES, "committed")),
)
PAGES = (
    Page(
        path="/manager/shelf",
        name="shelf",
        handler=shelves,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock", "shelf_bays", "shelf_findings"),
        menu="shelf.title",
        group="stock",
        place=101,
        past=True,
        changed_by=("shelf",),
    ),
    Page(
        path="/manager/bay",
        name="bay",
        handler=bay,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        under="shelf",
        group="stock",
        place=102,
        past=True,
    ),
    Page(
        path="/manager/bottles",
        name="bottles",
        handler=bottles,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        menu="bottles.title",
        group="stock",
        place=103,
    ),
    Page(
        path="/manager/sign",
        name="camera_sign",
        handler=sign,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        under="shelf",
        group="stock",
        place=104,
    ),
)
