"""Work orders inside the transaction: planning, changes, cancellation, and stock reservations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from edge.analytics.production.bom import Bom
from edge.analytics.production.commands import CancelWork, PlanWork
from edge.analytics.production.components import give_back
from edge.analytics.production.events import WorkEnded, WorkLine, WorkPlanned
from edge.analytics.production.products import MadeGoods, bom_on, bom_version, sound_at
from edge.analytics.production.queries import OPEN_LIMIT, ComponentShortage, WorkOrder, missing, read_work
from edge.analytics.production.rules import OPEN, components, round_up
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.stock.commands import RecordMovement, ReleaseStock, ReserveLine, ReserveStock
from edge.goods.stock.reserving.promised import reserved_by
from edge.goods.stock.rows import available_at, breaks_pieces, called_by, find_stocked, require_location
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

_ENDED = {"completed": "work_completed", "cancelled": "work_cancelled"}
_NEXT = (
    "SELECT coalesce(max(number), 0) + 1, count(*) FILTER (WHERE state IN ('planned', 'in_progress')) FROM work_order"
)
_WAITING = """
    SELECT o.number FROM work_component c JOIN work_order o USING (number)
    WHERE c.sku = ? AND o.state IN ('planned', 'in_progress') AND c.need > c.issued - c.returned
    ORDER BY o.start_on, o.number LIMIT 50
"""


class PlannedWork(msgspec.Struct, frozen=True):
    """A planned order with its shortages."""

    number: int
    missing: tuple[ComponentShortage, ...]


def require_work(tx: Transaction, number: int) -> WorkOrder:
    """The order. Raises `Refusal` if it doesn't exist."""
    order = read_work(tx.db, number)
    if order is None:
        raise Refusal("no_work_order", {"number": number})
    return order


def require_open(tx: Transaction, number: int) -> WorkOrder:
    """The order, if it's open. Otherwise raises `Refusal`: it was completed, cancelled, or doesn't exist."""
    order = require_work(tx, number)
    if order.state not in OPEN:
        values = {"number": number, "made": show_quantity(order.good), **called_by(tx.db, order.sku)}
        raise Refusal(_ENDED[order.state], values)
    return order


def plan_work(tx: Transaction, command: PlanWork) -> PlannedWork:
    product = find_stocked(tx.db, command.sku)
    if product.parts:
        raise Refusal("bom_kit", {"sku": product.sku})
    if product.retired_us is not None:
        raise Refusal("bom_retired", {"sku": product.sku})
    if breaks_pieces(tx.db, product, command.quantity):
        raise Refusal("pieces_moved_whole", {"sku": product.sku})
    require_location(tx.db, command.from_location)
    require_location(tx.db, command.to_location)
    start_on = _day(command.start_on, tx.business_date)
    due_on = _day(command.due_on, start_on)
    if due_on < start_on:
        raise Refusal("work_due_before", {"start": start_on, "due": due_on})
    known = require_open(tx, command.number) if command.number else None
    if known is None:
        number, bom = _number(tx), bom_on(tx.db, product.sku, start_on)
    else:
        number, bom = known.number, bom_version(tx.db, known.bom, known.bom_version)
        _changeable(known, command, product.sku)
    if bom is None:
        raise Refusal("no_bom", {"sku": product.sku})
    is_kept = known is not None and known.state == "in_progress" and command.quantity == known.quantity
    lines = _existing_lines(known) if known is not None and is_kept else _lines(tx, bom, command.quantity)
    what = (number, product.sku, command.quantity, bom.id, bom.version, command.from_location, command.to_location)
    tx.append(WorkPlanned(*what, start_on, due_on, bom.extra_cost_minor, lines))
    return PlannedWork(number, reserve(tx, number))


def _day(said: str, otherwise: str) -> str:
    if said and day_of(said) is None:
        raise Refusal("production_day_wrong", {"day": said})
    return said or otherwise


