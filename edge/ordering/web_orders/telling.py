"""Pending messages to web shops, and their delivery status. Local state."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection

NOTIFY_WITHIN_US = 7 * 86_400_000_000
"""Maximum age of a change to send. Older changes would confuse customers more than help them."""
_DUE = """
    SELECT w.reference, o.state, o.said, o.fulfilment FROM web_order w JOIN shop_order o ON o.id = w.order_id
    LEFT JOIN web_told t ON (t.channel, t.reference) = (w.channel, w.reference)
    WHERE w.channel = ?1 AND w.state = 'taken' AND o.state <> coalesce(t.state, 'placed') AND o.changed_us >= ?3
    ORDER BY o.changed_us LIMIT ?2
"""
_TELLING = "SELECT channel, failing_us, why, tries, next_us, looked_us FROM web_telling"
_KEEP = """
    INSERT OR REPLACE INTO web_telling (channel, failing_us, why, tries, next_us, looked_us) VALUES (?, ?, ?, ?, ?, ?)
"""
_TOLD = "INSERT OR REPLACE INTO web_told (channel, reference, state) VALUES (?, ?, ?)"


class WebStep(msgspec.Struct, frozen=True):
    """An order's current `state`, which its channel doesn't know yet. `said`: the order's displayed name."""

    reference: str
    state: str
    said: str
    fulfilment: str


class Telling(msgspec.Struct, frozen=True):
    """A channel's delivery status: see `tables.sql`."""

    channel: str
    failing_us: int = 0
    why: str = ""
    tries: int = 0
    next_us: int = 0
    looked_us: int = 0

    def record_success(self, looked_us: int, left_out: str = "", now_us: int = 0) -> Telling:
        """The status after a successful update.

        `left_out`: why the web shop refuses some products, while everything else works.
        """
        failing_us = (self.failing_us or now_us) if left_out else 0
        return Telling(self.channel, failing_us, left_out, looked_us=looked_us)

    def record_failure(self, why: str, now_us: int, next_us: int) -> Telling:
        return Telling(self.channel, self.failing_us or now_us, why, self.tries + 1, next_us, self.looked_us)


def steps_due(db: Connection, channel: str, most: int, now_us: int) -> list[WebStep]:
    """Statuses of a channel's orders from the last week that aren't sent yet, the oldest change first."""
    return [WebStep(*row) for row in db.execute(_DUE, (channel, most, now_us - NOTIFY_WITHIN_US))]


def keep_told(db: Connection, channel: str, reference: str, state: str) -> None:
    """Record that a channel knows an order's state."""
    db.execute(_TOLD, (channel, reference, state))


def tellings(db: Connection) -> dict[str, Telling]:
    """Delivery status by channel. Channels that were never sent anything are omitted."""
    return {row[0]: Telling(*row) for row in db.execute(_TELLING)}


def keep_telling(db: Connection, telling: Telling) -> None:
    """Store a delivery status."""
    state = (telling.failing_us, telling.why, telling.tries, telling.next_us, telling.looked_us)
    db.execute(_KEEP, (telling.channel, *state))
    for table in ("web_telling", "web_told", "web_offer"):
        db.execute(f"DELETE FROM {table} WHERE channel NOT IN (SELECT id FROM web_channel)")  # nosec B608: a constant
