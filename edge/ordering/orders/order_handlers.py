"""Commands of existing orders, inside the transaction: their steps and their end."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.till.lines.purchase_limits import over_limit
from edge.counter.till.lines.selling_hours import require_hours
from edge.counter.till.settings import TillSettings
from edge.foundation.access.queries import count_users, is_active_user
from edge.foundation.access.rights import MANAGE
from edge.foundation.printing.commands import QueuePrint
from edge.lib.regions.place import Jurisdiction
from edge.ordering.delivery.law import stays_in_province
from edge.ordering.orders import order_lines, rules
from edge.ordering.orders.commands import (
    CancelOrder,
    MoveOrder,
    PrintOrder,
    PrintRun,
    StopOrderNews,
)
from edge.ordering.orders.customers.named_order import find_order, named_order
from edge.ordering.orders.customers.order_news import note_news, stop_news
from edge.ordering.orders.events import AGE, OrderChanged, OrderMoved
from edge.ordering.orders.fulfilment.kitchen_slips import tell_kitchen
from edge.ordering.orders.fulfilment.reservations import hold, release, throw_away
from edge.ordering.orders.fulfilment.short_orders import recalled_in
from edge.ordering.orders.order import KeptOrder, OrderGoods
from edge.ordering.orders.order_papers import cancellation_paper, change, manifest, picking
from edge.ordering.orders.paying import order_coupons
from edge.ordering.orders.paying.kept_fees import keep_fee
from edge.ordering.orders.queries import (
    ORDERS_LIMIT,
    ages_of,
    last_reason,
    order_by_secret,
    person_of,
    read_shop_order,
    read_shop_orders,
    with_faults,
)
from edge.ordering.orders.rules import State

_replace = msgspec.structs.replace


class OrderHandlers:
    """Handles orders in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def move_order(self, tx: Transaction, command: MoveOrder) -> KeptOrder:
        order = find_order(tx, command.order)
        rules.step(order.state, command.to, order.fulfilment)
        if command.to == "ready":
            recalled_in(tx.db, order)
        if command.to == "out_for_delivery":
            if not command.driver:
                raise Refusal("driver_missing")
            if count_users(tx.db) and not is_active_user(tx.db, command.driver):
                raise Refusal("no_such_user", {"id": command.driver})
            if order.attempts >= rules.ATTEMPTS_MOST and not tx.actor.may(MANAGE):
                raise Refusal("attempts_over", {"attempts": order.attempts})
        if order.state == "failed" and command.to == "ready" and last_reason(tx.db, order.id) == AGE:
            raise Refusal("failed_for_age", {"said": order.said})
        move(tx, order, command.to, command.reason, driver=command.driver)
        if command.to == "accepted":
            self._print(tx, order)
            tell_kitchen(tx, order, self._settings)
        return _now(tx, order)

    def cancel_order(self, tx: Transaction, command: CancelOrder) -> KeptOrder | None:
        """Cancel an order. Returns None to its customer, who sees only its status."""
        zone = ZoneInfo(self._settings.zone)
        of = named_order(tx, command, zone)
        to: State = "rejected" if of.order.state == "placed" and not of.by_customer else "cancelled"
        rules.step(of.order.state, to, of.order.fulfilment)
        (order,) = with_faults(tx.db, zone, [of.order], tx.at_us)
        if of.by_customer:
            stop_news(tx, order)  # they cancelled it themselves
        receipt = keep_fee(tx, order, self._settings.tax_class) if command.keep_fee else 0
        self._end(tx, order, to, command.reason, receipt)
        if command.wasted:
            throw_away(tx, order)
        return None if of.by_customer else _now(tx, order)

    def stop_order_news(self, tx: Transaction, command: StopOrderNews) -> None:
        order = order_by_secret(tx.db, command.secret, tx.at_us)
        if order is None:
            raise Refusal("no_such_order")
        stop_news(tx, order)

    def print_order(self, tx: Transaction, command: PrintOrder) -> None:
        order = find_order(tx, command.order, busy=False)
        self._print(tx, order)

    def print_run(self, tx: Transaction, command: PrintRun) -> int:
        """Print a driver's list; returns the number of orders on it."""
        out = [
            order
            for order in read_shop_orders(tx.db, limit=ORDERS_LIMIT)
            if order.state == "out_for_delivery" and order.driver == command.driver
        ]
        if not out:
            raise Refusal("run_empty")
        tx.do(QueuePrint("order", manifest(tx.db, out, command.driver, self._settings)))
        return len(out)

    def _end(self, tx: Transaction, order: KeptOrder, to: State, reason: str, receipt: int = 0) -> None:
        """Cancel or reject an order: release its goods and notify the people working on it.

        `order`: the order as it was evaluated.
        """
        move(tx, order, to, reason, receipt=receipt)
        release(tx, f"order:{order.id}")
        order_coupons.give_back(tx, order)
        if order.state in ("accepted", "preparing", "ready"):
            tx.do(QueuePrint("order", cancellation_paper(tx.db, order, self._settings)))
            tell_kitchen(tx, order, self._settings, "cleared")

    def _print(self, tx: Transaction, order: KeptOrder) -> None:
        tx.do(QueuePrint("order", picking(tx.db, order, self._settings)))


