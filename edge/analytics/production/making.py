"""Production inside the transaction: start work orders, report good and scrap output, calculate costs."""

from __future__ import annotations

import msgspec

from edge.analytics.production import rules
from edge.analytics.production.commands import ReportWork, StartWork
from edge.analytics.production.components import correct, give_back, take
from edge.analytics.production.events import Consumed, WorkEnded, WorkReported, WorkStarted
from edge.analytics.production.lots import recalled_in
from edge.analytics.production.queries import ComponentShortage, WorkComponent, WorkOrder, missing
from edge.analytics.production.settings import ProductionSettings
from edge.analytics.production.work_orders import require_open, require_work, reserve_waiting
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.stock.commands import RecordMovement, ReleaseStock, ReviseReceipt
from edge.goods.stock.moving.costs import WORTH_LIMIT
from edge.goods.stock.rows import breaks_pieces, called_by, find_stocked
from edge.lib.units.quantity import show_quantity

MILLI = 1_000


class MadeWork(msgspec.Struct, frozen=True):
    """A work order after a report: total output, and the lot of the good part.

    `cost_unknown`: components without known cost, counted as 0; `missing`: current shortages.
    """

    number: int
    state: str
    good: int
    scrap: int
    lot: str = ""
    cost_unknown: tuple[str, ...] = ()
    missing: tuple[ComponentShortage, ...] = ()


class Maker:
    """Starts and reports work orders with the shop's settings."""

    def __init__(self, settings: ProductionSettings) -> None:
        self._settings = settings

    def start(self, tx: Transaction, command: StartWork) -> MadeWork:
        order = require_open(tx, command.number)
        if order.state != "planned":
            raise Refusal("work_begun", {"number": order.number})
        return _work_result(tx, self._begin_order(tx, order))

    def _begin_order(self, tx: Transaction, order: WorkOrder) -> WorkOrder:
        if self._settings.issue_at == "start":
            wanted = {one.sku: one.open for one in order.components if one.open}
            take(tx, order, wanted, short=self._settings.short == "issue")
        tx.append(WorkStarted(order.number))
        return require_work(tx, order.number)

    def report(self, tx: Transaction, command: ReportWork) -> MadeWork:
        order = require_open(tx, command.number)
        if command.done_before is not None and command.done_before != order.done_quantity:
            values: dict[str, str | int] = {"number": order.number, "made": show_quantity(order.done_quantity)}
            raise Refusal("work_reported_meanwhile", values)
        _plausible(tx, order, command)
        if command.good and (recalled := recalled_in(tx.db, order.number)):
            sku, lot = recalled  # products made from a recalled lot should be scrapped
            tx.ask("component_recalled", {"lot": lot, "number": order.number, **called_by(tx.db, sku)})
        if order.state == "planned":
            order = self._begin_order(tx, order)
        lot = ""
        if command.good or command.scrap:
            lot = _make_goods(tx, order, command)
            order = require_work(tx, order.number)
        if command.close or order.done_quantity >= order.quantity:
            _end(tx, order)
        return _work_result(tx, require_work(tx, order.number), lot)


def _work_result(tx: Transaction, order: WorkOrder, lot: str = "") -> MadeWork:
    unknown = tuple(one.sku for one in order.components if one.unknown)
    lacking = missing(tx.db, order, tx.business_date) if order.state in rules.OPEN else ()
    return MadeWork(order.number, order.state, order.good, order.scrap, lot, unknown, lacking)


def _plausible(tx: Transaction, order: WorkOrder, command: ReportWork) -> None:
    """Raise `Refusal` for no output or an implausible amount; exceeding the plan needs confirmation."""
    made = command.good + command.scrap
    if not made and (order.state == "planned" or not command.close):
        raise Refusal("quantity_zero", {"sku": order.sku})
    product = find_stocked(tx.db, order.sku)
    if breaks_pieces(tx.db, product, command.good) or breaks_pieces(tx.db, product, command.scrap):
        raise Refusal("pieces_moved_whole", {"sku": order.sku})
    done = order.done_quantity + made
    if done > order.quantity:
        planned = show_quantity(order.quantity)
        values: dict[str, str | int] = {"number": order.number, "planned": planned, "made": show_quantity(done)}
        if done > 2 * order.quantity:
            raise Refusal("more_than_double", values)
        tx.ask("more_than_planned", values)
    known = {one.sku for one in order.components}
    said = [line.sku for line in command.consumed]
    if strange := next((sku for sku in said if sku not in known), ""):
        raise Refusal("not_a_component", {"sku": strange, "number": order.number})
    if twice := next((sku for sku in said if said.count(sku) > 1), ""):
        raise Refusal("duplicate_line", {"sku": twice})


