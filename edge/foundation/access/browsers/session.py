"""Sessions: where users are signed in, and for how long. Pure.

till     at a register, in the browser in which the PIN was entered; it gives a name
manager  the manager's pages of a browser
own      a person's own device
app      a program of a person's own, which comes with tokens (tokens.py)
grant    what a program was given for a PIN, for two minutes; never kept
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from edge.core.storage.database import Connection
from edge.foundation.access.queries import SET_UP, role_of

MINUTE_US = 60_000_000
HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
ENTERED_LATELY_US = 5 * MINUTE_US
"""Time after entering a PIN during which changes to users, PINs, roles and keys don't ask for it again."""
DEVICES = 5
"""Own devices and programs per person. One more signs out the one unused for longest."""

SessionKind = Literal["till", "manager", "own", "app", "grant"]
DEVICE: frozenset[SessionKind] = frozenset({"own", "app"})


class SessionLifetime(msgspec.Struct, frozen=True):
    """Idle and total lifetime of a session. 0: unlimited."""

    idle_us: int
    most_us: int


LASTING: dict[SessionKind, SessionLifetime] = {
    "till": SessionLifetime(0, 0),  # the shop sets the idle limit; it ends with the business day
    "manager": SessionLifetime(10 * MINUTE_US, 8 * HOUR_US),
    "own": SessionLifetime(30 * MINUTE_US, 12 * HOUR_US),
    "app": SessionLifetime(30 * DAY_US, 90 * DAY_US),
    "grant": SessionLifetime(2 * MINUTE_US, 2 * MINUTE_US),
}


class Session(msgspec.Struct, frozen=True):
    """A session. `secret` is the SHA-256 of the browser's token ("": none, but the browser `seat`: a pairing id, or ""
    for the appliance's screen); `mark` identifies the credentials used (`mark_of`).

    `began_us`, `touched_us` and `entered_us` (last PIN or password) use the monotonic clock, `begun_at_us` the wall
    clock; `day` is the business date at its start.
    """

    id: str
    kind: SessionKind
    user: str
    secret: bytes
    mark: str
    register: str
    seat: str
    label: str
    network: str
    day: str
    begun_at_us: int
    began_us: int
    touched_us: int
    entered_us: int

    def over(self, now_us: int, idle_us: int = 0) -> bool:
        """Whether the session has expired. `idle_us` is the default idle time."""
        lasting = LASTING[self.kind]
        idle_us = lasting.idle_us or idle_us
        untouched, old = now_us - self.touched_us, now_us - self.began_us
        return bool(idle_us and untouched >= idle_us) or bool(lasting.most_us and old >= lasting.most_us)

    def entered_lately(self, now_us: int) -> bool:
        return now_us - self.entered_us < ENTERED_LATELY_US


def digest(secret: str) -> bytes:
    """Stored digest of a browser token: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


_USER = """
    SELECT role, coalesce(pin_hash, ''), coalesce(password_hash, '') FROM access_user
    LEFT JOIN access_secret ON access_secret.user_id = id LEFT JOIN access_password ON access_password.user_id = id
    WHERE id = ? AND active
"""
_SET_UP = "SELECT 'manager', hash, '' FROM access_pin"


def mark_of(db: Connection, user: str, manages: bool = False) -> str:
    """Fingerprint of a user's current role, PIN and password, on which a session depends. "" if they are retired or (if
    required) don't manage. Contains only ciphertext or slow hashes."""
    found = db.execute(_SET_UP).fetchone() if user == SET_UP else db.execute(_USER, (user,)).fetchone()
    role = role_of(db, user) if found else None
    if found is None or role is None or not any(found[1:]) or (manages and not role.manages):
        return ""
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:32]
