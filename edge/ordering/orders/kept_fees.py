"""What is kept of an order that came to nothing, inside the transaction: of what was paid ahead, the fee that its
customer was shown for not coming, or that of the way to a door where nobody was old enough. It is a sale of the till;
the rest is owed to them."""

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
    """The register's receipt of what is kept, taxes included, in the classes of what was ordered by its value; else in
    `tax_class`. `order` as it was judged."""
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
    parts = over_classes(order.goods.sold, minor) or [(tax_class, minor)]
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
    """The register's receipt of the way to a door, taxed as it was; 0 where it was not paid ahead."""
    fees = tuple(line for line in order.goods.sold if is_fee(line))
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
