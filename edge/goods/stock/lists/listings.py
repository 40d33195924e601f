"""Queries of locations, counts, receipts and cost differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import skus_below
from edge.goods.catalog.queries import json_text
from edge.goods.stock import rules
from edge.goods.stock.alert_limits import AlertLimits, LimitsOfProducts
from edge.goods.stock.entities import LOCATIONS
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving.costs import MICRO
from edge.goods.stock.queries import Text
from edge.lib.units.quantity import THOUSANDTHS

COUNTS_LIMIT = 50
REST_LIMIT = 10_000
"""Maximum number of uncounted goods to report; there may be more."""
REST_LISTED = 100
_USUAL = AlertLimits()
RECEIPTS_LIMIT = 500
_RECEIPTS = """
    SELECT seq, sku, business_date, at_us, document, quantity, unit_cost_minor, added_minor, location, lot, expiry
    FROM stock_receipt WHERE sku = ? ORDER BY seq DESC LIMIT ?
"""
_CORRECTIONS = """
    SELECT c.seq, c.business_date, c.sku, p.body ->> '$.names', c.why, c.amount_milli, c.receipt, c.document
    FROM stock_correction c LEFT JOIN product p USING (sku)
    WHERE (?1 = '' OR c.sku = ?1) AND c.business_date BETWEEN ?2 AND ?3 ORDER BY c.seq DESC LIMIT ?4
"""


class Location(msgspec.Struct, frozen=True):
    """A stock location inside its `parent` ("": none), at nesting `depth`; `capacity` is in thousandths
    (0: unknown).
    """

    id: str
    names: dict[str, str]
    kind: str
    is_active: bool = True
    parent: str = ""
    position: int = 0
    capacity: int = 0
    depth: int = 0


class CountedLine(msgspec.Struct, frozen=True):
    """A counted line of a product; `expected` and `difference` are None while a blind count is open."""

    sku: str
    lot: str
    quantity: int
    boxes: int
    looks: int
    look_again: bool
    person: str
    at_us: int
    expected: int | None
    difference: int | None


class NotCounted(msgspec.Struct, frozen=True):
    """Goods at a location that a count doesn't cover, of a lot or without one; `quantity` is in thousandths, None while
    a blind count is open.
    """

    sku: str
    lot: str
    quantity: int | None


class StockCount(msgspec.Struct, frozen=True):
    """A count; `lines` is empty in a list of counts.

    While the count is open, `not_counted` is the number of products on hand that it doesn't cover, completely or for
    some lot; `rest` lists up to `REST_LISTED` of those goods.
    """

    number: int
    location: str
    blind: bool
    category: str
    state: str
    started_us: int
    started_by: str
    ended_us: int | None
    counted: int
    lines: tuple[CountedLine, ...] = ()
    not_counted: int = 0
    rest: tuple[NotCounted, ...] = ()


class ReceivedStock(msgspec.Struct, frozen=True):
    """A product's receipt as corrected so far; `receipt` is its journal row.

    `unit_micro`: the unit cost with all additional costs, in millionths of a minor unit; None: unknown.
    """

    receipt: int
    sku: str
    business_date: str
    at_us: int
    document: str
    quantity: int
    unit_cost_minor: int | None
    added_minor: int
    location: str
    lot: str
    expiry: str

    @property
    def unit_micro(self) -> int | None:
        if self.unit_cost_minor is None or not self.quantity:
            return None
        return self.unit_cost_minor * MICRO + self.added_minor * MICRO * THOUSANDTHS // self.quantity


class CostDifference(msgspec.Struct, frozen=True):
    """The extra cost of goods no longer in stock, in thousandths of a minor unit; negative: lower cost."""

    seq: int
    business_date: str
    sku: str
    names: dict[str, str]
    why: str
    amount_milli: int
    receipt: int
    document: str


_COUNTS = """
    SELECT number, location, blind, category, state, started_us, started_by, ended_us,
           (SELECT count(*) FROM stock_count_line l WHERE l.number = c.number)
    FROM stock_count c
"""
_REST = """
    SELECT r.sku, r.lot, sum(r.quantity) FROM stock_row r
    WHERE r.location = ?1 AND r.quantity <> 0
      AND NOT EXISTS (
        SELECT 1 FROM stock_count_line l WHERE l.number = ?2 AND l.sku = r.sku AND (l.lot = r.lot OR l.lot = ''
          AND NOT EXISTS (SELECT 1 FROM stock_count_line o WHERE o.number = ?2 AND o.sku = r.sku AND o.lot <> '')))
      AND (?3 = '' OR r.sku IN (SELECT value FROM json_each(?5)))
    GROUP BY r.sku, r.lot ORDER BY r.sku, r.lot LIMIT ?4
