"""Hands over an order, inside the transaction: all or part of it becomes a sale with the register's next receipt
number.

Age-restricted goods are removed if the customer didn't prove their age.
"""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Done, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import PartOf
from edge.counter.basket.tips import assign_tips, tip_minor
from edge.counter.till.commands import SellPriced
from edge.counter.till.lines.purchase_limits import ask_over_day
from edge.counter.till.lines.selling_hours import require_hours
from edge.counter.till.queries import last_receipt
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import OVERRIDE
from edge.lib.units.receipt_number import shown_number
from edge.ordering.delivery.door_money import NOTHING, DoorMoney, door_money_of
from edge.ordering.delivery.driver_cash import note_cash
from edge.ordering.delivery.events import DriverPaid
from edge.ordering.orders import order_lines, rules
from edge.ordering.orders.commands import HandOverOrder
from edge.ordering.orders.customers.code_tries import CodeTries
from edge.ordering.orders.events import AGE, CODE_DEAD, OrderChanged, OrderParted
from edge.ordering.orders.fulfilment.kitchen_slips import forget_slips, kitchen_knows, tell_kitchen
from edge.ordering.orders.fulfilment.reservations import fulfil, hand_part, hold, release
from edge.ordering.orders.fulfilment.short_orders import recalled_in
from edge.ordering.orders.order import KeptOrder, OrderGoods
from edge.ordering.orders.order_handlers import agree_sum, move, with_age
from edge.ordering.orders.paying import order_coupons
from edge.ordering.orders.paying.kept_fees import keep_delivery_fee
from edge.ordering.orders.paying.order_payments import require_captured
from edge.ordering.orders.queries import ages_of, last_reason, read_shop_order, register_of_order
from edge.ordering.orders.settings import NOTHING_SAID, OrdersSection

_replace = msgspec.structs.replace


class HandedOver(msgspec.Struct, frozen=True):
    """The result of a hand-over: the `receipt` of a register and the total paid. 0: nothing could be handed over.

    `left_minor`: the total of the remaining part.
    """

    order: str
    said: str
    register: str
    receipt: int
    total_minor: int
    left_minor: int = 0


