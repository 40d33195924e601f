"""Alerts of notification channels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from edge.analytics.notify.recipients import read_recipients
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.foundation.alerts.rules import DAY_US
from edge.foundation.outbox.messages import MessageState

_ENDED = """
    SELECT count(*) FROM notify_message WHERE state = ? AND changed_us > ?
    AND what NOT IN ('test', 'receipt', 'order')
"""
"""Counts recent messages in a state, except tests and those to customers, who report missing ones themselves."""


def _channels(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Channels with a rejected password, template or certificate, which send no messages until it's fixed."""
    for name, why in db.execute("SELECT name, fault FROM notify_channel WHERE fault <> ''").fetchall():
        yield Condition(name, {"channel": name, "why": why})


def _undelivered_messages(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    yield from _ended_messages(db, "failed", now_us)


def _unknown(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Messages with unknown outcome; they aren't repeated automatically."""
    yield from _ended_messages(db, "unknown", now_us)


def _ended_messages(db: Connection, state: MessageState, now_us: int) -> Iterator[Condition]:
    (count,) = db.execute(_ENDED, (state, now_us - DAY_US)).fetchone()
    if count:
        yield Condition("", {"count": count})


def _flagged_addresses(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Addresses that no longer accept messages, by channel."""
    if db.execute("SELECT 1 FROM notify_flagged LIMIT 1").fetchone():
        found = Counter(channel for one in read_recipients(db, business_date) for channel in one.flagged)
        for channel, count in sorted(found.items()):
            yield Condition(channel, {"channel": channel, "count": count})


WATCHES: tuple[Watch, ...] = (
    Watch("channel_failed", "high", _channels, every_s=15, causes=("offline",), mended_at="/manager/messages"),
    Watch("address_flagged", "medium", _flagged_addresses),
    Watch("messages_undelivered", "low", _undelivered_messages, causes=("offline", "channel_failed")),
    Watch("messages_unknown", "low", _unknown),
)
