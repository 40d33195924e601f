"""News of an order for its customer: rows that wait until they are out. Each is worth sending for two hours.

News of one's own order needs no consent, and stops when they say so. Whom it is for stands sealed in the order, or is
the customer's: it is looked up when it goes out, so nothing of people is here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.orders.order import KeptOrder

HOUR_US = 3600 * 1_000_000
LIFE_US = 2 * HOUR_US
DAY_US = 24 * HOUR_US
KEPT_US = 7 * DAY_US
WAITING_LIMIT = 1000
"""News that wait at once; what comes then is left out, as a channel that is off for hours has no more to say."""
TOLD = frozenset({"accepted", "ready", "out_for_delivery", "failed", "delivered", "rejected", "cancelled", "changed"})
"""What customers are told of; `changed`: something was missing."""
NewsState = Literal["sent", "unknown", "failed"]
_FIELDS = "id, order_id, about, tries, made_us"
_INSERT = """
    INSERT INTO order_news (order_id, about, state, made_us, next_us, changed_us) VALUES (?, ?, ?, ?, ?, ?)
"""
_AGAIN = """
    UPDATE order_news SET why = ?, tries = tries + 1, next_us = ?, changed_us = ?, state = CASE WHEN EXISTS (
        SELECT 1 FROM order_news AS other WHERE other.order_id = order_news.order_id AND other.state = 'stopped'
    ) THEN 'failed' ELSE 'queued' END
    WHERE id = ?
"""
_FORGET = """
    DELETE FROM order_news WHERE changed_us < ? AND NOT (state = 'stopped' AND order_id IN (
        SELECT id FROM shop_order WHERE open))
"""


class OrderNews(msgspec.Struct, frozen=True):
    """One that waits: about which step of which order."""

    id: int
    order: str
    about: str
    tries: int
    made_us: int


def note_news(tx: Transaction, order: KeptOrder, about: str) -> None:
    """Let the customer of an order know, where they said how, and did not ask for quiet."""
    if about not in ("changed", "preparing"):  # what still waits of its older steps is not so any more
        drop = "DELETE FROM order_news WHERE order_id = ? AND state = 'queued' AND about <> 'changed'"
        tx.db.execute(drop, (order.id,))
    if about not in TOLD or not (order.phone or order.customer):
        return
    waiting = tx.db.execute("SELECT count(*) FROM order_news WHERE state IN ('queued', 'sending')").fetchone()[0]
    quiet = tx.db.execute("SELECT 1 FROM order_news WHERE order_id = ? AND state = 'stopped'", (order.id,)).fetchone()
    if waiting >= WAITING_LIMIT or quiet:
        return
    tx.db.execute(_INSERT, (order.id, about, "queued", tx.at_us, tx.at_us, tx.at_us))


def stop_news(tx: Transaction, order: KeptOrder) -> None:
    """They want no more of this order."""
    tx.db.execute("DELETE FROM order_news WHERE order_id = ? AND state IN ('queued', 'stopped')", (order.id,))
    tx.db.execute(_INSERT, (order.id, "", "stopped", tx.at_us, tx.at_us, tx.at_us))


def due(db: Connection, now_us: int, limit: int = 20) -> list[OrderNews]:
    """What is to be sent now, the oldest first."""
    query = f"SELECT {_FIELDS} FROM order_news WHERE state = 'queued' AND next_us <= ? ORDER BY id LIMIT ?"
    return [OrderNews(*row) for row in db.execute(query, (now_us, limit))]


def begin(db: Connection, id: int, now_us: int) -> bool:
    """Mark one as on its way, before its first byte; whether it still waited."""
    update = "UPDATE order_news SET state = 'sending', changed_us = ? WHERE id = ? AND state = 'queued'"
    return bool(db.execute(update, (now_us, id)).rowcount)


def again(db: Connection, id: int, why: str, next_us: int, now_us: int) -> None:
    """It did not go out: once more, later, unless they said meanwhile that they want no more."""
    db.execute(_AGAIN, (why, next_us, now_us, id))


def end(db: Connection, id: int, state: NewsState, why: str, now_us: int) -> None:
    """It is out, given up, or nobody knows."""
    db.execute("UPDATE order_news SET state = ?, why = ?, changed_us = ? WHERE id = ?", (state, why, now_us, id))


def cut_off(db: Connection, now_us: int) -> None:
    """What was on its way when the appliance ended may have arrived."""
    update = "UPDATE order_news SET state = 'unknown', why = 'cut_off', changed_us = ?"
    db.execute(f"{update} WHERE state = 'sending'", (now_us,))


def forget(db: Connection, now_us: int) -> None:
    """What is of long ago interests nobody, but that an order which is still open is one to keep quiet about."""
    db.execute(_FORGET, (now_us - KEPT_US,))


def set_back(db: Connection) -> None:
    """The ledger may be a backup: what waited in it may have gone out since."""
    db.execute("UPDATE order_news SET state = 'unknown', why = 'set_back' WHERE state IN ('queued', 'sending')")
