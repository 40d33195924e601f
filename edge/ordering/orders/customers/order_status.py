"""The status page of an order, for holders of its QR code."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.lib.regions.place import Jurisdiction
from edge.lib.units.quantity import Unit
from edge.ordering.delivery.queries import zone_named
from edge.ordering.orders import order_lines
from edge.ordering.orders.order import Proposal
from edge.ordering.orders.paying.order_payments import OrderPayment, payment_of
from edge.ordering.orders.queries import NEXT_SLOTS, FreeSlot, ages_of, free_slots, order_by_secret, with_faults
from edge.ordering.orders.rules import Fulfilment


class StatusLine(msgspec.Struct, frozen=True):
    """Goods that a customer may still remove from their order, with their price and deposit. Age-restricted ones have
    no `names`, to keep them private on screen."""

    id: int
    names: dict[str, str]
    unit: Unit
    quantity: int
    amount_minor: int


class OrderStatus(msgspec.Struct, frozen=True):
    """The content of an order's status page, without name and address.

    `lines`: goods that the customer may still remove, with the promised total including tip. `today_minor`: the total
    with today's taxes, if calculated. `advance_minor`: the prepayment, leaving `due_minor` to pay or `owed_minor` to
    refund. `no_show_fee_minor`: the most of it that is kept if the customer doesn't come. `slots`: the next free ones,
    if the shop is closed at the order's. `payment`: its card payment.
    """

    said: str
    state: str
    placed_us: int
    changed_us: int
    slot_from_us: int
    slot_until_us: int
    fulfilment: Fulfilment
    code: str
    stranded: bool = False
    proposals: tuple[Proposal, ...] = ()
    lines: tuple[StatusLine, ...] = ()
    total_minor: int = 0
    tip_minor: int = 0
    today_minor: int | None = None
    advance_minor: int = 0
    due_minor: int = 0
    owed_minor: int = 0
    no_show_fee_minor: int = 0
    slots: tuple[FreeSlot, ...] = ()
    payment: OrderPayment | None = None


def order_status(db: Connection, secret: str, at_us: Number = 0, zone: str = "UTC") -> OrderStatus | None:
    """The status of the order with this secret; None if there is none."""
    order = order_by_secret(db, secret, at_us)
    if order is None:
        return None
    (order,) = with_faults(db, ZoneInfo(zone), [order], at_us)
    said = {field: getattr(order, field) for field in OrderStatus.__struct_fields__ if hasattr(order, field)}
    said["total_minor"] = order.goods.total_minor
    said["payment"] = payment_of(db, order.id)
    if order.stranded:
        to = zone_named(db, order.zone)
        said["slots"] = tuple(free_slots(db, ZoneInfo(zone), at_us, NEXT_SLOTS, to=to))
    if order.state != "placed" or order.at_register:
        return OrderStatus(**said)
    aged = order_lines.lines_with_age(order.goods, ages_of(db, order.goods, Jurisdiction()))  # lines with a minimum age
    lines = tuple(
        StatusLine(line.id, names, line.unit, line.quantity, line.amount_minor + line.deposits_minor)
        for line in order.goods.sold_lines
        if order_lines.is_goods(line)
        for names in ({} if line.id in aged else line.names,)
    )
    return OrderStatus(**said, lines=lines)
