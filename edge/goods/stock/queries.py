"""Stock queries: a product, lists, movements, low and expiring stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import CatalogProduct, find_by_ids, json_text
from edge.goods.stock import rules
from edge.goods.stock.lists.expiries import ExpiringGoods as ExpiringGoods
from edge.goods.stock.lists.expiries import expiring as expiring
from edge.goods.stock.lists.list_condition import BY_MINIMUM, condition_of
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving import costs
from edge.goods.stock.moving.pours import begun_bottle
from edge.goods.stock.reserving import promised as promised
from edge.goods.stock.rows import QUARANTINE, available, available_at, find_product
from edge.lib.units.quantity import THOUSANDTHS

PAGE_LIMIT = 500
"""Maximum rows per page; larger requests get this many."""
SCAN_LIMIT = 2_000
"""Number of products checked at a time if the list is filtered by status."""
LOW_LIMIT = 5_000
"""Maximum products in the list of low stock."""
FINDINGS_LIMIT = 500
"""Maximum findings per check; if this many are returned, there may be more."""
Severity = Literal["critical", "medium", "low"]
Text = Annotated[str, msgspec.Meta(max_length=200)]
Wanted = Literal["", "normal", "low", "critical", "excess", "unwatched", "negative"]


class ItemRow(msgspec.Struct, frozen=True):
    """Goods of one lot at one location, in thousandths: `boxes` is the number of closed boxes in the `total`."""

    location: str
    lot: str
    expiry: str
    boxes: int
    units: int
    total: int
    recalled: bool = False


class ItemLevel(msgspec.Struct, frozen=True):
    """A product's levels at a location: target, reorder point, status, minimum order and maximum
    (0: no bound)."""

    location: str
    par: int
    reorder: int
    status: str
    quantity: int = 0
    maximum: int = 0


class StockItem(msgspec.Struct, frozen=True):
    """A product's stock, in thousandths except `boxes` and `box` (units in one); `total` is `on_hand`.

    `available`: stock that is neither reserved nor in quarantine, at least 0; `status`: "" for products that aren't
    monitored. `average_micro`: average unit cost in millionths of a minor unit (None: unknown); `value_milli`: total
    value in thousandths of a minor unit. For pieces that are used in part, `whole` is the number of full ones, and
    `rest` is the remainder in thousandths of the `measure` of its size. `container`: the catalogue's name for its
    container.
    """

    sku: str
    names: dict[str, str]
    unit: str
    category: str
    on_hand: int
    boxes: int
    units: int
    box: int
    reserved: int
    on_order: int
    available: int
    minimum: int
    status: str
    next_expiry: str
    value_milli: int | None
    average_micro: int | None
    rows: tuple[ItemRow, ...]
    levels: tuple[ItemLevel, ...]
    total: int
    retired: bool = False
    whole: int = 0
    rest: int = 0
    measure: str = ""
    container: str = ""


class StockPage(msgspec.Struct, frozen=True):
    """A page of products, and the product to continue after ("": last page)."""

    items: list[StockItem]
    after: str


class Shortage(msgspec.Struct, frozen=True):
    """The quantity missing to reach `minimum` (or a location's reorder point), and the number of boxes to order."""

    sku: str
    names: dict[str, str]
    location: str
    status: str
    total: int
    minimum: int
    missing_units: int
    boxes_to_order: int


class StockIssue(msgspec.Struct, frozen=True):
    """An inconsistency in the stock; `proposal` is the key of the remedy.

    Quantities are in thousandths, costs in thousandths of a minor unit, and times in thousandths of a day.
    """

    check: str
    severity: Severity
    sku: str
    location: str
    expected: int
    found: int
    proposal: str


def read_stock(db: Connection, sku: str) -> int:
    """Thousandths on hand; 0 if the product never moved."""
    found = db.execute("SELECT on_hand FROM stock WHERE sku = ?", (sku,)).fetchone()
    return int(found[0]) if found else 0


def read_place_names(db: Connection, location: str) -> dict[str, str] | None:
    """A location's names ({} for an unnamed `main`); None if it doesn't exist."""
    found = db.execute("SELECT names, retired FROM stock_location WHERE id = ?", (location,)).fetchone()
    if found is None or found[1]:
        return {} if location == MAIN else None
    return msgspec.json.decode(found[0], type=dict[str, str])


def read_places(db: Connection) -> dict[str, dict[str, str]]:
    """The active locations with their names; `main` has none unless it was named."""
    rows = db.execute("SELECT id, names FROM stock_location WHERE NOT retired ORDER BY id").fetchall()
    return {MAIN: {}} | {id: msgspec.json.decode(names, type=dict[str, str]) for id, names in rows}


_PLACE_SUMS = """
    SELECT s.sku, p.id, coalesce(
        (SELECT sum(r.quantity) FROM stock_row r WHERE r.sku = s.sku AND r.location = p.id), 0)
    FROM stock s, (SELECT ? AS id UNION SELECT id FROM stock_location WHERE NOT retired) p WHERE s.watched
"""


def read_place_sums(db: Connection) -> dict[tuple[str, str], int]:
    """Thousandths of each watched product at each active location, including zeros."""
    return {(sku, location): quantity for sku, location, quantity in db.execute(_PLACE_SUMS, (MAIN,))}


def average_cost_micro(db: Connection, sku: str) -> int | None:
    """A product's average unit cost, in millionths of a minor unit; None if unknown."""
    found = db.execute("SELECT average_micro FROM stock WHERE sku = ?", (sku,)).fetchone()
    return found[0] if found else None


def available_of(db: Connection, skus: Sequence[str], location: str = "") -> dict[str, int]:
    """Unreserved quantities by SKU, at all locations or at one; unwatched products are omitted."""
    watched = db.execute(
        "SELECT s.sku FROM json_each(?) j JOIN stock s ON s.sku = j.value WHERE s.watched", (json_text(skus),)
    )
    return {sku: available_at(db, sku, location) if location else available(db, sku) for (sku,) in watched.fetchall()}


def read_item(db: Connection, sku: Text) -> StockItem | None:
    """A product's full stock data, by number or code; None if the product doesn't exist."""
    product = find_product(db, sku)
    return items_of(db, [product])[0] if product else None


_ORDER = "SELECT p.id FROM product p LEFT JOIN stock s ON s.sku = p.sku WHERE p.sku > ? AND {0} ORDER BY p.sku LIMIT ?"
_ORDER_AT = """
    SELECT p.id FROM stock_row r INDEXED BY stock_row_place
    CROSS JOIN product p ON p.sku = r.sku LEFT JOIN stock s ON s.sku = p.sku
    WHERE r.location = ? AND r.location <> 'main' AND r.quantity <> 0 AND r.sku > ? AND {0}
    GROUP BY r.sku ORDER BY r.sku LIMIT ?
"""


def list_stock(
    db: Connection,
    location: Text = "",
    category: Text = "",
    status: Wanted = "",
    text: Text = "",
    after: Text = "",
    limit: Number = 100,
    among: str = "",
) -> StockPage:
    """A page of products by number, filtered by location (see `items_of`), category, status, and text in number or
    name.

    `among`: a JSON list of numbers to restrict it to; invalid JSON matches none.
    """
    condition, values = condition_of(db, category, status, text, among)
    at = (location,) if location not in ("", MAIN) else ()
    limit = max(1, min(limit, PAGE_LIMIT))
    found: list[StockItem] = []
    most = limit + 1
    while True:
        rows = db.execute((_ORDER_AT if at else _ORDER).format(condition), (*at, after, *values, most)).fetchall()
        items = items_of(db, find_by_ids(db, [id for (id,) in rows]), location)
        found += [item for item in items if has_status(item, status)]
        if len(found) > limit or len(rows) < most:
            shown = found[:limit]
            return StockPage(shown, shown[-1].sku if len(found) > limit else "")
        after, most = items[-1].sku, min(2 * most, SCAN_LIMIT)


def is_at(item: StockItem, location: str) -> bool:
    """Whether an item read for a location (see `items_of`) belongs in its list: it has stock there, or the location is
    `main`.
    """
    return location in ("", MAIN) or bool(item.rows)


def has_status(item: StockItem, status: str) -> bool:
    """Whether an item has this status; "" matches any."""
    match status:
        case "":
            return True
        case "unwatched":
            return not item.status
        case "negative":
            return item.on_hand < 0 or any(row.total < 0 for row in item.rows)
        case _:
            return item.status == status


_STOCK = "SELECT s.sku, s.on_hand, s.average_micro, s.watched FROM json_each(?) j JOIN stock s ON s.sku = j.value"
_ROWS = """
    SELECT r.sku, r.location, r.lot, r.expiry, r.quantity, r.boxes, r.box,
           EXISTS (SELECT 1 FROM stock_recall x WHERE x.sku = r.sku AND x.lot = r.lot)
    FROM json_each(?) j JOIN stock_row r ON r.sku = j.value
    WHERE r.quantity <> 0 OR r.boxes <> 0
    ORDER BY r.location <> 'main', r.location, iif(r.expiry = '', 'z', r.expiry), r.arrived
"""
_CLAIMS = """
    SELECT c.sku, c.kind, sum(c.quantity) FROM json_each(?1) j JOIN stock_claim c ON c.sku = j.value
    WHERE ?2 IN ('', c.location) GROUP BY 1, 2
"""
_LEVELS = """
    SELECT l.sku, l.location, l.par, l.reorder, l.status, l.quantity, l.maximum
    FROM json_each(?) j JOIN stock_level l ON l.sku = j.value ORDER BY l.location <> 'main', l.location
"""
_WORST = ("critical", "low", "excess", "normal")


def items_of(db: Connection, products: Sequence[CatalogProduct], location: str = "") -> list[StockItem]:
    """The stock of these products, in the given order, for the whole shop or at one location.

    At a location all figures are the location's: on hand, reserved, on order and their value. The status follows the
    location's own level; a product without any location level has the same status as in the whole shop.
    """
    skus = json_text([product.sku for product in products])
    stock = {sku: rest for sku, *rest in db.execute(_STOCK, (skus,))}
    held = {place for (place,) in db.execute("SELECT id FROM stock_location WHERE kind = ?", (QUARANTINE,))}
    rows, levels = _by_sku(db, _ROWS, skus), _by_sku(db, _LEVELS, skus)
    shop_claims = _claims(db, skus, "")
    claims = _claims(db, skus, location) if location else shop_claims
    items = []
    for product in products:
        sku, box = product.sku, product.box or 0
        total, average, watched = stock.get(sku, (0, None, 0))
        everywhere = [_row(row, box) for row in rows.get(sku, ())]
        known = [ItemLevel(*level) for level in levels.get(sku, ())]
        mine = tuple(row for row in everywhere if location in ("", row.location))
        here = tuple(level for level in known if location in ("", level.location))
        on_hand = sum(row.total for row in mine) if location else total
        reserved, boxes = claims.get((sku, "reserved"), 0), sum(row.boxes for row in mine)
        apart = sum(row.total for row in everywhere if row.location in held)
        in_shop = total - shop_claims.get((sku, "reserved"), 0) - apart
        available = in_shop
        if location:
            available = 0 if location in held else on_hand - reserved
        status = ""
        if here:
            status = min((level.status for level in here), key=_WORST.index)
        elif watched and not known:
            status = rules.status_by_minimum(in_shop, product.minimum or 0, total)
        expiry = min((row.expiry for row in mine if row.expiry and row.total > 0), default="")
        items.append(
            StockItem(
                *(sku, product.names, product.unit, product.category, on_hand),
                *(boxes, on_hand - boxes * box * THOUSANDTHS, box, reserved, claims.get((sku, "ordered"), 0)),
                *(max(0, available), product.minimum or 0, status, expiry),  # tills also sell reserved goods
                *(None if average is None else costs.value_milli(average, on_hand), average),
                rows=mine,
                levels=here,
                total=on_hand,
                retired=product.retired_us is not None,
                container=(product.container or "") if product.unit == "piece" else "",
                **begun_bottle(product, on_hand),
            )
        )
    return items


def _claims(db: Connection, skus: str, location: str) -> dict[tuple[str, str], int]:
    """Reserved and expected quantities by product and kind, at a location or ("") in total."""
    return {(sku, kind): quantity for sku, kind, quantity in db.execute(_CLAIMS, (skus, location))}


def _by_sku(db: Connection, sql: str, skus: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for sku, *row in db.execute(sql, (skus,)):
        found.setdefault(sku, []).append(row)
    return found


def _row(row: Sequence[Any], box: int) -> ItemRow:
    location, lot, expiry, quantity, boxes, size, recalled = row
    closed = boxes if size == box else 0
    return ItemRow(location, lot, expiry, closed, quantity - closed * box * THOUSANDTHS, quantity, bool(recalled))


_LOW_LEVELS = "SELECT DISTINCT sku FROM stock_level WHERE status IN ('low', 'critical') LIMIT ?"
_LOW_MINIMUM = f"""
    {BY_MINIMUM} < m.body ->> 'minimum' AND m.retired_us IS NULL
      AND NOT EXISTS (SELECT 1 FROM stock_level l WHERE l.sku = s.sku)
    LIMIT ?
"""

_LOW_PLACES = f"""
    SELECT l.sku, l.location FROM stock_level l JOIN product p USING (sku)
    WHERE l.status IN ('low', 'critical') AND p.retired_us IS NULL
    UNION SELECT sku, '' FROM ({_LOW_MINIMUM.replace("LIMIT ?", "")})
    ORDER BY 1, 2 LIMIT ?
"""


def low_places(db: Connection) -> list[tuple[str, str]]:
    """Products with low stock, each with the location whose reorder level says so ("": the product's minimum)."""
    return [(sku, location) for sku, location in db.execute(_LOW_PLACES, (LOW_LIMIT,))]


def low_stock(db: Connection) -> list[Shortage]:
    """Low stock: by each location's levels, otherwise by the product's minimum. Unwatched products are never low."""
    skus = {sku for sql in (_LOW_LEVELS, _LOW_MINIMUM) for (sku,) in db.execute(sql, (LOW_LIMIT,))}
    rows = db.execute("SELECT p.id FROM json_each(?) j JOIN product p ON p.sku = j.value", (json_text(sorted(skus)),))
    ids = [id for (id,) in rows]
    found = []
    for item in items_of(db, find_by_ids(db, ids)):
        if item.retired:
            continue
        for level in item.levels:
            if level.status in ("low", "critical"):
                here = sum(row.total for row in item.rows if row.location == level.location)
                found.append(_shortage(item, level.location, level.status, here, level.reorder, level.par))
        if not item.levels and item.status in ("low", "critical"):
            found.append(_shortage(item, "", item.status, item.available, item.minimum, item.minimum))
    return found


def _shortage(item: StockItem, location: str, status: str, total: int, minimum: int, target: int) -> Shortage:
    missing = max(0, target - total)
    size = item.box * THOUSANDTHS
    return Shortage(item.sku, item.names, location, status, total, minimum, missing, -(-missing // size) if size else 0)


_LOT = "SELECT location, lot, expiry, quantity, boxes, box FROM stock_row WHERE sku = ? AND lot = ? AND quantity <> 0"


def lot_where(db: Connection, sku: Text, lot: Text) -> list[ItemRow]:
    """The stock rows of a lot."""
    recalled = is_recalled(db, sku, lot)
    return [_row((*row, recalled), row[5]) for row in db.execute(_LOT, (sku, lot))]


def is_recalled(db: Connection, sku: str, lot: str) -> bool:
    """Whether a lot is recalled."""
    return db.execute("SELECT 1 FROM stock_recall WHERE sku = ? AND lot = ?", (sku, lot.strip())).fetchone() is not None
