"""API keys of programs: their format and validity. Pure.

    edge_ | id, 16 hex digits | _ | secret, 64 hex digits

The prefix lets secret scanners find leaked keys. The id isn't secret: lists and the journal show it as the actor
`key:ID`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Literal

import msgspec

from edge.core.messages import Right

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
DAYS = 90
"""Default validity of a key in days."""
DAYS_MOST = 365
ACTOR = "key:"
"""Prefix of actor names for keys; no user id contains a colon."""

_FORM = re.compile(r"edge_([0-9a-f]{16})_([0-9a-f]{64})")

KeyState = Literal["good", "ended", "suspect"]


class ApiKey(msgspec.Struct, frozen=True):
    """An API key. `register` is "" if not tied to one; `maker` created it (a user, the set-up PIN, `system`). `secret`
    is a SHA-256 digest; times are UTC microseconds, `used_us` (0: never) rounded to the hour, from `network`."""

    id: str
    name: str
    rights: tuple[Right, ...]
    register: str
    maker: str
    secret: bytes
    made_us: int
    ends_us: int
    ended: bool
    used_us: int
    network: str

    @property
    def actor(self) -> str:
        return ACTOR + self.id


def show(id: str, secret: str) -> str:
    """Format a key for its program."""
    return f"edge_{id}_{secret}"


def parse(text: str) -> tuple[str, str] | None:
    """Parse id and secret from a key's text; None if invalid."""
    found = _FORM.fullmatch(text)
    return (found[1], found[2]) if found else None


def digest(secret: str) -> bytes:
    """Stored digest of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(key: ApiKey, secret: str) -> bool:
    return hmac.compare_digest(key.secret, digest(secret))


def state(key: ApiKey, now_us: int, clock_doubted: bool) -> KeyState:
    """Return the validity of a key. It can't be determined if the clock is distrusted or behind the key's last use."""
    if key.ended:
        return "ended"
    if clock_doubted or now_us < max(key.made_us, key.used_us):
        return "suspect"
    return "ended" if now_us >= key.ends_us else "good"


def hour_of(at_us: int) -> int:
    """Round a time down to the hour, the precision at which last use is stored."""
    return at_us - at_us % HOUR_US
