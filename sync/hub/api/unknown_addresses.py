"""Wrong sign-in attempts for unknown addresses: they're blocked like known ones, so that the block doesn't reveal which
exist.

Kept in memory per process; with several processes, attempts at a single one behave the same.
"""

from __future__ import annotations

import hmac
import os
from collections import OrderedDict
from collections.abc import Callable

import msgspec

WRONG_BEFORE_WAITING = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 10.0, 600.0
"""As in `note_wrong_password` (migrations/0010_staff.sql)."""
KEPT = 4_096
"""Addresses remembered; a new one replaces the least recently tried."""


class _Tried(msgspec.Struct, frozen=True):
    wrong: int
    until_s: float


class UnknownAddresses:
    """`now_s`: a monotonic clock. Addresses are stored as digests with a secret of this process."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._key = os.urandom(32)
        self._of: OrderedDict[bytes, _Tried] = OrderedDict()

    def wait_s(self, email: str) -> float:
        """The remaining block of an address in seconds; 0 if none."""
        found = self._of.get(self._digest(email))
        return max(0.0, found.until_s - self._now_s()) if found else 0.0

    def wrong(self, email: str) -> None:
        """Count a wrong password for an unknown address."""
        digest = self._digest(email)
        found = self._of.pop(digest, _Tried(0, 0.0))
        wrong, until_s = found.wrong + 1, found.until_s
        if wrong >= WRONG_BEFORE_WAITING:
            until_s = self._now_s() + min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(wrong - WRONG_BEFORE_WAITING, 10))
        self._of[digest] = _Tried(wrong, until_s)
        if len(self._of) > KEPT:
            self._of.popitem(last=False)

    def _digest(self, email: str) -> bytes:
        return hmac.digest(self._key, email.encode(), "sha256")