def _make_goods(tx: Transaction, order: WorkOrder, command: ReportWork) -> str:
    """Turn components into goods; returns the lot of the good output."""
    done = order.done_quantity + command.good + command.scrap
    said = {line.sku: line.quantity for line in command.consumed}
    took: dict[str, int] = {}
    for one in order.components:
        expected = _due(one, order, done) - _due(one, order, order.done_quantity)
        took[one.sku] = said.get(one.sku, expected)
        if rules.is_off(expected, took[one.sku]):
            values = {"expected": show_quantity(expected), "took": show_quantity(took[one.sku])}
            tx.ask("consumption_off", {"sku": one.sku, **called_by(tx.db, one.sku), **values})
    more = {one.sku: took[one.sku] - one.held_quantity for one in order.components if took[one.sku] > one.held_quantity}
    if more:
        take(tx, order, more)
        order = require_work(tx, order.number)
    consumed = tuple(Consumed(one.sku, took[one.sku], _share(one, took[one.sku])) for one in order.components)
    extra = order.extra_cost_minor * (command.good + command.scrap)
    taken = extra + sum(one.value_milli for one in consumed)
    is_known = bool(order.extra_cost_minor) or not all(one.unknown for one in order.components)
    lot, movement = command.lot or f"W{order.number}", 0
    if not command.good:  # no good units to carry the cost
        correct(tx, order, order.sku, taken, "production_loss")
        lot, brought = "", taken
    else:
        movement, brought = _brought_in(tx, order, command, lot, taken if is_known else None)
    what = (command.good, command.scrap, consumed, taken, brought, lot, movement)
    tx.append(WorkReported(order.number, order.sku, *what))
    return lot


def _due(one: WorkComponent, order: WorkOrder, done: int) -> int:
    return rules.due(one.need, one.whole, done, order.quantity)


def _share(one: WorkComponent, quantity: int) -> int:
    """The value of a part of an order's components; the full quantity has the full value."""
    return one.wip_milli * quantity // one.held_quantity if one.held_quantity else 0


def _brought_in(
    tx: Transaction, order: WorkOrder, command: ReportWork, lot: str, taken_milli: int | None
) -> tuple[int, int]:
    """Receive the good output at the value of its components.

    Returns the journal row, and the received value in thousandths of a minor unit, rounded to minor units like all
    receipts.
    """
    if taken_milli is not None and taken_milli > WORTH_LIMIT:
        raise Refusal("cost_large", {"sku": order.sku})
    cost = None if taken_milli is None else taken_milli // command.good
    movement = RecordMovement(
        *(order.sku, "in", 0, command.good, order.target, lot, command.expiry, "produced"),
        document=order.holder,
        unit_cost_minor=cost,
    )
    row = tx.do(movement, asks=False).first_seq
    if taken_milli is None or cost is None:
        return row, 0
    brought = cost * command.good
    if rest := (taken_milli - brought + MILLI // 2) // MILLI:
        tx.do(ReviseReceipt(row, order.sku, add_minor=rest))
    return row, brought + rest * MILLI


def _end(tx: Transaction, order: WorkOrder) -> None:
    """End an order: its components return to stock, and its reservations are released."""
    give_back(tx, order)
    tx.do(ReleaseStock(order.holder))
    correct(tx, order, order.sku, order.taken_milli - order.brought_milli)
    tx.append(WorkEnded(order.number, "completed"))
    reserve_waiting(tx, (one.sku for one in order.components))
