"""Keys of programs: what one looks like, and whether it still holds. Pure.

    edge_ | id, 16 hex digits | _ | secret, 64 hex digits

The prefix is there to be found by scanners for secrets that lie about. The id is no secret: lists and the journal have
it, as the actor `key:ID`.
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
"""How long a key holds where nobody says otherwise."""
DAYS_MOST = 365
ACTOR = "key:"
"""What begins the name of an actor that is a key; no id of a user has a colon."""

_FORM = re.compile(r"edge_([0-9a-f]{16})_([0-9a-f]{64})")

KeyState = Literal["good", "ended", "suspect"]


class ApiKey(msgspec.Struct, frozen=True):
    """A key of a program. `register` is "" where it is tied to none; `maker` made it (a user, the set-up PIN,
    `system`). `secret` is SHA-256; times are UTC microseconds, `used_us` (0: never) to the hour, from `network`."""

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
    """A key as a program has it."""
    return f"edge_{id}_{secret}"


def parse(text: str) -> tuple[str, str] | None:
    """Id and secret; None: it is no key."""
    found = _FORM.fullmatch(text)
    return (found[1], found[2]) if found else None


def digest(secret: str) -> bytes:
    """What is kept of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(key: ApiKey, secret: str) -> bool:
    return hmac.compare_digest(key.secret, digest(secret))


def state(key: ApiKey, now_us: int, clock_doubted: bool) -> KeyState:
    """Whether a key holds now. A clock that is doubted, or behind what was seen of this key before, cannot say that."""
    if key.ended:
        return "ended"
    if clock_doubted or now_us < max(key.made_us, key.used_us):
        return "suspect"
    return "ended" if now_us >= key.ends_us else "good"


def hour_of(at_us: int) -> int:
    """The hour in which something was: the last use is kept no finer."""
    return at_us - at_us % HOUR_US
