"""Advances: prepayments of orders, inside the transaction.

An advance is owed to the customer and isn't a sale. It pays for the order at hand-over, and any excess is refunded to
the tenders that paid it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from edge.core.messages import Command, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket, Question
from edge.counter.basket.event_structs import RecordedLine, TenderKind
from edge.counter.till.commands import Reason
from edge.counter.till.paying.advances import PayBackAdvance, advance_line, refundable_by_tender
from edge.counter.till.queries import read_basket
from edge.counter.till.sale_effects import resumption
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import REFUND, within
from edge.lib.i18n import ENGLISH
from edge.lib.units.money import LIMIT_MINOR
from edge.ordering.orders.carts.cart_handlers import lay
from edge.ordering.orders.customers.named_order import find_order
from edge.ordering.orders.order import KeptOrder, OrderId
from edge.ordering.orders.order_lines import taxable_minor, taxed_minor
from edge.ordering.orders.paying.advance_money import shares
from edge.ordering.orders.queries import read_shop_order

Amount = Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]
_LAY = "INSERT INTO order_on_counter (register, order_id, since_us) VALUES (?, ?, ?)"
_LEFT = """
    SELECT register, receipt, minor - back_minor FROM order_advance WHERE order_id = ? AND minor > back_minor
    ORDER BY register, receipt
"""


class TakeAdvance(Command, frozen=True):
    """Add an order's prepayment to this register's basket: this amount, or everything due. Any tenders can pay it."""

    order: OrderId
    amount_minor: Amount | None = None


class GiveBackAdvance(Command, frozen=True):
    """Refund an order's advance: the excess, or the requested amount. This is final.

    Each tender gets back the amount it paid. `kind`, `reference` and `reason` as in `RefundSale`.
    """

    personal = ("reason",)

    order: OrderId
    amount_minor: Amount | None = None
    kind: TenderKind | None = None
    reference: Reason = ""
    reason: Reason = ""


def take_advance(settings: TillSettings, tx: Transaction, command: TakeAdvance) -> Basket:
    """Return the register's basket with only the advance.

    If current taxes change the order's promised total, the customer must accept it first.
    """
    order = find_order(tx, command.order)
    total_minor = taxed_minor(order.goods, settings, order.held_advance)
    due_minor = max(0, total_minor - order.advance_minor) if order.open else 0
    if not due_minor:
        raise Refusal("advance_not_due", {"said": order.said})
    minor = command.amount_minor or due_minor
    if minor > due_minor:
        raise Refusal("advance_too_much", {"said": order.said, "due_minor": due_minor})
    register = tx.actor.register
    if not read_basket(tx.db, register).empty:
        raise Refusal("counter_not_empty")
    tx.db.execute(_LAY, (register, order.id, tx.at_us))
    laid = Basket(
        register,
        opened_us=tx.at_us,
        last_id=2,
        lines=(advance_line(order.id, order.said, minor),),
        questions=sum_changed(order, total_minor, 2),
        customer=order.customer,
        up=resumption(tx, order.said),
        delivered_to=order.goods.delivered_to,
        worth_minor=taxable_minor(order.goods, settings),
    )
    return lay(tx, laid)


def sum_changed(order: KeptOrder, minor: int, id: int) -> tuple[Question, ...]:
    """The question whether the customer accepts a total changed by taxes."""
    was_minor = order.goods.total_minor
    if minor == was_minor:
        return ()
    return (Question(id, "tax_changed", "", 0, names={ENGLISH: order.said}, price_minor=minor, was_minor=was_minor),)


def give_back_advance(tx: Transaction, command: GiveBackAdvance) -> KeptOrder:
    """Refund the advance; returns the order. A paper is printed for each receipt refunded."""
    order = find_order(tx, command.order)
    minor = command.amount_minor or order.owed_minor
    if not minor:
        raise Refusal("advance_not_owed", {"said": order.said})
    if minor > order.advance_minor:
        raise Refusal("advance_back_too_much", {"said": order.said, "left_minor": order.advance_minor})
    within(tx.actor, REFUND, minor)
    rows = tx.db.execute(_LEFT, (order.id,)).fetchall()
    parts = shares(minor, ((left, refundable_by_tender(tx, register, number)) for register, number, left in rows))
    for (register, number, _), part in zip(rows, parts, strict=True):
        if part:
            back = PayBackAdvance(register, number, part, command.kind, command.reference, command.reason)
            tx.do(back)
    found = read_shop_order(tx.db, order.id)
    assert found is not None
    return found


def takes_advance(lines: Iterable[RecordedLine]) -> bool:
    """Whether a basket or sale is an order's advance rather than the order."""
    return any(line.kind == "advance" for line in lines)
