"""Alerts listed in an overview message: all alerts its recipient may see, or in a daily digest only those they were
notified of at least a day before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.recipients import visible_alerts
from edge.core.storage.database import Connection
from edge.foundation.alerts.queries import Alert, open_alerts
from edge.foundation.alerts.rules import DAY_US
from edge.foundation.outbox.messages import Message
from edge.foundation.outbox.told_history import last_told

DAILY = "digest:"
"""Key prefix of daily digests; other lists of open alerts have other keys."""
LISTS = ("digest", "open")
"""Types of messages that list the alerts open at the time of sending."""


def unminded_alerts(db: Connection) -> list[Alert]:
    """Open alerts that haven't been acknowledged."""
    return [one for one in open_alerts(db) if one.state == "raised" and not one.held_by]


def digest_key(due_us: int, person: str, channel: str) -> str:
    """The key of a person's daily digest due at a time."""
    return f"{DAILY}{due_us}:{person}:{channel}"


def alerts_listed(db: Connection, person: Recipient, key: str, every: Sequence[Alert]) -> Sequence[Alert]:
    """The alerts that a message lists, out of `every` unacknowledged alert.

    A digest omits alerts the person was notified of less than a day before it was due, however late it's sent.
    """
    known = visible_alerts(db, person, every)
    if not known or not key.startswith(DAILY):
        return known
    told, before_us = last_told(db, person.id), int(key.split(":")[1]) - DAY_US
    return [one for one in known if max(told.get(one.id, 0), one.first_us) <= before_us]


def empty_ones(
    db: Connection, person: Recipient | None, rows: Iterable[Message], every: Sequence[Alert]
) -> frozenset[int]:
    """Ids of a person's messages that would list no alerts."""
    lists = [row for row in rows if row.what in LISTS]
    return frozenset(row.id for row in lists if person is None or not alerts_listed(db, person, row.key, every))
