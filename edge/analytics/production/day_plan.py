"""Daily production plan from the forecast, and planning of its orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec

from edge.analytics.forecast.history.imported_days import has_imported_days
from edge.analytics.forecast.queries import read_item, read_state
from edge.analytics.production.commands import PLANNED_AT_ONCE, PlanDay, PlanWork
from edge.analytics.production.entities import BOMS
from edge.analytics.production.products import MadeGoods, names_of
from edge.analytics.production.queries import Text, open_works
from edge.analytics.production.rules import Structures, can_make_in_all, explode, round_up
from edge.analytics.production.work_orders import PlannedWork, plan_work
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.stock.location import MAIN
from edge.goods.stock.reserving.promised import reserved_by
from edge.goods.stock.rows import called_by, rows_at
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import show_quantity

_PLANNED = """
    SELECT number, quantity FROM work_order WHERE sku = ? AND start_on = ? AND state IN ('planned', 'in_progress')
    ORDER BY number LIMIT 1
"""


class DayProposal(msgspec.Struct, frozen=True):
    """A product to make, in thousandths: `expected` sales of the day (None: unknown), good stock `there`, open orders
    `coming`, whole batches of `batch`, and the quantity to `propose`. `can_make`: the quantity that the components in
    stock suffice for.
    """

    sku: str
    names: dict[str, str]
    expected: int | None
    sure: bool
    there: int
    coming: int
    batch: int
    propose: int
    can_make: int


class DayPlan(msgspec.Struct, frozen=True):
    """A day's production plan; without a forecast (`through` empty), nothing is proposed. `imported`: whether the
    forecast uses sales imported from another system."""

    day: str
    through: str
    lines: tuple[DayProposal, ...]
    imported: bool = False


def production_plan(db: Connection, day: Text, today: Text, location: Text = MAIN) -> DayPlan:
    """The plan for products sold separately, which also covers their components."""
    made = read_state(db)
    if day_of(day) is None or day_of(today) is None:
        return DayPlan(day, "", ())
    through = made.through if made else ""
    ahead = (date.fromisoformat(day) - date.fromisoformat(through)).days if through else 0
    find = MadeGoods(db, day, location)
    structures = Structures(find)
    skus = sorted({bom.sku for bom in BOMS.read(db) if bom.active})
    coming: dict[str, int] = {}
    for order in open_works(db):
        if order.due_on <= day:
            coming[order.sku] = coming.get(order.sku, 0) + order.rest
    names = names_of(db, skus)
    found = []
    for sku in skus:
        goods = find(sku)
        if goods is None or goods.bom is None or not goods.is_made or goods.retired:
            continue
        item = read_item(db, sku)
        expected = item.mean[ahead - 1] if item and 0 < ahead <= len(item.mean) else None
        there = max(0, _good_on(db, sku, location, today, day))
        lacking = max(0, (expected or 0) - there - coming.get(sku, 0))
        batch = round_up(goods.bom.makes, goods.step)
        found.append(
            DayProposal(
                *(sku, names.get(sku, {}), expected, bool(item and item.sure)),
                *(there, coming.get(sku, 0), batch, round_up(lacking, batch) if lacking else 0),
                can_make_in_all(goods, structures, find.there),
            )
        )
    imported = any(one.expected is not None for one in found) and has_imported_days(db, "", through)
    return DayPlan(day, through, tuple(found), imported)


def _good_on(db: Connection, sku: str, location: str, today: str, day: str) -> int:
    """Stock of a product at a location that is still good on a day."""
    rows = rows_at(db, sku, location, today)
    return sum(row.quantity for row in rows if not row.barred and (not row.expiry or row.expiry >= day))


def plan_day(tx: Transaction, command: PlanDay) -> tuple[PlannedWork, ...]:
    """Create orders for all products wanted on a day, preceded by orders for intermediate products.

    Raises `Refusal` for an invalid or past day, a repeated or unmade product, or too many orders. A product that is
    already planned for the day needs confirmation.
    """
    if day_of(command.day) is None or command.day < tx.business_date:
        raise Refusal("production_day_wrong", {"day": command.day})
    wanted: dict[str, int] = {}
    for line in command.lines:
        if line.sku in wanted:
            raise Refusal("duplicate_line", {"sku": line.sku})
        wanted[line.sku] = line.quantity
        if known := tx.db.execute(_PLANNED, (line.sku, command.day)).fetchone():
            values = {"number": known[0], "planned": show_quantity(known[1]), **called_by(tx.db, line.sku)}
            tx.ask("work_planned_already", values, line.sku)
    find = MadeGoods(tx.db, command.day, command.from_location)
    if unmade := next((sku for sku in wanted if not ((goods := find(sku)) and goods.is_made)), ""):
        raise Refusal("no_bom", {"sku": unmade})
    make = explode(wanted, find, _there_or_coming(tx, find)).make
    if len(make) > PLANNED_AT_ONCE:
        raise Refusal("too_many_works", {"limit": PLANNED_AT_ONCE})
    places = (command.from_location, command.to_location)
    return tuple(_plan_product(tx, command.day, sku, quantity, sku in wanted, places) for sku, quantity in make.items())


def _plan_product(
    tx: Transaction, day: str, sku: str, quantity: int, is_wanted: bool, places: tuple[str, str]
) -> PlannedWork:
    """Plan an order; intermediate products stay at the location where they are used."""
    source, target = places
    return plan_work(tx, PlanWork(sku, quantity, day, day, source, target if is_wanted else source))


def _there_or_coming(tx: Transaction, find: MadeGoods) -> Callable[[str], int]:
    """Free stock of a product, plus unreserved output of open orders."""
    coming: dict[str, int] = {}
    for order in open_works(tx.db):
        coming[order.sku] = coming.get(order.sku, 0) + order.rest
        own = reserved_by(tx.db, order.holder)
        for one in order.components:
            coming[one.sku] = coming.get(one.sku, 0) - max(0, one.open - own.get(one.sku, 0))
    return lambda sku: find.there(sku) + coming.get(sku, 0)
