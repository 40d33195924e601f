"""Stock locations and levels as master data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE
from edge.goods.stock.commands import RetireLocation, SetLevels, SetLocation
from edge.goods.stock.events import LevelsSet, LocationRetired, LocationSet
from edge.goods.stock.location import LOCATIONS_LIMIT, MAIN, StockLevels, StockLocation
from edge.goods.stock.rows import QUARANTINE, find_stocked, holder_named, require_location

DEPTH_LIMIT = 8
"""Maximum nesting depth of locations: a store, a room, an aisle, a shelf, a slot, and a few more."""
_HELD = "SELECT sku FROM stock_row WHERE location = ? AND quantity <> 0 LIMIT 1"
_INNER = "SELECT id FROM stock_location WHERE parent = ? AND NOT retired LIMIT 1"
_COUNTED = "SELECT number FROM stock_count WHERE location = ? AND state = 'open' LIMIT 1"
_SELLS = "SELECT register FROM stock_register WHERE location = ?"
_CLAIMED = "SELECT holder, said FROM stock_claim WHERE location = ? LIMIT 1"


def kind_fits(tx: Transaction, wanted: StockLocation, known: StockLocation | None) -> StockLocation:
    """Raise `Refusal` if the main location, or one that a register sells from, would become a quarantine."""
    if wanted.kind == QUARANTINE:
        if wanted.id == MAIN:
            raise Refusal("main_stays", {"location": MAIN})
        if sold := tx.db.execute(_SELLS, (wanted.id,)).fetchone():
            raise Refusal("location_sells", {"location": wanted.id, "register": sold[0]})
    return wanted


def parent_fits(tx: Transaction, wanted: StockLocation, known: StockLocation | None) -> StockLocation:
    """Return the wanted location.

    Raises `Refusal` if the parent location doesn't exist, is inside this one, or is nested too deeply, or if the main
    location would get a parent.
    """
    if not wanted.parent:
        return wanted
    if wanted.id == MAIN:
        raise Refusal("main_in_none", {"location": MAIN, "parent": wanted.parent})
    require_location(tx.db, wanted.parent)
    if known and known.parent == wanted.parent:
        return wanted
    parents = {one.id: one.parent for one in LOCATIONS.read(tx.db)}
    above = list(_upward(parents, wanted.parent))
    if wanted.id in above:
        raise Refusal("location_in_itself", {"location": wanted.id, "parent": wanted.parent})
    if len(above) + _height(parents, wanted.id) > DEPTH_LIMIT:
        raise Refusal("location_too_deep", {"location": wanted.id, "limit": DEPTH_LIMIT})
    return wanted


def _upward(parents: Mapping[str, str], place: str) -> Iterator[str]:
    """Yield a location and its ancestors, nearest first."""
    while place:
        yield place
        place = parents.get(place, "")


def _height(parents: Mapping[str, str], place: str) -> int:
    """The number of nesting levels of a location and those inside it; 1 if it contains none."""
    return 1 + max((_height(parents, one) for one, parent in parents.items() if parent == place), default=0)


def is_empty(tx: Transaction, command: RetireLocation) -> None:
    """Raise `Refusal` for the main location, and one with stock, reservations, inner locations, counts or registers."""
    id, db = command.id, tx.db
    if id == MAIN:
        raise Refusal("main_stays", {"location": MAIN})
    if held := db.execute(_HELD, (id,)).fetchone():
        raise Refusal("location_holds", {"location": id, "sku": held[0]})
    if held := db.execute(_CLAIMED, (id,)).fetchone():
        raise Refusal("location_promised", {"location": id, "holder": holder_named(*held)})
    if inner := db.execute(_INNER, (id,)).fetchone():
        raise Refusal("location_has_places", {"location": id, "inner": inner[0]})
    if counted := db.execute(_COUNTED, (id,)).fetchone():
        raise Refusal("location_counted", {"location": id, "count": counted[0]})
    if sold := db.execute(_SELLS, (id,)).fetchone():
        raise Refusal("location_sells", {"location": id, "register": sold[0]})


def levels_fit(tx: Transaction, wanted: StockLevels, known: StockLevels | None) -> StockLevels:
    """The levels with the product's own number.

    Raises `Refusal` if they contradict each other or the location doesn't exist.
    """
    sku = find_stocked(tx.db, wanted.sku).sku
    require_location(tx.db, wanted.location)
    if wanted.reorder > wanted.par:
        raise Refusal("levels_crossed", {"sku": sku})
    if (wanted.quantity or wanted.maximum) and not wanted.reorder:
        raise Refusal("levels_unset", {"sku": sku})
    if 0 < wanted.maximum < wanted.par:
        raise Refusal("maximum_crossed", {"sku": sku})
    if wanted.maximum and wanted.quantity > wanted.maximum - wanted.reorder:
        raise Refusal("quantity_crossed", {"sku": sku})
    return msgspec.structs.replace(wanted, sku=sku)


LOCATIONS = Entity(
    StockLocation,
    table="stock_location",
    set_by=SetLocation,
    was_set=LocationSet,
    end_by=RetireLocation,
    was_ended=LocationRetired,
    right=MANAGE,
    keeps_ended=True,
    is_at_hub=False,
    limit=CountLimit(LOCATIONS_LIMIT, "too_many_locations"),
    unknown=Unknown("no_location", "location"),
    checks=(kind_fits, parent_fits),
    end_checks=(is_empty,),
)
LEVELS = Entity(
    StockLevels,
    table="stock_level",
    set_by=SetLevels,
    was_set=LevelsSet,
    is_nothing=lambda one: not one.par and not one.reorder,
    right=MANAGE,
    is_at_hub=False,
    key=("sku", "location"),
    checks=(levels_fit,),
)
"""Stock levels. Their table has an additional column, `status`, which stock movements update."""
