"""Places, levels and recalls, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge.core.messages import Refusal
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
from edge.shop.stock.rows import QUARANTINE, find_product, find_stocked, holder_named, kind_of, require_location

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


def set_location(tx: Transaction, command: SetLocation) -> None:
    many = tx.db.execute("SELECT count(*) FROM stock_location WHERE retired = 0").fetchone()[0]
    if many >= LOCATIONS_LIMIT and kind_of(tx.db, command.id) is None:
        raise Refusal("too_many_locations", {"limit": LOCATIONS_LIMIT})
    if command.id == MAIN and command.kind == "quarantine":
        raise Refusal("main_stays", {"location": MAIN})
    _refused_parent(tx.db, command)
    sold = tx.db.execute(_SELLS, (command.id,)).fetchone() if command.kind == QUARANTINE else None
    if sold:
        raise Refusal("location_sells", {"location": command.id, "register": sold[0]})
    about = (command.parent, command.position, command.capacity)
    tx.append(LocationSet(command.id, command.names, command.kind, *about))


def _refused_parent(db: Connection, command: SetLocation) -> None:
    """`Refusal`: why a place cannot be in that one: it is not there, it is in this one itself, or all of it lies too
    deep then."""
    if not command.parent:
        return
    if command.id == MAIN:
        raise Refusal("main_in_none", {"location": MAIN, "parent": command.parent})
    require_location(db, command.parent)
    parents = dict(db.execute("SELECT id, parent FROM stock_location WHERE NOT retired").fetchall())
    if parents.get(command.id) == command.parent:
        return
    above = list(_upward(parents, command.parent))
    if command.id in above:
        raise Refusal("location_in_itself", {"location": command.id, "parent": command.parent})
    if len(above) + _height(parents, command.id) > DEPTH_LIMIT:
        raise Refusal("location_too_deep", {"location": command.id, "limit": DEPTH_LIMIT})


def _upward(parents: Mapping[str, str], place: str) -> Iterator[str]:
    """A place, the one that it is in, and so on."""
    while place:
        yield place
        place = parents.get(place, "")


def _height(parents: Mapping[str, str], place: str) -> int:
    """How many places deep a place is with those in it: 1 where none is."""
    return 1 + max((_height(parents, one) for one, parent in parents.items() if parent == place), default=0)


def retire_location(tx: Transaction, command: RetireLocation) -> None:
    if command.id == MAIN:
        raise Refusal("main_stays", {"location": MAIN})
    if kind_of(tx.db, command.id) is None:
        raise Refusal("no_location", {"location": command.id})
    if held := tx.db.execute(_HELD, (command.id,)).fetchone():
        raise Refusal("location_holds", {"location": command.id, "sku": held[0]})
    if held := tx.db.execute(_CLAIMED, (command.id,)).fetchone():
        raise Refusal("location_promised", {"location": command.id, "holder": holder_named(*held)})
    if inner := tx.db.execute(_INNER, (command.id,)).fetchone():
        raise Refusal("location_has_places", {"location": command.id, "inner": inner[0]})
    if counted := tx.db.execute(_COUNTED, (command.id,)).fetchone():
        raise Refusal("location_counted", {"location": command.id, "count": counted[0]})
    if sold := tx.db.execute(_SELLS, (command.id,)).fetchone():
        raise Refusal("location_sells", {"location": command.id, "register": sold[0]})
    tx.append(LocationRetired(command.id))


def quarantine(tx: Transaction) -> str:
    """Where goods are put that may not be sold: the shop's first such place, and a new one where there is none."""
    if found := tx.db.execute(_QUARANTINE, (QUARANTINE,)).fetchone():
        return str(found[0])
    id = next(name for name in (QUARANTINE, f"{QUARANTINE}-1") if kind_of(tx.db, name) is None)
    tx.do(SetLocation(id, {"en": "Quarantine", "fr": "Quarantaine", "he": "הסגר"}, "quarantine"))
    return id


def set_selling_place(tx: Transaction, command: SetSellingPlace) -> None:
    require_location(tx.db, command.location)
    if kind_of(tx.db, command.location) == QUARANTINE:
        raise Refusal("not_sold_from", {"location": command.location})
    tx.append(SellingPlaceSet(command.register, command.location))


def set_levels(tx: Transaction, command: SetLevels) -> None:
    product = find_stocked(tx.db, command.sku)
    require_location(tx.db, command.location)
    if command.reorder > command.par:
        raise Refusal("levels_crossed", {"sku": product.sku})
    if (command.quantity or command.maximum) and not command.reorder:
        raise Refusal("levels_unset", {"sku": product.sku})
    if 0 < command.maximum < command.par:
        raise Refusal("maximum_crossed", {"sku": product.sku})
    if command.maximum and command.quantity > command.maximum - command.reorder:
        raise Refusal("quantity_crossed", {"sku": product.sku})
    levels = (command.par, command.reorder, command.quantity, command.maximum)
    tx.append(LevelsSet(product.sku, command.location, *levels))


def recall_lot(tx: Transaction, command: RecallLot) -> None:
    product = find_stocked(tx.db, command.sku)
    lot = command.lot.strip()
    if not lot:
        raise Refusal("lot_missing", {"sku": product.sku})
    for one in sorted({lot, *_written_so(tx.db, _KNOWN_LOTS, product.sku, lot)}):
        tx.append(LotRecalled(product.sku, one, command.note))


def lift_recall(tx: Transaction, command: LiftRecall) -> None:
    product = find_product(tx.db, command.sku)
    recalled = _written_so(tx.db, _RECALLED, product.sku, command.lot) if product else []
    if product is None or not recalled:
        raise Refusal("lot_not_recalled", {"sku": command.sku, "lot": command.lot})
    for one in recalled:
        tx.append(RecallLifted(product.sku, one))


def _written_so(db: Connection, lots: str, sku: str, lot: str) -> list[str]:
    """The lots of a product that somebody means who types this: whatever capitals and spaces are in it."""
    meant = "".join(lot.split()).casefold()
    return sorted(one for (one,) in db.execute(lots, (sku,)) if "".join(one.split()).casefold() == meant)
