"""Queries on production: work orders, shortages, status."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import msgspec

from edge.analytics.production.bom import Bom
from edge.analytics.production.entities import BOMS
from edge.analytics.production.products import MadeGoods, names_of
from edge.analytics.production.rules import (
    OPEN,
    State,
    Structures,
    UnitCost,
    UnitCosts,
    can_make,
    can_make_in_all,
    explode,
)
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.allergens import Allergens, allergens_of
from edge.goods.catalog.queries import json_text, recipe_edges
from edge.goods.stock.location import MAIN
from edge.goods.stock.reserving.promised import reserved_by

PAGE_LIMIT = 500
OPEN_LIMIT = 2_000
"""Maximum open orders."""
Text = Annotated[str, msgspec.Meta(max_length=200)]
_COLUMNS = """
    number, sku, quantity, state, bom, bom_version, source, target, start_on, due_on, extra_cost_minor, good, scrap,
    taken_milli, brought_milli, planned_us, changed_us, changed_by
"""
_ONE = f"SELECT {_COLUMNS} FROM work_order WHERE number = ?"
_OPEN = f"SELECT {_COLUMNS} FROM work_order WHERE state IN {OPEN!r} ORDER BY start_on, number LIMIT ?"
_LIST = f"""
    SELECT {_COLUMNS} FROM work_order WHERE ?1 IN ('', state) AND (?2 = 0 OR number < ?2) AND (?3 = '' OR sku = ?3)
    ORDER BY number DESC LIMIT ?4
"""
_COMPONENTS = """
    SELECT sku, need, whole, issued, returned, consumed, wip_milli, unknown FROM work_component
    WHERE number = ? ORDER BY n
"""
_COUNTS = "SELECT state, count(*) FROM work_order GROUP BY state"


class WorkComponent(msgspec.Struct, frozen=True):
    """A component of an order, in thousandths of its unit.

    `need`: for the whole order; `wip_milli`: value issued but neither consumed nor returned, in thousandths of a minor
    unit; `unknown`: part of that value has no known cost.
    """

    sku: str
    need: int
    whole: bool
    issued: int
    returned: int
    consumed: int
    wip_milli: int
    unknown: bool

    @property
    def held_quantity(self) -> int:
        """The quantity issued but neither consumed nor returned."""
        return self.issued - self.returned - self.consumed

    @property
    def open(self) -> int:
        """The quantity still to issue."""
        return max(0, self.need - self.issued + self.returned)


class WorkOrder(msgspec.Struct, frozen=True):
    """A work order's current state; quantities in thousandths, values in thousandths of a minor unit."""

    number: int
    sku: str
    quantity: int
    state: State
    bom: str
    bom_version: int
    source: str
    target: str
    start_on: str
    due_on: str
    extra_cost_minor: int
    good: int
    scrap: int
    taken_milli: int
    brought_milli: int
    planned_us: int
    changed_us: int
    changed_by: str
    components: tuple[WorkComponent, ...] = ()

    @property
    def done_quantity(self) -> int:
        return self.good + self.scrap

    @property
    def rest(self) -> int:
        """The quantity still to make."""
        return max(0, self.quantity - self.done_quantity) if self.state in OPEN else 0

    @property
    def holder(self) -> str:
        """The work order's name as the holder of reserved stock."""
        return f"work-{self.number}"


class ComponentShortage(msgspec.Struct, frozen=True):
    """A missing quantity of a component, in thousandths."""

    sku: str
    quantity: int


class BlockedWork(msgspec.Struct, frozen=True):
    """An open order with components that are neither reserved for it nor available."""

    number: int
    missing: tuple[ComponentShortage, ...]


class ProductionStatus(msgspec.Struct, frozen=True):
    """Production status: the number of orders by state, late orders, blocked orders with the cause, and the quantity of
    each product that can be made (`can_make`, in thousandths).
    """

    planned: int
    in_progress: int
    completed: int
    cancelled: int
    late: tuple[int, ...]
    blocked: tuple[BlockedWork, ...]
    can_make: dict[str, int]


class Needs(msgspec.Struct, frozen=True):
    """The components needed to make a quantity. See `Exploded`."""

    sku: str
    quantity: int
    gross: dict[str, int]
    make: dict[str, int]
    buy: dict[str, int]


class BomSeen(msgspec.Struct, frozen=True):
    """A bill, its current unit cost, and the quantity that can be made (thousandths)."""

    bom: Bom
    names: dict[str, str]
    cost: UnitCost
    can_make: int


def _order(db: Connection, row: tuple[Any, ...]) -> WorkOrder:
    found = tuple(
        WorkComponent(sku, need, bool(whole), issued, returned, consumed, wip_milli, bool(unknown))
        for sku, need, whole, issued, returned, consumed, wip_milli, unknown in db.execute(_COMPONENTS, (row[0],))
    )
    return msgspec.structs.replace(WorkOrder(*row), components=found)


def read_work(db: Connection, number: Number) -> WorkOrder | None:
    """An order by its number, or None."""
    row = db.execute(_ONE, (number,)).fetchone()
    return _order(db, row) if row else None