"""


def read_locations(db: Connection) -> list[Location]:
    """The shop's locations, retired ones too, in walking order: `main` first; each is followed by those inside it."""
    there = [(one, True) for one in LOCATIONS.read(db)] + [(one, False) for one in LOCATIONS.read_ended(db)]
    said = [Location(one.id, one.names, one.kind, used, one.parent, one.position, one.capacity) for one, used in there]
    if not any(one.id == MAIN for one in said):
        said.append(Location(MAIN, {}, "shop_floor"))
    said.sort(key=lambda one: (one.id != MAIN, one.position, one.id))
    found = {one.id: one for one in said}
    inner: dict[str, list[Location]] = {}
    for one in found.values():
        inner.setdefault(one.parent if one.parent in found else "", []).append(one)
    return list(_walk(inner, "", 0))


def read_held(db: Connection) -> dict[str, int]:
    """The total quantity of all products at each location, in thousandths, to compare with its capacity."""
    return dict(db.execute("SELECT location, sum(quantity) FROM stock_row GROUP BY 1 HAVING sum(quantity) > 0"))


def _walk(inner: Mapping[str, list[Location]], parent: str, depth: int) -> Iterator[Location]:
    for one in inner.get(parent, ()):
        yield msgspec.structs.replace(one, depth=depth)
        yield from _walk(inner, one.id, depth + 1)


def read_selling_places(db: Connection) -> dict[str, str]:
    """The selling locations of registers that don't sell from `main`."""
    return dict(db.execute("SELECT register, location FROM stock_register").fetchall())


def read_counts(db: Connection, limit: Number = 20) -> list[StockCount]:
    """Counts, open ones first, then the newest."""
    rows = db.execute(_COUNTS + " ORDER BY state <> 'open', number DESC LIMIT ?", (min(limit, COUNTS_LIMIT),))
    return [_count(row) for row in rows]


def read_count(db: Connection, count: Number, limits: AlertLimits = _USUAL) -> StockCount | None:
    """A count with its lines, newest first; None if no count has that number."""
    row = db.execute(_COUNTS + " WHERE number = ?", (count,)).fetchone()
    if row is None:
        return None
    found = _count(row)
    blind = found.blind and found.state == "open"
    lines = db.execute(
        "SELECT sku, lot, quantity, boxes, looks, expected, person, at_us FROM stock_count_line WHERE number = ?"
        " ORDER BY at_us DESC, sku",
        (count,),
    )
    rows = lines.fetchall()
    of = limits.of(db, (line[0] for line in rows))
    found = msgspec.structs.replace(found, lines=tuple(_line(line, blind, of) for line in rows))
    if found.state != "open":
        return found
    rest = not_counted(db, found.number, found.location, found.category)
    listed = (msgspec.structs.replace(one, quantity=None) if blind else one for one in rest[:REST_LISTED])
    return msgspec.structs.replace(found, not_counted=len({one.sku for one in rest}), rest=tuple(listed))


def count_read_by(limits: AlertLimits) -> Callable[[Connection, int], StockCount | None]:
    """Return `read_count` with these limits applied."""

    def read(db: Connection, count: Number) -> StockCount | None:
        """A count with its lines, newest first; None if no count has that number."""
        return read_count(db, count, limits)

    return read


def not_counted(db: Connection, number: int, location: str, category: str) -> list[NotCounted]:
    """Goods at a count's location, in its category or a subcategory, that weren't counted.

    A line without a lot covers all lots. If the count also has lines with lots of that product, it only covers goods
    without a lot.
    """
    skus = json_text(skus_below(db, category)) if category else "[]"
    return [NotCounted(*row) for row in db.execute(_REST, (location, number, category, REST_LIMIT, skus))]


def _count(row: Sequence[Any]) -> StockCount:
    number, location, blind, *rest = row
    return StockCount(number, location, bool(blind), *rest)


def _line(row: tuple[str, str, int, int, int, int, str, int], blind: bool, of: LimitsOfProducts) -> CountedLine:
    sku, lot, quantity, boxes, looks, expected, person, at_us = row
    again = looks < 2 and of.is_far_off(sku, expected, quantity)
    told = (None, None) if blind else (expected, quantity - expected)
    return CountedLine(sku, lot, quantity, boxes, looks, again, person, at_us, *told)


def read_receipts(db: Connection, sku: Text, limit: Number = 100) -> list[ReceivedStock]:
    """A product's receipts, newest first."""
    rows = db.execute(_RECEIPTS, (sku, max(1, min(limit, RECEIPTS_LIMIT))))
    return [ReceivedStock(*row) for row in rows]


def read_cost_corrections(
    db: Connection, sku: Text = "", from_date: Text = "", to_date: Text = "", limit: Number = 100
) -> list[CostDifference]:
    """Cost corrections of goods no longer in stock, for one product or all, newest first."""
    values = (sku, from_date, to_date or rules.NEVER, max(1, min(limit, RECEIPTS_LIMIT)))
    return [
        CostDifference(seq, day, of, msgspec.json.decode(names or "{}", type=dict[str, str]), *rest)
        for seq, day, of, names, *rest in db.execute(_CORRECTIONS, values)
    ]
