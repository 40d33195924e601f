"""Stock rows in the form required by the rules, and their locations."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_sku, is_divided, json_text
from edge.goods.stock.commands import Moved
from edge.goods.stock.events import Move
from edge.goods.stock.location import MAIN
from edge.goods.stock.rules import StockRow, is_barred
from edge.lib import i18n
from edge.lib.units.quantity import SERVICE, THOUSANDTHS

QUARANTINE = "quarantine"
_ROWS = "SELECT location, lot, expiry, quantity, boxes, box, arrived FROM stock_row WHERE sku = ? AND location = ?"
_NOT_PLAIN = """
    SELECT p.sku, 1 FROM json_each(?1) j JOIN product p ON p.sku = j.value
    WHERE instr(p.body, '"service"') AND p.body ->> 'unit' = 'service'
    UNION ALL SELECT r.sku, 0 FROM json_each(?1) j JOIN stock_row r ON r.sku = j.value AND r.location = ?2
    WHERE r.boxes <> 0 OR r.lot <> '' OR r.expiry <> ''
"""
_ON_HAND_AT = "SELECT coalesce(sum(quantity), 0) FROM stock_row WHERE sku = ? AND location = ?"
_RESERVED_AT = """
    SELECT coalesce(sum(quantity), 0) FROM stock_claim WHERE sku = ? AND kind = 'reserved' AND location = ?
"""
_AVAILABLE = """
    SELECT coalesce((SELECT on_hand FROM stock WHERE sku = ?1), 0)
         - (SELECT coalesce(sum(quantity), 0) FROM stock_claim WHERE sku = ?1 AND kind = 'reserved')
         - (SELECT coalesce(sum(r.quantity), 0) FROM stock_location l JOIN stock_row r
            ON r.sku = ?1 AND r.location = l.id WHERE l.kind = 'quarantine')
"""

_SHORT = """
    SELECT coalesce(p.body ->> '$.names', '{}') FROM stock_row r LEFT JOIN product p USING (sku)
    WHERE r.sku = ?1 AND r.lot = ?2 AND r.quantity < 0
    AND r.location = coalesce((SELECT location FROM stock_register WHERE register = ?3), ?4)
    AND (r.lot <> '' OR p.body ->> '$.expiry_days' IS NOT NULL
         OR EXISTS (SELECT 1 FROM stock_receipt o WHERE o.sku = ?1 AND o.lot <> ''))
"""


_EXPIRIES_OF_LOT = """
    SELECT expiry FROM (
        SELECT expiry, iif(location = ?3, 0, 1) AS how FROM stock_row WHERE sku = ?1 AND lot = ?2 AND quantity > 0
        UNION ALL SELECT expiry, 2 FROM stock_receipt WHERE sku = ?1 AND lot = ?2 AND quantity > 0)
    GROUP BY expiry ORDER BY min(how), expiry
"""


class SoldShort(msgspec.Struct, frozen=True):
    """A product sold beyond its known stock. `lot`: the scanned lot ("": none)."""

    sku: str
    names: dict[str, str]
    lot: str


def sold_short(db: Connection, moves: Iterable[Moved], register: str, most: int) -> list[SoldShort]:
    """Return up to `most` lot-tracked products that a register's sale left below zero.

    Products without lots are ignored: in a shop that never counts, all of them are below zero.
    """
    found: list[SoldShort] = []
    for move in moves:
        row = db.execute(_SHORT, (move.sku, move.lot, register, MAIN)).fetchone() if len(found) < most else None
        if row is not None:
            found.append(SoldShort(move.sku, msgspec.json.decode(row[0], type=dict[str, str]), move.lot))
    return found


def rows_at(db: Connection, sku: str, location: str, today: str, box: int | None = None) -> list[StockRow]:
    """A product's stock rows. With `box`, closed boxes of another size count as loose goods."""
    found = [StockRow(*row) for row in db.execute(_ROWS, (sku, location))]
    if box is not None:
        found = [row if row.box == box else msgspec.structs.replace(row, boxes=0, box=box) for row in found]
    if not any(row.lot or row.expiry for row in found):
        return found
    recalled = recalled_lots(db, sku)
    return [
        msgspec.structs.replace(row, barred=True) if is_barred(row.lot, row.expiry, today, recalled) else row
        for row in found
    ]


def rows_of(
    db: Connection, skus: Iterable[str], location: str, today: str
) -> tuple[dict[str, list[StockRow]], set[str]]:
    """Return the rows of products that have boxes, lots or expiry dates, by product, and the products that are
    services.

    A sale of other products needs no rows (see `rules.sell`). Services have no stock.
    """
    found: dict[str, list[StockRow]] = {}
    services = set[str]()
    for sku, is_service in db.execute(_NOT_PLAIN, (json_text(set(skus)), location)).fetchall():
        if is_service:
            services.add(sku)
        elif sku not in found:
            found[sku] = rows_at(db, sku, location, today)
    return found, services


def recalled_lots(db: Connection, sku: str) -> frozenset[str]:
    """A product's recalled lots."""
    return frozenset(lot for (lot,) in db.execute("SELECT lot FROM stock_recall WHERE sku = ?", (sku,)))


