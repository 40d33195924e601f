"""Links in messages: who has one may say, without signing in, that they see to what it lists; nothing else."""

from __future__ import annotations

import hmac
import secrets
from hashlib import blake2b

import msgspec

from edge.core.storage.database import Connection
from edge.shop.access.queries import is_active_user
from edge.shop.alerts.queries import Alert, alert_itself
from edge.shop.alerts.rules import DAY_US
from edge.shop.outbox.messages import TELLING

LIFE_US = 7 * DAY_US
TOKEN = r"[0-9]{1,15}-[0-9a-f]{24}"
"""A message's id, and what only this box can make of it."""
_KEY = "INSERT OR IGNORE INTO notify_key (name, secret) VALUES ('link', ?)"
_MESSAGE = "SELECT person, made_us FROM notify_message WHERE id = ?"
_ALERTS = f"""
    SELECT DISTINCT alert FROM notify_message WHERE ? IN (id, bundle) AND alert > 0
    AND what IN ({", ".join(f"'{what}'" for what in TELLING)}) ORDER BY alert
"""


class Linked(msgspec.Struct, frozen=True):
    """What a link is about: whose it is, and the alerts of their message as they are now."""

    person: str
    alerts: tuple[Alert, ...]

    @property
    def waiting(self) -> tuple[Alert, ...]:
        """Those that nobody sees to yet."""
        return tuple(one for one in self.alerts if one.state == "raised")


def make_key(db: Connection) -> None:
    """On the writer's connection: what links are signed with, where there is nothing yet."""
    db.execute(_KEY, (secrets.token_bytes(32),))


def forget_key(db: Connection) -> None:
    """On the writer's connection: all links that were sent open nothing any more."""
    db.execute("DELETE FROM notify_key WHERE name = 'link'")


def token_of(db: Connection, message: int) -> str:
    """What opens a message; "" before there is a key."""
    found = db.execute("SELECT secret FROM notify_key WHERE name = 'link'").fetchone()
    return f"{message}-{_mac(bytes(found[0]), str(message))}" if found else ""


def read_link(db: Connection, token: str, now_us: int) -> Linked | None:
    """What a link opens; None: it is over, its person has left, or it never was one."""
    id, _, _ = token.partition("-")
    if not id.isascii() or not id.isdigit() or not hmac.compare_digest(token_of(db, int(id)).encode(), token.encode()):
        return None
    found = db.execute(_MESSAGE, (int(id),)).fetchone()
    if found is None or now_us - found[1] >= LIFE_US or not is_active_user(db, found[0]):
        return None
    alerts = (alert_itself(db, alert) for (alert,) in db.execute(_ALERTS, (int(id),)).fetchall())
    return Linked(found[0], tuple(one for one in alerts if one is not None))


def _mac(secret: bytes, text: str) -> str:
    return blake2b(text.encode(), key=secret, digest_size=12, person=b"edge-notify").hexdigest()
