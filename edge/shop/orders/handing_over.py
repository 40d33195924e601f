"""An order is handed over, inside the transaction: all of it is one sale, with the register's next receipt number."""

from __future__ import annotations

import msgspec

from edge.core.messages import Done, Refused
from edge.core.registry import Transaction
from edge.shop.orders import rules
from edge.shop.orders.commands import HandOverOrder
from edge.shop.orders.order import KeptOrder
from edge.shop.orders.order_handlers import move
from edge.shop.orders.queries import read_shop_order, register_of_order
from edge.shop.orders.reserving import fulfil
from edge.shop.till.commands import SellPriced
from edge.shop.till.queries import last_receipt


class HandedOver(msgspec.Struct, frozen=True):
    """What an order became: the receipt `receipt` of a register, and what was paid."""

    order: str
    said: str
    register: str
    receipt: int
    total_minor: int


def hand_over_order(tx: Transaction, command: HandOverOrder) -> HandedOver | Refused:
    order = read_shop_order(tx.db, command.order)
    if order is None:
        return Refused("no_such_order")
    if register := register_of_order(tx.db, order.id):
        return Refused("order_at_register", {"said": order.said, "register": register})
    if refused := may_be_handed_over(order, command.id_checked):
        return refused
    if command.code and command.code != order.code:
        return Refused("pickup_code_wrong", {"said": order.said})
    goods = order.goods
    sold = tx.do(
        SellPriced(
            goods.lines,
            command.tenders,
            goods.promotions,
            goods.price_list,
            goods.min_age if command.id_checked else 0,
            order.placed_us,
            order.said,
            command.print,
            order.customer,
        )
    )
    if isinstance(sold, Refused):
        return sold
    assert isinstance(sold, Done)
    return ended(tx, order, command.id_checked)


def may_be_handed_over(order: KeptOrder, id_checked: bool) -> Refused | None:
    """Why an order cannot become a sale now."""
    way = rules.walk(order.state, order.fulfilment)
    if isinstance(way, Refused):
        return way
    if order.goods.min_age and not id_checked:
        return Refused("id_not_checked", {"said": order.said, "age": order.goods.min_age})
    return None


def ended(tx: Transaction, order: KeptOrder, id_checked: bool) -> HandedOver:
    """The steps that are left, now that the register's newest receipt is the order's sale."""
    receipt = last_receipt(tx.db, tx.actor.register)
    assert receipt is not None and receipt.kind == "sale"
    way = rules.walk(order.state, order.fulfilment)
    assert not isinstance(way, Refused)
    for to in way:
        last = to == way[-1]
        driver = order.driver or tx.actor.name if to == "out_for_delivery" else ""
        move(tx, order, to, driver=driver, receipt=receipt.number if last else 0, id=last and id_checked)
        order = msgspec.structs.replace(order, state=to)
    fulfil(tx, f"order:{order.id}", order.goods.sold)
    return HandedOver(order.id, order.said, tx.actor.register, receipt.number, receipt.total_minor)