def move(
    tx: Transaction,
    order: KeptOrder,
    to: State,
    reason: str = "",
    driver: str = "",
    receipt: int = 0,
    id: bool = False,
    tell: bool = True,
) -> None:
    """Append a step of an order. When the order ends, its QR code's secret expires. `tell`: notify the customer."""
    missed = order.no_show and to == "cancelled"
    about = (order.id, order.number, order.state, to, reason, driver, receipt, id, missed)
    tx.append(OrderMoved(*about, person=person_of(tx.db, order.id)))
    if to not in rules.OPEN:
        tx.db.execute("UPDATE order_secret SET code = '' WHERE order_id = ?", (order.id,))
        tx.db.execute("DELETE FROM order_tick WHERE order_id = ?", (order.id,))
    if tell:
        note_news(tx, order, to)


def agree_sum(tx: Transaction, order: KeptOrder, settings: TillSettings) -> KeptOrder:
    """Return the order with its total updated to current taxes, when it's paid."""
    goods = order_lines.with_sum(order.goods, settings, order.held_advance)
    if goods == order.goods:
        return order
    tx.append(OrderChanged(order.id, order.number, order.version + 1, goods))
    return msgspec.structs.replace(order, goods=goods, version=order.version + 1)


def renew_lines(
    tx: Transaction, order: KeptOrder, goods: OrderGoods, reason: str, settings: TillSettings, tell: bool = True
) -> KeptOrder:
    """Return the order with changed lines.

    They're reserved and sent to the people making the order, and with `tell` to its customer.
    """
    order_lines.too_much_of_one(goods.sold_lines)
    over_limit(tx, goods.sold_lines)
    had = {line.sku for line in order.goods.sold_lines}
    require_hours(tx, [line for line in goods.sold_lines if line.sku not in had], settings, at_us=order.slot_from_us)
    stays_in_province(tx.db, goods.sold_lines, settings.place, goods.delivered_to)
    hold(tx, f"order:{order.id}", goods.sold_lines, order.said)
    goods = with_age(tx, order_lines.with_coupons(goods), settings.place)
    tx.append(OrderChanged(order.id, order.number, order.version + 1, goods, reason, person_of(tx.db, order.id)))
    if tell:
        note_news(tx, order, "changed")
    changed = _now(tx, order)
    if order.state != "placed":
        tx.do(QueuePrint("order", change(tx.db, order, changed, settings)))
        tell_kitchen(tx, changed, settings)
    return changed


def with_age(tx: Transaction, goods: OrderGoods, place: Jurisdiction) -> OrderGoods:
    """Return the remaining goods with their current minimum age, for a store at that place."""
    ages = ages_of(tx.db, goods, place)
    return _replace(goods, min_age=max((ages.get(line.sku, 0) for line in goods.sold_lines), default=0))


def _now(tx: Transaction, order: KeptOrder) -> KeptOrder:
    found = read_shop_order(tx.db, order.id)
    assert found is not None
    return found
