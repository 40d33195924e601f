"""The order that a command is about. Staff name it by its id, its customer by its QR code's secret.

Anyone who names it by its secret acts as its customer; see `rules.CUSTOMER_MAY`.
"""

from __future__ import annotations

import re
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from edge.core.handling import Requirement, Transaction
from edge.core.messages import Refusal
from edge.foundation.access.requirements import OWN_ORDER
from edge.foundation.access.rights import ORDERS
from edge.ordering.orders.order import ORDER_ID, KeptOrder
from edge.ordering.orders.queries import order_by_secret, read_shop_order, register_of_order, with_faults
from edge.ordering.orders.rules import CUSTOMER_MAY, CustomerLimits

_IS_ID = re.compile(rf"{ORDER_ID}\Z").match


class OfOrder(Protocol):
    """A command that is about one order."""

    @property
    def order(self) -> str: ...


class NamedOrder(msgspec.Struct, frozen=True):
    """An order, and whether its customer is asking."""

    order: KeptOrder
    by_customer: bool = False


def find_order(tx: Transaction, id: str, busy: bool = True) -> KeptOrder:
    """Return an order by its id.

    Raises `Refusal` if it's unknown or, with `busy`, open at a register, where it's about to be paid.
    """
    order = read_shop_order(tx.db, id)
    if order is None:
        raise Refusal("no_such_order")
    return _off_counter(tx, order) if busy else order


def named_order(tx: Transaction, command: OfOrder, zone: ZoneInfo, busy: bool = True) -> NamedOrder:
    """The order that a command names.

    Raises `Refusal` if it's unknown, open at a register (with `busy`), or its customer may not run the command now.
    """
    order = order_by_secret(tx.db, command.order, tx.at_us)
    if order is None:
        return NamedOrder(find_order(tx, command.order, busy))
    if busy:
        _off_counter(tx, order)
    may = CUSTOMER_MAY[type(command).__name__]
    if order.state not in may.states and not _is_stranded(tx, order, may, zone):
        raise Refusal("order_being_made", {"said": order.said})
    if any(getattr(command, field) for field in may.not_theirs):
        raise _right_refusal(command)
    return NamedOrder(order, by_customer=True)


def _off_counter(tx: Transaction, order: KeptOrder) -> KeptOrder:
    if register := register_of_order(tx.db, order.id):
        raise Refusal("order_at_register", {"said": order.said, "register": register})
    return order


def _is_stranded(tx: Transaction, order: KeptOrder, may: CustomerLimits, zone: ZoneInfo) -> bool:
    return order.state in may.stranded_states and with_faults(tx.db, zone, [order], tx.at_us)[0].stranded


def _require_own(tx: Transaction, command: OfOrder) -> None:
    """Raise `Refusal` for callers without the right to all orders, unless they name an order by its secret."""
    is_staff = tx.is_child or (tx.actor.surface != "kiosk" and tx.offered_command(type(command).__name__))
    if not is_staff and _IS_ID(command.order) and order_by_secret(tx.db, command.order, tx.at_us) is None:
        raise _right_refusal(command)


def _right_refusal(command: OfOrder) -> Refusal:
    return Refusal("right_denied", {"command": type(command).__name__, "right": ORDERS})


own_order = Requirement(OWN_ORDER, _require_own)