class HandingOver:
    """Hands over orders in a store. `tries`: counts wrong pickup codes."""

    def __init__(self, settings: TillSettings, tries: CodeTries, section: OrdersSection = NOTHING_SAID) -> None:
        self._settings = settings
        self._tries = tries
        self._section = section

    def hand_over(self, tx: Transaction, command: HandOverOrder) -> HandedOver:
        order = read_shop_order(tx.db, command.order)
        if order is None:
            raise Refusal("no_such_order")
        if register := register_of_order(tx.db, order.id):
            raise Refusal("order_at_register", {"said": order.said, "register": register})
        stays(tx, order)
        self._code(tx, order, command.code)
        order = _replace(order, goods=with_age(tx, order.goods, self._settings.place))
        if command.id_failed:
            order = without_age(tx, order, self._settings, command.fee_waived)
            if not order.open:
                return HandedOver(order.id, order.said, tx.actor.register, 0, 0)
        if command.tip_minor is not None:
            order = with_final_tip(tx, order, command.tip_minor)
        self._another_sum(order, command)
        require_captured(tx.db, order)
        if command.lines is not None:
            return self._part(tx, order, command)
        may_be_handed_over(order, command.id_checked)
        order = agree_sum(tx, order, self._settings)
        sold = self._sell(tx, order, order.goods, command)
        why = CODE_DEAD if self._tries.is_dead(order.id) else ""
        return end_handover(tx, order, command.id_checked, at_door=self._at_door(order, sold), why=why)

    def _code(self, tx: Transaction, order: KeptOrder, code: str) -> None:
        register = tx.actor.register
        if not code:
            if self._tries.is_dead(order.id) and not tx.actor.may(OVERRIDE):
                raise Refusal("right_denied", {"command": HandOverOrder.__name__, "right": OVERRIDE})
            return
        self._tries.refusal(register, tx.at_us, order.id, order.said)
        if code == order.code:
            return
        self._tries.wrong(register, tx.at_us, order.id)
        raise Refusal("pickup_code_wrong", {"said": order.said})

    def _another_sum(self, order: KeptOrder, command: HandOverOrder) -> None:
        """Raise `Refusal` for a total that differs from the one seen or promised.

        Today's taxes or a change of the order can cause that. The refusal gives both totals.
        """
        seen_minor = command.accepted_total_minor
        is_minor = order_lines.taxed_minor(order.goods, self._settings, order.held_advance)
        was_minor = order.goods.total_minor if seen_minor is None else seen_minor
        if was_minor != is_minor:
            raise Refusal("price_changed", {"was_minor": was_minor, "is_minor": is_minor})

    def _part(self, tx: Transaction, order: KeptOrder, command: HandOverOrder) -> HandedOver:
        wanted = order_lines.wanted_of(command.lines or ())
        parts = order_lines.split_goods(order.goods, wanted, self._settings, order.held_advance)
        part, left = (with_age(tx, one, self._settings.place) for one in parts)
        if not order_lines.has_goods(part):
            raise Refusal("part_empty", {"said": order.said})
        if order.state == "out_for_delivery" and order_lines.has_goods(left):
            raise Refusal("order_state", {"from": order.state, "to": "ready"})
        whole = _replace(order, goods=part)
        may_be_handed_over(whole, command.id_checked)
        sold = self._sell(tx, order, part, command, PartOf(order.goods.sold_lines, left.sold_lines))
        if not order_lines.has_goods(left):
            return end_handover(tx, whole, command.id_checked, at_door=self._at_door(order, sold))
        receipt = last_receipt(tx.db, tx.actor.register)
        assert receipt is not None
        order = walk_to(tx, order, "ready")
        moved = OrderParted(
            order=order.id,
            number=order.number,
            revision=order.version + 1,
            goods=left,
            receipt=receipt.number,
            shown=shown_number(tx.actor.register, receipt.number),
            id_checked=command.id_checked,
            parts_minor=order.parts_minor + receipt.total_minor,
        )
        tx.append(moved)
        hand_part(tx, f"order:{order.id}", part.sold_lines)
        tell_kitchen(tx, _replace(order, goods=left), self._settings, "parted")
        register = tx.actor.register
        return HandedOver(order.id, order.said, register, receipt.number, receipt.total_minor, left.total_minor)

    def _sell(
        self, tx: Transaction, order: KeptOrder, goods: OrderGoods, command: HandOverOrder, part: PartOf | None = None
    ) -> Done:
        ask_over_day(tx, order.customer, goods.lines, tx.ask)
        require_hours(tx, goods.lines, self._settings, tx.ask)
        if not kitchen_knows(tx, order.id):  # never accepted: print its kitchen ticket now, under its own number
            tell_kitchen(tx, order, self._settings)
        drives = order.state == "out_for_delivery" and self._section.tips_to == "driver"
        sale = SellPriced(
            assign_tips(goods.lines, order.driver or tx.actor.name) if drives else goods.lines,
            command.tenders,
            goods.promotions,
            goods.price_list,
            goods.min_age if command.id_checked else 0,
            order.placed_us,
            order.said,
            command.print,
            customer=order.customer,
            slips=False,
            part=part,
            coupons=order_coupons.paying(order, goods, part is not None),
            discount=goods.discount,
            advance=order.held_advance,
            delivered_to=goods.delivered_to,
        )
        sold = tx.do(sale)
        if self._at_door(order, sold).cash_minor < 0:
            raise Refusal("no_change_at_door", {"said": order.said})
        return sold

    def _at_door(self, order: KeptOrder, sold: Done) -> DoorMoney:
        """The cash of the payment that the driver has; none for pickup in the shop."""
        if order.state != "out_for_delivery":
            return NOTHING
        sale: Any = sold.result
        theirs = tip_minor(line for line in sale.lines if line.tip_to)
        return door_money_of(sale.tenders, sale.change_minor, theirs, self._settings.coins)