def read_works(
    db: Connection, state: Text = "", before: Number = 0, limit: Number = 100, sku: Text = ""
) -> list[WorkOrder]:
    """Orders in a state ("": any), newest first; with `before`, only lower numbers."""
    rows = db.execute(_LIST, (state, before, sku, min(limit, PAGE_LIMIT))).fetchall()
    return [_order(db, row) for row in rows]


def open_works(db: Connection) -> list[WorkOrder]:
    """All open orders, by start day."""
    return [_order(db, row) for row in db.execute(_OPEN, (OPEN_LIMIT,)).fetchall()]


def is_late(order: WorkOrder, today: str) -> bool:
    """Whether an order should have been started or completed before today."""
    if order.state == "planned":
        return bool(order.start_on) and order.start_on < today
    return order.state == "in_progress" and bool(order.due_on) and order.due_on < today


def missing(
    db: Connection, order: WorkOrder, today: str, goods: MadeGoods | None = None
) -> tuple[ComponentShortage, ...]:
    """An open order's shortages: quantities neither reserved for it nor available."""
    find = goods or MadeGoods(db, today, order.source)
    own = reserved_by(db, order.holder)
    found = []
    for one in order.components:
        short = one.open - own.get(one.sku, 0) - max(0, find.there(one.sku)) if one.open else 0
        if short > 0:
            found.append(ComponentShortage(one.sku, short))
    return tuple(found)


def production_status(db: Connection, today: Text) -> ProductionStatus:
    """Orders by state, late and blocked ones, as of a business day."""
    counts = dict(db.execute(_COUNTS).fetchall())
    orders = open_works(db)
    looked = [(order.number, missing(db, order, today)) for order in orders]
    return ProductionStatus(
        planned=counts.get("planned", 0),
        in_progress=counts.get("in_progress", 0),
        completed=counts.get("completed", 0),
        cancelled=counts.get("cancelled", 0),
        late=tuple(order.number for order in orders if is_late(order, today)),
        blocked=tuple(BlockedWork(number, lacking) for number, lacking in looked if lacking),
        can_make=_can_make_now(db, today),
    )


def _can_make_now(db: Connection, today: str) -> dict[str, int]:
    """The quantity of each product that can be made from components in stock."""
    find = MadeGoods(db, today)
    made = (find(sku) for sku in sorted({bom.sku for bom in BOMS.read(db) if bom.active}))
    return {one.product.sku: can_make(one, find, find.there) for one in made if one and one.is_made}


def read_boms(db: Connection, today: Text, location: Text = MAIN) -> list[BomSeen]:
    """All bills of materials by product."""
    find = MadeGoods(db, today, location)
    costs = UnitCosts(find, find.average)
    boms = BOMS.read(db)
    names = names_of(db, (bom.sku for bom in boms))
    found = []
    for bom in sorted(boms, key=lambda one: (one.sku, one.from_date, one.id)):
        goods = find(bom.sku)
        if goods is not None:
            mine = msgspec.structs.replace(goods, bom=bom)
            found.append(BomSeen(bom, names.get(bom.sku, {}), costs.of(mine), can_make(mine, find, find.there)))
    return found


def production_needs(
    db: Connection, sku: Text, today: Text, quantity: Number = 1_000, location: Text = MAIN
) -> Needs | None:
    """The components needed at every level; None if the product isn't made in production."""
    find = MadeGoods(db, today, location)
    goods = find(sku)
    if goods is None or not goods.is_made:
        return None
    found = explode({sku: quantity}, find, find.there)
    return Needs(sku, quantity, found.gross, found.make, found.buy)


_MADE_OF = """
    SELECT b.body ->> '$.sku', l.value ->> '$.sku'
    FROM json_each(?1) j JOIN bom b ON b.body ->> '$.sku' = j.value, json_each(b.body, '$.lines') l
    WHERE coalesce(b.body ->> '$.active', 1) AND coalesce(b.body ->> '$.from_date', '') <= ?2
"""


def ingredients_of(db: Connection, skus: Sequence[str], today: str) -> dict[str, set[str]]:
    """Components of products at all levels, by recipes or bills.

    After a bill changes, stock may contain goods made by either bill, so both count.
    """
    found: dict[str, set[str]] = {}
    edge, seen = set(skus), set[str]()
    while edge := edge - seen:
        seen |= edge
        asked = sorted(edge)
        recipes = [(sku, part) for sku, parts in recipe_edges(db, asked).items() for part in parts]
        edge = set()
        for sku, part in (*recipes, *db.execute(_MADE_OF, (json_text(asked), today)).fetchall()):
            found.setdefault(sku, set()).add(part)
            edge.add(part)
    return found


def product_allergens(db: Connection, sku: Text, today: Text) -> Allergens:
    """A product's allergens, including those of its components."""
    return allergens_of(db, [sku], partial(ingredients_of, today=today))[sku]


def production_can_make(db: Connection, sku: Text, today: Text, location: Text = MAIN, in_all: bool = False) -> int:
    """The quantity of a product that can be made now, in thousandths; `in_all`: including components
    that can be made.
    """
    find = MadeGoods(db, today, location)
    goods = find(sku)
    if goods is None:
        return 0
    return can_make_in_all(goods, Structures(find), find.there) if in_all else can_make(goods, find, find.there)
