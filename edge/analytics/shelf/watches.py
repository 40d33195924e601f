"""Shelf alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from edge.analytics.shelf.queries import (
    CameraSeen,
    ShelfFinding,
    read_cameras,
    read_findings,
    read_looks,
    read_planograms,
)
from edge.analytics.shelf.reconcile import Losses, Phantom, by_loss, is_to_fill, phantoms, silent_stock
from edge.analytics.shelf.rules import DIRTY_US, HIDDEN_US, MINUTE_US
from edge.analytics.shelf.settings import ShelfSettings
from edge.core.registry import Condition, Pacing, Watch
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_sku
from edge.lib.i18n import name_values
from edge.lib.sight.kinds import BayLayout

CAMERA_US = 10 * MINUTE_US
"""Time after which an unreachable camera is reported."""
QUIET_STATES = frozenset({"ok", "night"})
SMALL_SHIFT = 0.1
LOOKS_LATE = 5
"""Number of failed looks after which a bay counts as unobserved."""
LIKELY = 80
"""Probability in percent from which missing goods are reported."""
ALONE, NAMED = 3, 6
"""Maximum separate reports of missing goods (more are reported as one list), and the number of goods named in that
list.
"""

PACING = Pacing(an_hour=6, apart_s=15 * 60)
"""A person gets at most six shelf messages an hour, and one per bay every 15 minutes; the page shows all of them."""

Reading = Callable[[Connection, int, str], Iterable[Condition]]


def watches(settings: ShelfSettings, losses: Losses) -> tuple[Watch, ...]:
    """The watches of shelves; the one for gaps also calculates their cost."""
    found = (
        Watch("shelf_gap", "medium", _gaps(losses)),
        Watch("shelf_wrong", "low", _wrongs),
        Watch("shelf_to_fill", "low", _to_fill(settings)),
        Watch("shelf_hidden", "low", _hidden_bays(settings)),
        Watch("shelf_drifted", "low", _drifted_cameras),
        Watch("shelf_dirty", "low", _dirty),
        Watch("shelf_camera", "medium", _cameras(settings)),
        Watch("shelf_moved", "medium", _moved_cameras(settings)),
        Watch("planogram_old", "low", _out_of_date),
        Watch("phantom_stock", "medium", _phantoms(settings), every_s=600),
        Watch("silent_stock", "low", _silent(settings), every_s=3600),
        Watch("silent_list", "low", _silent_list(settings), every_s=3600),
    )
    return tuple(msgspec.structs.replace(one, pacing=PACING) for one in found)


def _gaps(losses: Losses) -> Reading:
    """One alert per bay, named after the product with the largest loss.

    Products that are out of stock need an order and are omitted, as are retired and recalled ones.
    """

    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        gaps = [one for one in read_findings(db) if one.kind == "gap"]
        losses.reckon(db, gaps, now_us)
        found = by_loss(gaps, losses.known_costs())
        yield from _by_bay(db, [one for one in found if is_to_fill(db, one.sku)])

    return read


def _wrongs(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
    yield from _by_bay(db, [one for one in reversed(read_findings(db)) if one.kind == "wrong"])


def _by_bay(db: Connection, findings: Iterable[ShelfFinding]) -> Iterator[Condition]:
    """One condition per bay, named after its first finding."""
    names = {plan.bay: plan.name for plan in read_planograms(db)}
    bays: dict[str, list[ShelfFinding]] = {}
    for found in findings:
        bays.setdefault(found.bay, []).append(found)
    for bay, some in bays.items():
        values: dict[str, str | int] = {"bay": names.get(bay, bay), "count": len(some), "sku": some[0].sku}
        yield Condition(bay, values, cause_seq=min(one.seq for one in some))


def _to_fill(settings: ShelfSettings) -> Reading:
    """Gaps that can be filled, reported in the half hour before opening."""

    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        if settings.is_about_to_open(now_us):
            gaps = [one for one in read_findings(db) if one.kind != "wrong" and is_to_fill(db, one.sku)]
            if gaps:
                yield Condition("shop", {"count": len(gaps)})

    return read


def _hidden_bays(settings: ShelfSettings) -> Reading:
    """Bays with a facing hidden for half an hour by their newest look; bays without recent looks are left out."""
    fresh_us = max(LOOKS_LATE * settings.look_every_s * 1_000_000, HIDDEN_US)

    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        names = {plan.bay: plan.name for plan in read_planograms(db)}
        for look in read_looks(db):
            since_us = min(look.track.hidden.values(), default=now_us)
            if look.bay in names and look.at_us - since_us >= HIDDEN_US and now_us - look.at_us < fresh_us:
                yield Condition(look.bay, {"bay": names[look.bay]})

    return read


def _drifted_cameras(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
    """Small camera movements. They are compensated for, but noted because they may continue."""
    plans = {plan.bay: plan for plan in read_planograms(db)}
    for look in read_looks(db):
        plan = plans.get(look.bay)
        if plan is not None and look.look.camera in QUIET_STATES and look.look.shift_pm > _small_pm(plan.layout):
            yield Condition(look.bay, {"bay": plan.name, "camera": plan.camera})


def _dirty(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
    """Blurred camera areas that last for days and need cleaning; only a note, as the camera still works."""
    names = {plan.bay: plan for plan in read_planograms(db)}
    for look in read_looks(db):
        plan = names.get(look.bay)
        if plan is not None and any(look.at_us - since_us >= DIRTY_US for since_us in look.track.soft.values()):
            yield Condition(look.bay, {"bay": plan.name, "camera": plan.camera})


def _small_pm(layout: BayLayout) -> int:
    """A tenth of a typical facing's width, in thousandths of the picture's, and at least a pixel or two."""
    x = [corner[0] for corner in layout.corners]
    widths = sorted(facing.right - facing.left for facing in layout.facings)
    usual = widths[len(widths) // 2] if widths else 0.1
    return max(5, round((max(x) - min(x)) * usual * SMALL_SHIFT * 1000))


def _cameras(settings: ShelfSettings) -> Reading:
    """Unreliable cameras: unreachable ones in one alert, as they usually share a cause, others one by one.

    Moved cameras have their own watch.
    """

    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        lasting = _lasting(db, now_us, settings)
        gone = [one for one in lasting if one.state == "offline"]
        if gone:
            names = ", ".join(one.camera for one in gone)
            yield Condition("offline", {"camera": names, "camera_state": "offline"}, cause_seq=gone[0].seq)
        for one in lasting:
            if one.state not in ("offline", "moved"):
                yield Condition(one.camera, {"camera": one.camera, "camera_state": one.state}, cause_seq=one.seq)

    return read


def _lasting(db: Connection, now_us: int, settings: ShelfSettings) -> list[CameraSeen]:
    """Cameras of bays that have been unreliable for ten minutes of opening hours."""
    used = {plan.camera for plan in read_planograms(db)}
    bad = [one for one in read_cameras(db) if one.camera in used and one.state not in QUIET_STATES]
    return [one for one in bad if settings.open_us(one.since_us, now_us) >= CAMERA_US]


def _moved_cameras(settings: ShelfSettings) -> Reading:
    """Cameras that moved. The shelf page then shows both pictures and can apply the new corners with one tap."""

    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        for one in _lasting(db, now_us, settings):
            if one.state == "moved":
                yield Condition(one.camera, {"camera": one.camera}, cause_seq=one.seq)

    return read


def _out_of_date(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
    names = {plan.bay: plan.name for plan in read_planograms(db)}
    for look in read_looks(db):
        if look.track.out_of_date and look.bay in names:
            yield Condition(look.bay, {"bay": names[look.bay]})


def _phantoms(settings: ShelfSettings) -> Reading:
    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        for one in phantoms(db, now_us, settings):
            if one.percent >= LIKELY:
                yield Condition(one.sku, _product_values(db, one), cause_seq=one.finding)

    return read


def _silent(settings: ShelfSettings) -> Reading:
    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        found = _likely(db, now_us, settings)
        if len(found) <= ALONE:
            for one in found:
                yield Condition(one.sku, _product_values(db, one))

    return read


def _silent_list(settings: ShelfSettings) -> Reading:
    """One alert for many products, naming the most probable ones, because a shop counts them in one round."""

    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        found = _likely(db, now_us, settings)
        if len(found) > ALONE:
            named = [_product_values(db, one) for one in found[:NAMED]]
            keys = dict.fromkeys(key for one in named for key in one if key.startswith("name"))
            told = {key: ", ".join(str(one.get(key, one["name"])) for one in named) for key in keys}
            yield Condition("goods", {"goods": len(found), **told})

    return read


def _likely(db: Connection, now_us: int, settings: ShelfSettings) -> list[Phantom]:
    return [one for one in silent_stock(db, now_us, settings) if one.percent >= LIKELY]


def _product_values(db: Connection, one: Phantom) -> dict[str, str | int]:
    """The values for a product's alert text: its names in each language."""
    product = find_by_sku(db, one.sku)
    names = product.names if product and product.names else {}
    first = next(iter(names.values()), one.sku)
    return {"sku": one.sku, "percent": one.percent, "name": first, **name_values(names)}
