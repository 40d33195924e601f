"""Notifications about an order for its customer, queued until sent. Each is relevant for two hours.

They need no consent and stop on request. The recipient's data is read from the order or the customer when a
notification is sent, so it isn't stored here.
"""

from __future__ import annotations

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.outbox.letters import ANY_CHANNEL, count_waiting, queue_letter, withdraw
from edge.ordering.orders.order import KeptOrder

LIFE_US = 2 * 3600 * 1_000_000
WAITING_LIMIT = 1000
"""Maximum queued notifications. More are dropped, because after hours without a channel they're outdated."""
TOLD = frozenset(
    {"accepted", "ready", "out_for_delivery", "failed", "delivered", "rejected", "cancelled", "changed", "proposed"}
)
"""Steps that customers are notified about. `changed`: something was missing; `proposed`: a substitute was proposed."""
_STAYS = ("changed", "proposed")
_FORGET_QUIET = "DELETE FROM order_quiet WHERE order_id NOT IN (SELECT id FROM shop_order WHERE open)"


class NewsLetter(msgspec.Struct, frozen=True):
    """The order and step that a notification is about."""

    order: str
    step: str


def note_news(tx: Transaction, order: KeptOrder, step: str) -> None:
    """Notify an order's customer, if they left an address and didn't unsubscribe."""
    if step not in (*_STAYS, "preparing"):  # drop queued notifications about earlier steps
        withdraw(tx.db, _key(order.id), tx.at_us, "over", but=tuple(_key(order.id, kept) for kept in _STAYS))
    if step not in TOLD or not (order.phone or order.customer) or is_quiet(tx.db, order.id):
        return
    if count_waiting(tx.db, "order") >= WAITING_LIMIT:
        return
    key, about = f"{_key(order.id, step)}{tx.at_us}", NewsLetter(order.id, step)
    queue_letter(tx.db, "order", key, f"order:{order.id}", ANY_CHANNEL, about, tx.at_us, life_us=LIFE_US)


def stop_news(tx: Transaction, order: KeptOrder) -> None:
    """Unsubscribe from this order's notifications."""
    withdraw(tx.db, _key(order.id), tx.at_us, "not_wanted")
    tx.db.execute(_FORGET_QUIET)
    tx.db.execute("INSERT OR IGNORE INTO order_quiet (order_id) VALUES (?)", (order.id,))


def is_quiet(db: Connection, order: str) -> bool:
    """Whether the customer unsubscribed from this order."""
    return bool(db.execute("SELECT 1 FROM order_quiet WHERE order_id = ?", (order,)).fetchone())


def _key(order: str, step: str = "") -> str:
    return f"order:{order}:{step}:" if step else f"order:{order}:"