def _number(tx: Transaction) -> int:
    number, open = tx.db.execute(_NEXT).fetchone()
    if open >= OPEN_LIMIT:
        raise Refusal("too_many_works", {"limit": OPEN_LIMIT})
    return int(number)


def _changeable(known: WorkOrder, command: PlanWork, sku: str) -> None:
    """Raise `Refusal` for another product, a quantity below that already made, or, once started, another source."""
    if sku != known.sku:
        raise Refusal("work_other_product", {"number": known.number})
    if command.quantity < known.done_quantity:
        raise Refusal("below_done", {"number": known.number, "made": show_quantity(known.done_quantity)})
    if known.state == "in_progress" and command.from_location != known.source:
        raise Refusal("work_begun", {"number": known.number})


def _lines(tx: Transaction, bom: Bom, quantity: int) -> tuple[WorkLine, ...]:
    find = MadeGoods(tx.db, tx.business_date)
    found = []
    for sku, amount in components(bom, find).items():
        goods = find(sku)
        whole = goods is not None and goods.whole and not _is_measured(bom, sku)
        found.append(WorkLine(sku, round_up(amount * quantity, THOUSANDTHS if whole else 1), whole))
    return tuple(found)


def _is_measured(bom: Bom, sku: str) -> bool:
    """Whether the bill measures a component in grams, millilitres or metres. Part of a piece may then be used."""
    return any(line.sku == sku and line.measure for line in bom.lines)


def _existing_lines(order: WorkOrder) -> tuple[WorkLine, ...]:
    return tuple(WorkLine(one.sku, one.need, one.whole) for one in order.components)


def cancel_work(tx: Transaction, command: CancelWork) -> None:
    order = require_open(tx, command.number)
    if order.done_quantity:
        raise Refusal("work_made_some", {"number": order.number, "made": show_quantity(order.done_quantity)})
    give_back(tx, order)
    tx.do(ReleaseStock(order.holder))
    tx.append(WorkEnded(order.number, "cancelled"))
    reserve_waiting(tx, (one.sku for one in order.components))


def reserve(tx: Transaction, number: int) -> tuple[ComponentShortage, ...]:
    """Reserve available components for an order; returns its shortages."""
    order = require_work(tx, number)
    own = reserved_by(tx.db, order.holder)
    wanted = {}
    for one in order.components:
        free = sound_at(tx.db, one.sku, order.source, tx.business_date)
        free = max(0, min(free, available_at(tx.db, one.sku, order.source))) + own.get(one.sku, 0)
        wanted[one.sku] = _whole(tx, one.sku, min(one.open, free), free)
    wanted = {sku: quantity for sku, quantity in wanted.items() if quantity > 0}
    if wanted != own:
        lines = tuple(ReserveLine(sku, quantity) for sku, quantity in wanted.items())
        tx.do(ReserveStock(order.holder, lines, order.source, said=f"#{order.number}"))
    return missing(tx.db, order, tx.business_date)


def _whole(tx: Transaction, sku: str, quantity: int, free: int) -> int:
    """The quantity to reserve: whole pieces for counted products, even if only a part is used."""
    if not breaks_pieces(tx.db, find_stocked(tx.db, sku), quantity):
        return quantity
    up = round_up(quantity, THOUSANDTHS)
    return up if up <= free else quantity // THOUSANDTHS * THOUSANDTHS


def reserve_waiting(tx: Transaction, skus: Iterable[str]) -> None:
    """Reserve free stock of products for waiting orders, in order of start day."""
    numbers = {number: None for sku in skus for (number,) in tx.db.execute(_WAITING, (sku,))}
    for number in numbers:
        reserve(tx, number)


def behind_movement(tx: Transaction, command: RecordMovement, result: Any) -> Any:
    """Reserve incoming stock for orders that lack it, after a movement."""
    if command.type == "in":
        reserve_waiting(tx, (find_stocked(tx.db, command.sku).sku,))
    return result
