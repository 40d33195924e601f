"""Places, levels and recalls, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.stock.commands import LiftRecall, RecallLot, RetireLocation, SetLevels, SetLocation, SetSellingPlace
from edge.shop.stock.events import (
    MAIN,
    LevelsSet,
    LocationRetired,
    LocationSet,
    LotRecalled,
    RecallLifted,
    SellingPlaceSet,
)
from edge.shop.stock.rows import QUARANTINE, find_product, holder_named, kind_of, require_location

LOCATIONS_LIMIT = 200
"""Places of one shop; the next one is refused."""
DEPTH_LIMIT = 8
"""Places within places: a store, a room, an aisle, a shelf, a slot, and some more."""
_HELD = "SELECT sku FROM stock_row WHERE location = ? AND quantity <> 0 LIMIT 1"
_QUARANTINE = "SELECT id FROM stock_location WHERE kind = ? AND NOT retired ORDER BY id LIMIT 1"
_INNER = "SELECT id FROM stock_location WHERE parent = ? AND NOT retired LIMIT 1"
_COUNTED = "SELECT number FROM stock_count WHERE location = ? AND state = 'open' LIMIT 1"
_KNOWN_LOTS = """
    SELECT lot FROM stock_row WHERE sku = ?1 AND lot <> ''
    UNION SELECT lot FROM stock_receipt WHERE sku = ?1 AND lot <> ''
"""
_RECALLED = "SELECT lot FROM stock_recall WHERE sku = ?"
_SELLS = "SELECT register FROM stock_register WHERE location = ?"
_CLAIMED = "SELECT holder, said FROM stock_claim WHERE location = ? LIMIT 1"


def set_location(tx: Transaction, command: SetLocation) -> Refused | None:
    many = tx.db.execute("SELECT count(*) FROM stock_location WHERE retired = 0").fetchone()[0]
    if many >= LOCATIONS_LIMIT and kind_of(tx.db, command.id) is None:
        return Refused("too_many_locations", {"limit": LOCATIONS_LIMIT})
    if command.id == MAIN and command.kind == "quarantine":
        return Refused("main_stays", {"location": MAIN})
    if refused := _refused_parent(tx.db, command):
        return refused
    sold = tx.db.execute(_SELLS, (command.id,)).fetchone() if command.kind == QUARANTINE else None
    if sold:
        return Refused("location_sells", {"location": command.id, "register": sold[0]})
    about = (command.parent, command.position, command.capacity)
    tx.append(LocationSet(command.id, command.names, command.kind, *about))
    return None


def _refused_parent(db: Connection, command: SetLocation) -> Refused | None:
    """Why a place cannot be in that one: it is not there, it is in this one itself, or all of it lies too deep then."""
    if not command.parent:
        return None
    if command.id == MAIN:
        return Refused("main_in_none", {"location": MAIN, "parent": command.parent})
    if refused := require_location(db, command.parent):
        return refused
    parents = dict(db.execute("SELECT id, parent FROM stock_location WHERE NOT retired").fetchall())
    if parents.get(command.id) == command.parent:
        return None  # it stays where it is, however deep that is
    above = list(_upward(parents, command.parent))
    if command.id in above:
        return Refused("location_in_itself", {"location": command.id, "parent": command.parent})
    if len(above) + _height(parents, command.id) > DEPTH_LIMIT:
        return Refused("location_too_deep", {"location": command.id, "limit": DEPTH_LIMIT})
    return None


def _upward(parents: Mapping[str, str], place: str) -> Iterator[str]:
    """A place, the one that it is in, and so on."""
    while place:
        yield place
        place = parents.get(place, "")


def _height(parents: Mapping[str, str], place: str) -> int:
    """How many places deep a place is with those in it: 1 where none is."""
    return 1 + max((_height(parents, one) for one, parent in parents.items() if parent == place), default=0)


def retire_location(tx: Transaction, command: RetireLocation) -> Refused | None:
    if command.id == MAIN:
        return Refused("main_stays", {"location": MAIN})
    if kind_of(tx.db, command.id) is None:
        return Refused("no_location", {"location": command.id})
    if held := tx.db.execute(_HELD, (command.id,)).fetchone():
        return Refused("location_holds", {"location": command.id, "sku": held[0]})
    if held := tx.db.execute(_CLAIMED, (command.id,)).fetchone():
        return Refused("location_promised", {"location": command.id, "holder": holder_named(*held)})
    if inner := tx.db.execute(_INNER, (command.id,)).fetchone():
        return Refused("location_has_places", {"location": command.id, "inner": inner[0]})
    if counted := tx.db.execute(_COUNTED, (command.id,)).fetchone():
        return Refused("location_counted", {"location": command.id, "count": counted[0]})
    if sold := tx.db.execute(_SELLS, (command.id,)).fetchone():
        return Refused("location_sells", {"location": command.id, "register": sold[0]})
    tx.append(LocationRetired(command.id))
    return None


def quarantine(tx: Transaction) -> str:
    """Where goods are put that may not be sold: the shop's first such place, and a new one where there is none."""
    if found := tx.db.execute(_QUARANTINE, (QUARANTINE,)).fetchone():
        return str(found[0])
    id = next(name for name in (QUARANTINE, f"{QUARANTINE}-1") if kind_of(tx.db, name) is None)
    tx.do(SetLocation(id, {"en": "Quarantine", "fr": "Quarantaine", "he": "הסגר"}, "quarantine"))
    return id


