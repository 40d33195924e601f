"""Tokens in messages, each for one purpose: a link to acknowledge listed alerts without signing in, a delivery report,
or unsubscribing from digests.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Literal

import msgspec

from edge.core.storage.database import Connection
from edge.foundation.access.queries import is_active_user, rights_of, role_of
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.foundation.alerts.queries import Alert, alert_itself
from edge.foundation.alerts.rules import DAY_US
from edge.foundation.outbox.messages import TELLING

Purpose = Literal["see", "report", "stop"]
LIFE_US: Mapping[Purpose, int] = MappingProxyType({"see": 7 * DAY_US, "report": 7 * DAY_US, "stop": 30 * DAY_US})
"""How long each link is valid after its message was sent.

Mail programs show the button that unsubscribes from digests for a month.
"""
TOKEN = r"[0-9]{1,15}-[0-9a-f]{24}"
"""A message's id, and a token for one purpose that only this box can create."""
_KEY = "INSERT OR IGNORE INTO notify_key (name, secret) VALUES ('link', ?)"
_MESSAGE = "SELECT person, made_us, what FROM notify_message WHERE id = ?"
_ALERTS = f"""
    SELECT DISTINCT alert FROM notify_message WHERE ? IN (id, bundle) AND alert > 0 AND why <> 'over'
    AND what IN ({", ".join(f"'{what}'" for what in TELLING)}) ORDER BY alert
"""


class Linked(msgspec.Struct, frozen=True):
    """The content of a link: its person, and the message's alerts in their current state."""

    person: str
    alerts: tuple[Alert, ...]

    @property
    def waiting(self) -> tuple[Alert, ...]:
        """The alerts that haven't been acknowledged yet."""
        return tuple(one for one in self.alerts if one.state == "raised")


def make_key(db: Connection) -> None:
    """Create the signing key of links if missing; on the writer's connection."""
    db.execute(_KEY, (secrets.token_bytes(32),))


def forget_key(db: Connection) -> None:
    """Revoke all links that were sent; on the writer's connection."""
    db.execute("DELETE FROM notify_key WHERE name = 'link'")


def token_of(db: Connection, message: int, purpose: Purpose = "see") -> str:
    """The token for a purpose of a message; "" if there is no key yet."""
    found = db.execute("SELECT secret FROM notify_key WHERE name = 'link'").fetchone()
    text = f"{message}" if purpose == "see" else f"{purpose} {message}"
    return f"{message}-{_mac(bytes(found[0]), text)}" if found else ""


def read_link(db: Connection, token: str, now_us: int) -> Linked | None:
    """The content of a link; None if it's expired or invalid, or the person has left or lost access."""
    found = _read(db, token, "see", now_us)
    if found is None or not is_active_user(db, found.person):
        return None
    alerts = (alert_itself(db, alert) for (alert,) in db.execute(_ALERTS, (found.id,)).fetchall())
    shown = tuple(one for one in alerts if one is not None and _can_see(db, found.person, one))
    return Linked(found.person, shown) if shown else None


def read_reported(db: Connection, token: str, now_us: int) -> int | None:
    """The message of a delivery report; None if the token is invalid."""
    found = _read(db, token, "report", now_us)
    return found.id if found else None


def read_stopped(db: Connection, token: str, now_us: int) -> str | None:
    """The person who unsubscribes from digests; None if the token is invalid, isn't a digest's, or the person left."""
    found = _read(db, token, "stop", now_us)
    return found.person if found and found.what == "digest" and is_active_user(db, found.person) else None


class _Message(msgspec.Struct, frozen=True):
    id: int
    person: str
    what: str


def _read(db: Connection, token: str, purpose: Purpose, now_us: int) -> _Message | None:
    id, _, _ = token.partition("-")
    if not id.isascii() or not id.isdigit() or len(id) > 15:
        return None
    if not hmac.compare_digest(token_of(db, int(id), purpose).encode(), token.encode()):
        return None
    found = db.execute(_MESSAGE, (int(id),)).fetchone()
    if found is None or now_us - found[1] >= LIFE_US[purpose]:
        return None
    return _Message(int(id), found[0], found[2])


def _can_see(db: Connection, person: str, alert: Alert) -> bool:
    """Whether a person may see an alert now: by permission, or as a named recipient."""
    if rights_of(db, person) & {MANAGE, REPORTS} or person in alert.people:
        return True
    role = role_of(db, person)
    return role is not None and role.id in alert.roles


def _mac(secret: bytes, text: str) -> str:
    return blake2b(text.encode(), key=secret, digest_size=12, person=b"edge-notify").hexdigest()