def on_hand_at(db: Connection, sku: str, location: str) -> int:
    """Thousandths of a product at a location."""
    return int(db.execute(_ON_HAND_AT, (sku, location)).fetchone()[0])


def reserved_at(db: Connection, sku: str, location: str) -> int:
    """Thousandths of a product reserved at a location."""
    return int(db.execute(_RESERVED_AT, (sku, location)).fetchone()[0])


def available_at(db: Connection, sku: str, location: str) -> int:
    """The unreserved quantity of a product at a location; 0 in quarantine."""
    if kind_of(db, location) == QUARANTINE:
        return 0
    return on_hand_at(db, sku, location) - reserved_at(db, sku, location)


def holder_named(holder: str, said: str) -> str:
    """The display name of the holder of a reservation or expected stock, without its internal id.

    >>> holder_named("order:o7f", "K12"), holder_named("cart:c9a", ""), holder_named("purchase-3", "")
    ('K12', 'cart', 'purchase-3')
    """
    return said or holder.partition(":")[0]


def first_look(db: Connection, sku: str, location: str) -> list[Move]:
    """Movements for a count that finds the expected quantity: none, or for an unwatched product an empty movement.

    That movement starts watching the product, so that it can become low.
    """
    found = db.execute("SELECT watched FROM stock WHERE sku = ?", (sku,)).fetchone()
    return [] if found and found[0] else [Move(sku, 0, location=location)]


def available(db: Connection, sku: str) -> int:
    """The unreserved quantity of a product at all locations except quarantine."""
    return int(db.execute(_AVAILABLE, (sku,)).fetchone()[0])


def known_expiries(db: Connection, sku: str, location: str, lot: str) -> list[str]:
    """A lot's known expiry dates, at the location, elsewhere and on receipt; empty without a lot."""
    rows = db.execute(_EXPIRIES_OF_LOT, (sku, lot, location)) if lot else ()
    return [expiry for (expiry,) in rows]


def kind_of(db: Connection, location: str) -> str | None:
    """A location's kind; None if it doesn't exist."""
    found = db.execute("SELECT kind, retired FROM stock_location WHERE id = ?", (location,)).fetchone()
    if found is None:
        return "shop_floor" if location == MAIN else None
    return None if found[1] else str(found[0])


def require_location(db: Connection, location: str) -> None:
    if not kind_of(db, location):
        raise Refusal("no_location", {"location": location})


def breaks_pieces(db: Connection, product: CatalogProduct, quantity: int) -> bool:
    """Whether a quantity contains a fraction of an unopened piece.

    Fractions are allowed for products that recipes pour from, and for those with an open piece, which another store may
    have sent.
    """
    if product.unit != "piece" or not quantity % THOUSANDTHS or is_divided(db, product.sku):
        return False
    found = db.execute("SELECT on_hand FROM stock WHERE sku = ?", (product.sku,)).fetchone()
    return not found or not found[0] % THOUSANDTHS


def find_product(db: Connection, text: str) -> CatalogProduct | None:
    """A product by its number or any of its codes."""
    return find_by_sku(db, text) or find_by_code(db, text)


def find_stocked(db: Connection, text: str) -> CatalogProduct:
    """A product that can have stock. Raises `Refusal` if it is unknown or a service."""
    product = find_product(db, text)
    if product is None:
        raise Refusal("unknown_sku", {"sku": text})
    if product.unit == SERVICE:
        raise Refusal("service_no_stock", {"sku": product.sku})
    return product


def closed_and_loose(product: CatalogProduct, boxes: int, units: int) -> tuple[int, int]:
    """Closed boxes and loose thousandths of a product; if a case's code was scanned, `units` counts cases, and cases of
    box size count as boxes.

    >>> closed_and_loose(CatalogProduct(sku="lager", box=24, units=24), 0, 2_000)
    (2, 0)
    >>> closed_and_loose(CatalogProduct(sku="lager", box=24, units=6), 1, 2_000)
    (1, 12000)
    """
    if product.units == product.box and not units % THOUSANDTHS:
        return (boxes, units) if product.units == 1 else (boxes + units // THOUSANDTHS, 0)
    return boxes, units * product.units


def cost_of_one(product: CatalogProduct, cost_minor: int | None) -> int | None:
    """The unit cost. If a case's code was scanned, `cost_minor` is per case and must divide evenly, else `Refusal`.

    >>> cost_of_one(CatalogProduct(sku="lager", units=24), 2_400)
    100
    """
    if cost_minor is None or product.units == 1:
        return cost_minor
    if cost_minor % product.units:
        raise Refusal("case_cost_uneven", {"sku": product.sku, "units": product.units})
    return cost_minor // product.units


def called_by(db: Connection, sku: str) -> dict[str, str | int]:
    """A product's names as text values for refusals; an unknown number is its own name."""
    product = find_by_sku(db, sku)
    return name_values(product) if product else {"name": sku}


def name_values(product: CatalogProduct) -> dict[str, str | int]:
    """A product's names as text values for refusals: `name`, and `name_fr` and so on for other languages."""
    return i18n.name_values(product.names or {"": product.sku})