def set_selling_place(tx: Transaction, command: SetSellingPlace) -> Refused | None:
    if refused := require_location(tx.db, command.location):
        return refused
    if kind_of(tx.db, command.location) == QUARANTINE:
        return Refused("not_sold_from", {"location": command.location})
    tx.append(SellingPlaceSet(command.register, command.location))
    return None


def set_levels(tx: Transaction, command: SetLevels) -> Refused | None:
    product = find_product(tx.db, command.sku)
    if product is None:
        return Refused("unknown_sku", {"sku": command.sku})
    if refused := require_location(tx.db, command.location):
        return refused
    if command.reorder > command.par:
        return Refused("levels_crossed", {"sku": product.sku})
    if (command.quantity or command.maximum) and not command.reorder:
        return Refused("levels_unset", {"sku": product.sku})
    if 0 < command.maximum < command.par:
        return Refused("maximum_crossed", {"sku": product.sku})
    if command.maximum and command.quantity > command.maximum - command.reorder:
        return Refused("quantity_crossed", {"sku": product.sku})
    levels = (command.par, command.reorder, command.quantity, command.maximum)
    tx.append(LevelsSet(product.sku, command.location, *levels))
    return None


def recall_lot(tx: Transaction, command: RecallLot) -> Refused | None:
    product = find_product(tx.db, command.sku)
    if product is None:
        return Refused("unknown_sku", {"sku": command.sku})
    lot = command.lot.strip()
    if not lot:
        return Refused("lot_missing", {"sku": product.sku})
    for one in sorted({lot, *_written_so(tx.db, _KNOWN_LOTS, product.sku, lot)}):
        tx.append(LotRecalled(product.sku, one, command.note))
    return None


def lift_recall(tx: Transaction, command: LiftRecall) -> Refused | None:
    product = find_product(tx.db, command.sku)
    recalled = _written_so(tx.db, _RECALLED, product.sku, command.lot) if product else []
    if product is None or not recalled:
        return Refused("lot_not_recalled", {"sku": command.sku, "lot": command.lot})
    for one in recalled:
        tx.append(RecallLifted(product.sku, one))
    return None


def _written_so(db: Connection, lots: str, sku: str, lot: str) -> list[str]:
    """The lots of a product that somebody means who types this: whatever capitals and spaces are in it."""
    meant = "".join(lot.split()).casefold()
    return sorted(one for (one,) in db.execute(lots, (sku,)) if "".join(one.split()).casefold() == meant)
