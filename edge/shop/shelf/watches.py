"""What of the shelves wants a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.shop.shelf.queries import read_cameras, read_findings, read_looks, read_planograms
from edge.shop.shelf.reconcile import phantoms
from edge.shop.shelf.rules import MINUTE_US
from edge.shop.shelf.settings import ShelfSettings
from edge.shop.stock.queries import read_stock

CAMERA_US = 10 * MINUTE_US
"""A camera that is back sooner is nobody's business."""
QUIET_STATES = frozenset({"ok", "night"})

Reading = Callable[[Connection, int, str], Iterable[Condition]]


def watches(settings: ShelfSettings) -> tuple[Watch, ...]:
    """What is looked for again and again."""
    return (
        Watch("shelf_gap", "medium", _gaps),
        Watch("shelf_wrong", "low", _wrongs),
        Watch("shelf_camera", "medium", _cameras),
        Watch("planogram_old", "low", _out_of_date),
        Watch("phantom_stock", "medium", _phantoms(settings), every_s=600),
    )


def _gaps(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
    """One for each bay. A gap of what there is none of is expected: that is for the next order."""
    yield from _by_bay(db, "gap", lambda sku: read_stock(db, sku) > 0)


def _wrongs(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
    yield from _by_bay(db, "wrong", lambda sku: True)


def _by_bay(db: Connection, kind: str, counts: Callable[[str], bool]) -> Iterator[Condition]:
    names = {plan.bay: plan.name for plan in read_planograms(db)}
    bays: dict[str, list[tuple[int, str]]] = {}
    for found in read_findings(db):
        if found.kind == kind and counts(found.sku):
            bays.setdefault(found.bay, []).append((found.seq, found.sku))
    for bay, skus in bays.items():
        first, sku = skus[-1]
        yield Condition(bay, {"bay": names.get(bay, bay), "count": len(skus), "sku": sku}, cause_seq=first)


def _cameras(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
    used = {plan.camera for plan in read_planograms(db)}
    for one in read_cameras(db):
        if one.camera in used and one.state not in QUIET_STATES and now_us - one.since_us >= CAMERA_US:
            yield Condition(one.camera, {"camera": one.camera, "state": one.state}, cause_seq=one.seq)


def _out_of_date(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
    names = {plan.bay: plan.name for plan in read_planograms(db)}
    for look in read_looks(db):
        if look.track.out_of_date and look.bay in names:
            yield Condition(look.bay, {"bay": names[look.bay]})


def _phantoms(settings: ShelfSettings) -> Reading:
    def read(db: Connection, now_us: int, day: str) -> Iterator[Condition]:
        for one in phantoms(db, now_us, settings):
            if one.percent >= 80:
                yield Condition(one.sku, {"sku": one.sku, "percent": one.percent}, cause_seq=one.finding)

    return read
