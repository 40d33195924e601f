"""Lines of open orders with too little stock: a till sold reserved goods, or a lot was recalled.

Shortages hit carts first, then orders: those without a prepayment, the newest first, and one being paid at a register
last. Ready orders are already picked: only recalled goods make them short. An order with a recalled lot can't be ready
until its line is filled from another lot, substituted or removed.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.goods.stock.queries import promised
from edge.lib.i18n import name_values
from edge.ordering.orders.fulfilment.reservations import counted_lines
from edge.ordering.orders.order import KeptOrder

HOLDER = "order:"
_BEFORE_READY = ("placed", "accepted", "preparing")
_RANKED = f"""
    SELECT o.id, o.state NOT IN {_BEFORE_READY}, c.order_id IS NOT NULL
    FROM json_each(?) j JOIN shop_order o ON o.id = j.value LEFT JOIN order_on_counter c ON c.order_id = o.id
    ORDER BY 2 DESC, 3 DESC, o.advance_minor > 0 DESC, o.placed_us, o.seq
"""


def short_of(db: Connection) -> dict[str, set[str]]:
    """Products reserved beyond the stock, by order."""
    found: dict[str, set[str]] = {}
    away = promised.recalled_on_hand(db)
    for sku, (there, holders) in promised.promised_beyond(db).items():
        mine = {holder.removeprefix(HOLDER): n for holder, n in holders.items() if holder.startswith(HOLDER)}
        others = sum(n for holder, n in holders.items() if not holder.startswith((HOLDER, "cart:")))
        left = there - others
        for order, picked, _ in db.execute(_RANKED, (msgspec.json.encode(list(mine)).decode(),)).fetchall():
            if left < mine[order] and (not picked or sku in away):
                found.setdefault(order, set()).add(sku)
            left -= mine[order]
    return found


def short_lines(db: Connection, order: KeptOrder, short: Iterable[str]) -> tuple[int, ...]:
    """An order's lines that need one of these products."""
    lacking = set(short)
    return tuple(
        line.id for line in order.goods.sold_lines if lacking & {need.sku for need in counted_lines(db, [line])}
    )


def recalled_in(db: Connection, order: KeptOrder) -> None:
    """Raise `Refusal` if an order can't be made ready, because the stock not reserved for others is recalled."""
    if order.state not in _BEFORE_READY:
        return
    away = promised.recalled_on_hand(db)
    if not away:
        return
    lines = short_lines(db, order, away.keys() & short_of(db).get(order.id, set()))
    line = next((line for line in order.goods.sold_lines if line.id in lines), None)
    if line:
        raise Refusal("order_recalled", {"said": order.said, **name_values(line.names)})
