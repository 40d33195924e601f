"""Fees kept from a cancelled order's prepayment, inside the transaction: the no-show fee shown to its customer, or the
delivery fee if the age check at the door failed. Booked as a till sale; the rest is owed to the customer.
"""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.surfaces import MACHINE
from edge.counter.basket.basket import AdvanceHeld
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.commands import SellPriced
from edge.counter.till.queries import last_receipt
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import SELL
from edge.lib.i18n import in_all_languages
from edge.lib.units.quantity import ONE
from edge.ordering.orders.commands import CancelOrder
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_lines import is_fee, over_classes, taxed_minor


def keep_fee(tx: Transaction, order: KeptOrder, tax_class: str) -> int:
    """Book the kept fee; returns the register's receipt number.

    Taxes are included, by the tax classes of the order's goods by value, or else `tax_class`. `order`: the order as it
    was evaluated.
    """
    if tx.actor.program or tx.actor.surface in MACHINE:
        raise Refusal("no_show_by_person", {"said": order.said})
    if not tx.actor.may(SELL):
        raise Refusal("right_denied", {"command": CancelOrder.__name__, "right": SELL})
    if not order.no_show:
        raise Refusal("no_show_not_yet", {"said": order.said})
    minor = order.no_show_kept_minor
    if not minor:
        raise Refusal("no_show_nothing", {"said": order.said})
    names = in_all_languages("order.line_no_show", said=order.said)
    parts = over_classes(order.goods.sold_lines, minor) or [(tax_class, minor)]
    lines = tuple(
        RecordedLine(id, "", "", names, "piece", ONE, part_minor, of, kind="fee")
        for id, (of, part_minor) in enumerate(parts, 1)
    )
    sale = SellPriced(
        lines,
        (),
        note=order.said,
        customer=order.customer,
        slips=False,
        advance=AdvanceHeld(order.id, order.said, minor, order.ahead),
        taxes_included=True,
    )
    return _sell_fee(tx, sale)


def keep_delivery_fee(tx: Transaction, order: KeptOrder, settings: TillSettings) -> int:
    """Book the delivery fee, taxed as on the order; returns the register's receipt number, or 0 if it wasn't
    prepaid."""
    fees = tuple(line for line in order.goods.sold_lines if is_fee(line))
    minor = taxed_minor(msgspec.structs.replace(order.goods, lines=fees), settings) if fees else 0
    if not 0 < minor <= order.advance_minor:
        return 0
    sale = SellPriced(
        fees,
        (),
        note=order.said,
        customer=order.customer,
        slips=False,
        advance=AdvanceHeld(order.id, order.said, minor, order.ahead),
        delivered_to=order.goods.delivered_to,
    )
    return _sell_fee(tx, sale)


def _sell_fee(tx: Transaction, sale: SellPriced) -> int:
    tx.do(sale)
    receipt = last_receipt(tx.db, tx.actor.register)
    assert receipt is not None
    return receipt.number
