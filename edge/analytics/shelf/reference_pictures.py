"""Reference pictures for recognition: from the catalogue, from facings of complete bays, and from findings judged wrong
by users."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

from edge.analytics.shelf.events import PlanogramSet
from edge.analytics.shelf.pictures import ShelfPictures
from edge.analytics.shelf.queries import read_mistaken, read_planograms
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import read_pictures
from edge.lib.sight.kinds import ALBUM, LOOKS_OF_PRODUCT, KnownLook

_PLAIN = re.compile(r"[\w.-]{1,100}")


def album_of(db: Connection, catalogue: Path, pictures: ShelfPictures) -> tuple[tuple[KnownLook, ...], str]:
    """Choose the reference pictures: at most ALBUM, LOOKS_OF_PRODUCT per product, those from its shelves first; and a
    name for exactly this set."""
    found: list[KnownLook] = []
    for plan in read_planograms(db):
        for facing in plan.layout.facings:
            box = facing.left, facing.top, facing.right, facing.bottom
            if facing.sku and plan.full:
                found.append(KnownLook(facing.sku, str(pictures.path(plan.full)), plan.layout.corners, box))
        found += _mistaken(db, plan, pictures)
    found += [
        KnownLook(sku, str(catalogue / name))
        for sku, name in read_pictures(db, ALBUM)
        if _PLAIN.fullmatch(name) and not name.startswith(".")
    ]
    of: Counter[str] = Counter()
    album: list[KnownLook] = []
    for look in found:
        of[look.sku] += 1
        if of[look.sku] <= LOOKS_OF_PRODUCT and len(album) < ALBUM:
            album.append(look)
    return tuple(album), hashlib.sha256(repr(album).encode()).hexdigest()[:20]


def _mistaken(db: Connection, plan: PlanogramSet, pictures: ShelfPictures) -> list[KnownLook]:
    """Facings in pictures that users confirmed to show the planned goods."""
    made = []
    boxes = {one.id: (one.left, one.top, one.right, one.bottom) for one in plan.layout.facings}
    for found in read_mistaken(db, plan):
        path = pictures.path(found.picture)
        if path.exists():
            made += [KnownLook(found.sku, str(path), plan.layout.corners, boxes[id]) for id in found.facings]
    return made
