"""Customers' sessions: local state, stored by the digest of the browser's secret.

A session ends after `idle_us` without use, after 180 days, when its customer ends it, when they are forgotten or
merged, or when they change an address.
"""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from edge.core.endpoints import CUSTOMER_TOKEN
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.ordering.customer_accounts.settings import DAY_US, MOST_DAYS, CustomerAccountSettings
from edge.people.customers.queries import resolve

SESSIONS_MOST = 20
"""Maximum sessions per customer. A new session beyond it ends the least recently used one."""
FRESH_US = 300 * 1_000_000
"""How long a confirmed code allows sensitive actions: export, erasure, removing an address (microseconds)."""
DEVICE_CHARS = 60
TOUCH_US = 3_600_000_000
_FIELDS = "id, customer, way, device, began_us, used_us, fresh_us, fresh_way"
_BEGIN = "INSERT INTO account_session (digest, id, customer, way, device, began_us, used_us, fresh_us, fresh_way)"
_OLDEST = """
    DELETE FROM account_session WHERE id IN (
        SELECT id FROM account_session WHERE customer = ? ORDER BY used_us DESC LIMIT -1 OFFSET ?)
"""


class CustomerSession(msgspec.Struct, frozen=True):
    """A browser signed in by `way`.

    `fresh_us`: when the customer last confirmed with a code or passkey; `fresh_way`: how.
    """

    id: str
    customer: str
    way: str
    device: str
    began_us: int
    used_us: int
    fresh_us: int
    fresh_way: str


def digest(secret: str) -> bytes:
    """The stored form of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    """A new secret of 256 bits, for a session, a code or an undo."""
    return secrets.token_urlsafe(32)


def begin(tx: Transaction, customer: str, way: str, device: str, program: bool = False) -> str:
    """Start a session; returns its secret, which isn't stored. The secret of a `program` has a prefix."""
    secret, id = (CUSTOMER_TOKEN if program else "") + new_secret(), secrets.token_hex(8)
    values = (digest(secret), id, customer, way, device[:DEVICE_CHARS], tx.at_us, tx.at_us, tx.at_us, way)
    tx.db.execute(f"{_BEGIN} VALUES ({', '.join('?' * len(values))})", values)
    tx.db.execute(_OLDEST, (customer, SESSIONS_MOST))
    return secret


def find(db: Connection, secret: str, now_us: int, settings: CustomerAccountSettings) -> CustomerSession | None:
    """The valid session of a secret, or None."""
    row = db.execute(f"SELECT {_FIELDS} FROM account_session WHERE digest = ?", (digest(secret),)).fetchone()
    if row is None or not settings.on:
        return None
    found = CustomerSession(*row)
    since_us = (found.used_us + settings.idle_us, found.began_us + MOST_DAYS * DAY_US)
    # a merged customer is signed out until a code is confirmed for the remaining one
    return found if now_us < min(since_us) and resolve(db, found.customer) == found.customer else None


def require(tx: Transaction, secret: str, settings: CustomerAccountSettings) -> CustomerSession:
    """Return the session and mark it as used. Raises `Refusal` if it's unknown or expired."""
    found = find(tx.db, secret, tx.at_us, settings)
    if found is None:
        raise Refusal("account_signed_out")
    if tx.at_us - found.used_us >= TOUCH_US:
        tx.db.execute("UPDATE account_session SET used_us = ? WHERE id = ?", (tx.at_us, found.id))
    return found


def confirm(tx: Transaction, session: CustomerSession, way: str) -> None:
    """Record a confirmation by passkey, or by a code sent by `way`."""
    changed = "UPDATE account_session SET fresh_us = ?, fresh_way = ?, used_us = ? WHERE id = ?"
    tx.db.execute(changed, (tx.at_us, way, tx.at_us, session.id))


def list_customer_sessions(db: Connection, customer: str) -> list[CustomerSession]:
    """A customer's sessions, the last used first."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM account_session WHERE customer = ? ORDER BY used_us DESC, id", (customer,)
    )
    return [CustomerSession(*row) for row in rows]


def end(db: Connection, customer: str, id: str = "", but: str = "") -> None:
    """End a customer's session, or without an `id` all sessions except `but`."""
    if id:
        db.execute("DELETE FROM account_session WHERE customer = ? AND id = ?", (customer, id))
    else:
        db.execute("DELETE FROM account_session WHERE customer = ? AND id <> ?", (customer, but))