def without_age(tx: Transaction, order: KeptOrder, settings: TillSettings, fee_waived: bool = False) -> KeptOrder:
    """Return the order without age-restricted goods.

    If nothing else is left, it's cancelled, keeping the prepaid delivery fee. Nothing about the person is recorded.
    """
    away = order_lines.lines_with_age(order.goods, ages_of(tx.db, order.goods, settings.place))
    if not away:
        return order
    goods = with_age(tx, order_lines.without(order.goods, away, settings, order.held_advance), settings.place)
    if not order_lines.has_goods(goods):
        receipt = 0
        if order.state == "out_for_delivery":
            move(tx, order, "failed", AGE, tell=False)
            receipt = 0 if fee_waived else keep_delivery_fee(tx, order, settings)
            order = _replace(order, state="failed")
        move(tx, order, "cancelled", AGE, receipt=receipt)
        release(tx, f"order:{order.id}")
        order_coupons.give_back(tx, order)
        return _replace(order, state="cancelled")
    tx.append(OrderChanged(order.id, order.number, order.version + 1, goods, AGE))
    hold(tx, f"order:{order.id}", goods.sold_lines, order.said)  # reduce the reservation to what remains
    return _replace(order, goods=goods, version=order.version + 1)


def with_final_tip(tx: Transaction, order: KeptOrder, minor: int) -> KeptOrder:
    """Return the order with the tip that was finally given, which may differ from the promised one."""
    if minor == order.goods.tip_minor:
        return order
    goods = order_lines.with_tip(order.goods, minor)
    tx.append(OrderChanged(order.id, order.number, order.version + 1, goods))
    return _replace(order, goods=goods, version=order.version + 1)


def stays(tx: Transaction, order: KeptOrder) -> None:
    """Raise `Refusal` if an order can't be handed over: by its state, a recalled lot, or a failed age check at the
    door.
    """
    rules.walk(order.state, order.fulfilment)
    if order.state == "failed" and last_reason(tx.db, order.id) == AGE:
        raise Refusal("failed_for_age", {"said": order.said})
    recalled_in(tx.db, order)


def may_be_handed_over(order: KeptOrder, id_checked: bool) -> None:
    """Raise `Refusal` if an order can't be sold in its state, or its required ID check is missing."""
    rules.walk(order.state, order.fulfilment)
    if order.goods.min_age and not id_checked:
        raise Refusal("id_not_checked", {"said": order.said, "age": order.goods.min_age})


def walk_to(tx: Transaction, order: KeptOrder, to: rules.State) -> KeptOrder:
    """Return the order after the skipped steps up to this state."""
    way = rules.walk(order.state, order.fulfilment)
    for state in way[: way.index(to) + 1] if to in way else ():
        move(tx, order, state, tell=state == to)
        order = _replace(order, state=state)
    return order


def end_handover(
    tx: Transaction, order: KeptOrder, id_checked: bool, at_door: DoorMoney = NOTHING, why: str = ""
) -> HandedOver:
    """Record the remaining steps, after the order's sale became the register's newest receipt.

    `at_door`: a delivery's cash, which the driver has. `why`: the reason for handing over without the pickup code.
    """
    receipt = last_receipt(tx.db, tx.actor.register)
    assert receipt is not None and receipt.kind == "sale"
    way = rules.walk(order.state, order.fulfilment)
    for to in way:
        last = to == way[-1]
        driver = order.driver or tx.actor.name if to in ("out_for_delivery", "delivered") else ""
        if at_door and to == "delivered":
            cash = (at_door.cash_minor, at_door.foreign, at_door.tip_minor)
            paid = DriverPaid(order.id, order.number, driver, receipt.number, order.currency, *cash)
            note_cash(tx, paid, order.said)  # must come right before the order's last step: `counter.py` relies on it
        said = why if last else ""
        move(tx, order, to, said, driver, receipt.number if last else 0, last and id_checked, tell=last)
        order = _replace(order, state=to)
    fulfil(tx, f"order:{order.id}", order.goods.sold_lines)
    forget_slips(tx, order.id)
    return HandedOver(order.id, order.said, tx.actor.register, receipt.number, receipt.total_minor)
