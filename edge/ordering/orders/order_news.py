"""News of an order for its customer: letters that wait until they are out. Each is worth sending for two hours.

News of one's own order needs no consent, and stops when they say so. Whom it is for stands sealed in the order, or is
the customer's: it is looked up when it goes out, so nothing of people is here.
"""

from __future__ import annotations

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.foundation.outbox.letters import ANY_CHANNEL, count_waiting, queue_letter, withdraw
from edge.ordering.orders.order import KeptOrder

LIFE_US = 2 * 3600 * 1_000_000
WAITING_LIMIT = 1000
"""News that wait at once; what comes then is left out, as a channel that is off for hours has no more to say."""
TOLD = frozenset(
    {"accepted", "ready", "out_for_delivery", "failed", "delivered", "rejected", "cancelled", "changed", "proposed"}
)
"""What customers are told of; `changed`: something was missing; `proposed`: and something else would do."""
_STAYS = ("changed", "proposed")
_FORGET_QUIET = "DELETE FROM order_quiet WHERE order_id NOT IN (SELECT id FROM shop_order WHERE open)"


class NewsLetter(msgspec.Struct, frozen=True):
    """About which step of which order."""

    order: str
    step: str


def note_news(tx: Transaction, order: KeptOrder, step: str) -> None:
    """Let the customer of an order know, where they said how, and did not ask for quiet."""
    if step not in (*_STAYS, "preparing"):  # what still waits of its older steps is not so any more
        withdraw(tx.db, _key(order.id), tx.at_us, "over", but=tuple(_key(order.id, kept) for kept in _STAYS))
    if step not in TOLD or not (order.phone or order.customer) or is_quiet(tx.db, order.id):
        return
    if count_waiting(tx.db, "order") >= WAITING_LIMIT:
        return
    key, about = f"{_key(order.id, step)}{tx.at_us}", NewsLetter(order.id, step)
    queue_letter(tx.db, "order", key, f"order:{order.id}", ANY_CHANNEL, about, tx.at_us, life_us=LIFE_US)


def stop_news(tx: Transaction, order: KeptOrder) -> None:
    """They want no more of this order."""
    withdraw(tx.db, _key(order.id), tx.at_us, "not_wanted")
    tx.db.execute(_FORGET_QUIET)
    tx.db.execute("INSERT OR IGNORE INTO order_quiet (order_id) VALUES (?)", (order.id,))


def is_quiet(db: Connection, order: str) -> bool:
    """Whether its customer wants to hear no more of it."""
    return bool(db.execute("SELECT 1 FROM order_quiet WHERE order_id = ?", (order,)).fetchone())


def _key(order: str, step: str = "") -> str:
    return f"order:{order}:{step}:" if step else f"order:{order}:"
