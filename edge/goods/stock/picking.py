"""Pick lists for orders and transfers, in walking order."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.storage.database import Connection
from edge.goods.stock.lists.listings import read_locations
from edge.goods.stock.rows import QUARANTINE, rows_at
from edge.goods.stock.rules import StockRow


class PickWanted(msgspec.Struct, frozen=True):
    """A quantity of a product to pick, in thousandths; of one lot if given."""

    sku: str
    names: dict[str, str]
    quantity: int
    lot: str = ""


class Pick(msgspec.Struct, frozen=True):
    """A pick: a quantity of a product, in thousandths, of a lot at a location."""

    location: str
    sku: str
    names: dict[str, str]
    lot: str
    expiry: str
    quantity: int


class PickList(msgspec.Struct, frozen=True):
    """The picks, location by location; `lacking`: goods that no location has, to be searched for or substituted."""

    picks: list[Pick]
    lacking: list[PickWanted]


def pick_list(db: Connection, wanted: Iterable[PickWanted], within: str, today: str) -> PickList:
    """Choose the locations to pick from: first expired first, then first received.

    Expired, recalled and quarantined goods are never picked. `within`: only this location and those inside it ("":
    all).
    """
    places = [one for one in read_locations(db) if one.is_active]
    inside = {within}
    for one in places:  # a location is listed after the one that contains it
        if one.parent in inside and within:
            inside.add(one.id)
    walk = [one.id for one in places if one.kind != QUARANTINE and (not within or one.id in inside)]
    turn = {id: at for at, id in enumerate(walk)}
    taken: dict[tuple[str, str, str, str], int] = {}
    picks: list[Pick] = []
    lacking: list[PickWanted] = []
    for want in wanted:
        left = want.quantity
        for row in sorted(_free(db, want, walk, today), key=lambda row: (row.expiry or "z", row.arrived)):
            key = (want.sku, row.location, row.lot, row.expiry)
            much = min(left, row.quantity - taken.get(key, 0))
            if much <= 0:
                continue
            taken[key] = taken.get(key, 0) + much
            picks.append(Pick(row.location, want.sku, want.names, row.lot, row.expiry, much))
            left -= much
        if left > 0:
            lacking.append(msgspec.structs.replace(want, quantity=left))
    picks.sort(key=lambda pick: (turn[pick.location], pick.sku, pick.expiry))
    return PickList(picks, lacking)


def _free(db: Connection, want: PickWanted, walk: list[str], today: str) -> list[StockRow]:
    rows = [row for place in walk for row in rows_at(db, want.sku, place, today)]
    return [row for row in rows if row.quantity > 0 and not row.barred and want.lot in ("", row.lot)]
