"""Paired browsers: permitted uses, and validation of their cookie. Pure.

The cookie's value rotates daily. The previous one is valid until a minute after the browser has used the new one. Later
use reveals a copied cookie and ends the pairing (like refresh tokens: RFC 9700, section 4.14.2).
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from edge.core.messages import Surface

Kind = Literal["till", "manager", "kiosk", "phone"]
PAIRING_WAIT_US = 600_000_000
"""Time that a browser waits for a user to approve its pairing."""
ROTATED_US = 24 * 3_600_000_000
BEFORE_US = 60_000_000
"""Time that the previous value stays valid after the new one was first used."""
NOTED_US = 3_600_000_000
"""Precision of a pairing's last use: an hour."""

SURFACES: dict[str, tuple[Surface, ...]] = {
    "till": ("cashier", "panel"),
    "manager": ("panel",),
    "kiosk": ("kiosk",),
    "phone": ("kiosk",),
}
"""Surfaces for each kind of browser, the usual one first."""

Seen = Literal["asked", "good", "new", "copied", "wrong"]


class Pairing(msgspec.Struct, frozen=True):
    """A paired browser, or (`paired_us` 0) one that requests pairing. `register` is "" if not tied to one.

    `secret`, `next` and `before` are SHA-256 of cookie values; times are UTC microseconds.
    """

    id: str
    kind: str
    register: str
    label: str
    digits: str
    network: str
    asked_us: int
    paired_us: int
    used_us: int
    rotated_us: int
    secret: bytes
    next: bytes
    before: bytes
    before_until_us: int

    @property
    def surfaces(self) -> tuple[Surface, ...]:
        return SURFACES.get(self.kind, ())


def digest(value: str) -> bytes:
    """Stored digest of a cookie value: 256 random bits need no slow hash."""
    return hashlib.sha256(value.encode(errors="replace")).digest()


def look_up_pairing(pairing: Pairing, value: str, now_us: int) -> Seen:
    """State of a presented cookie value."""
    shown = digest(value)
    if shown == pairing.secret:
        return "good" if pairing.paired_us else "asked"
    if pairing.next and shown == pairing.next:
        return "new"
    if pairing.before and shown == pairing.before:
        return "good" if now_us < pairing.before_until_us else "copied"
    return "wrong"


def is_due(pairing: Pairing, value: str, now_us: int) -> bool:
    """Whether the value should be rotated, because it is the current one and a day old."""
    return digest(value) == pairing.secret and now_us - pairing.rotated_us >= ROTATED_US
