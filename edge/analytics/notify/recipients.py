"""Possible recipients from the ledger: users and their decrypted preferences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.analytics.notify.audience import Recipient
from edge.analytics.notify.preferences import CHANNELS, NotificationPreferences
from edge.analytics.notify.push_subscriptions import count_browsers
from edge.analytics.notify.reach import Reach, reach
from edge.analytics.notify.unreachable import blocked_channels, read_flags
from edge.core.people.sealing import Keyring
from edge.core.registry import Severity
from edge.core.storage.database import Connection
from edge.foundation.access.roles import read_roles
from edge.foundation.alerts.queries import Alert
from edge.foundation.outbox.told_history import notified_alerts

PLACE = ("notify_person", "body")
"""Associated data of encrypted preferences: table and field."""
TEXT_PLACE = ("notify_message", "body")
_USERS = """
    SELECT id, role, coalesce(body, '') FROM access_user LEFT JOIN notify_person ON person = id WHERE active ORDER BY id
"""
_decode = msgspec.json.Decoder(NotificationPreferences).decode


class ChannelState(msgspec.Struct, frozen=True):
    """A channel of the shop: whether it's configured and enabled by a manager (`active`), its fault (a key of
    [undelivered]), and its last success.
    """

    name: str
    configured: bool = False
    active: bool = True
    fault: str = ""
    detail: str = ""
    sent_us: int = 0
    error: str = ""
    error_us: int = 0
    breaker: str = "closed"
    waiting: int = 0

    @property
    def usable(self) -> bool:
        return self.configured and self.active


def read_preferences(db: Connection, user: str, ring: Keyring | None = None) -> NotificationPreferences | None:
    """A user's preferences; None if there are none or they can't be decrypted."""
    found = db.execute("SELECT body FROM notify_person WHERE person = ?", (user,)).fetchone()
    text = (ring or Keyring(db)).open(user, *PLACE, found[0]) if found else None
    return _decode_preferences(text) if text else None


def personal_data_of(db: Connection, person: str) -> dict[str, Any]:
    """A person's preferences with addresses, for their data export."""
    chosen = read_preferences(db, person)
    return {"notifications": msgspec.to_builtins(chosen)} if chosen else {}


def read_recipients(db: Connection, day: str) -> list[Recipient]:
    """All possible recipients on a business day."""
    browsers = count_browsers(db)
    ring, roles = Keyring(db), {role.id: role for role in read_roles(db)}
    flags, found = read_flags(db, ring), []
    for id, role, sealed in db.execute(_USERS).fetchall():
        text = ring.open(id, *PLACE, sealed) if sealed else None
        prefs = (_decode_preferences(text) if text else None) or NotificationPreferences()
        manages = role in roles and roles[role].manages
        flagged = blocked_channels(flags.get(id, {}), prefs)
        found.append(Recipient(id, role, manages, prefs, prefs.away(day), browsers.get(id, 0), flagged))
    return found


def visible_alerts(db: Connection, person: Recipient, alerts: Sequence[Alert]) -> Sequence[Alert]:
    """The alerts a person may see: all for a manager, otherwise alerts they were notified of."""
    if person.manages or not alerts:
        return alerts
    told = notified_alerts(db, person.id)
    return [one for one in alerts if one.id in told]


def read_channels(db: Connection) -> list[ChannelState]:
    """The shop's channels."""
    fields = ChannelState.__struct_fields__[:-1]
    rows = {row[0]: row for row in db.execute(f"SELECT {', '.join(fields)} FROM notify_channel")}
    query = "SELECT channel, count(*) FROM notify_message WHERE state IN ('queued', 'sending') GROUP BY channel"
    waiting = dict(db.execute(query).fetchall())
    found = []
    for name in CHANNELS:
        _, configured, active, *said = rows.get(name, (name, False, True))
        state = ChannelState(name, bool(configured), bool(active), *said)
        found.append(msgspec.structs.replace(state, waiting=waiting.get(name, 0)))
    return found


def usable_channels(db: Connection) -> frozenset[str]:
    """The channels that can be used."""
    return frozenset(one.name for one in read_channels(db) if one.usable)


def read_reach(db: Connection, business_date: str, kinds: Mapping[str, Severity]) -> Reach:
    """The people that alerts reach on a day by channels other than the page. `kinds`: each with its usual severity."""
    return reach(read_recipients(db, business_date), usable_channels(db), kinds)


def _decode_preferences(text: str) -> NotificationPreferences | None:
    """The preferences; None if they were written by a newer version and can't be read."""
    try:
        return _decode(text)
    except msgspec.MsgspecError:
        return None
