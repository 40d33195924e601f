"""Wrong tries for e-mail addresses that nobody has: they wait as those of people do, or the wait would tell whose are.

In the memory of one process: where several answer, one that is asked alone makes no difference.
"""

from __future__ import annotations

import hmac
import os
from collections import OrderedDict
from collections.abc import Callable

import msgspec

WRONG_BEFORE_WAITING = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 10.0, 600.0
"""As `note_wrong_password` has it (migrations/0010_staff.sql)."""
KEPT = 4_096
"""Addresses at once; the one that was tried longest ago begins anew when there is one more."""


class _Tried(msgspec.Struct, frozen=True):
    wrong: int
    until_s: float


class UnknownAddresses:
    """`now_s` is a monotonic clock. Addresses are kept as digests that only this process can make."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._key = os.urandom(32)
        self._of: OrderedDict[bytes, _Tried] = OrderedDict()

    def wait_s(self, email: str) -> float:
        """How long nothing is compared for an address; 0: it is."""
        found = self._of.get(self._digest(email))
        return max(0.0, found.until_s - self._now_s()) if found else 0.0

    def wrong(self, email: str) -> None:
        """A password for it was compared, and wrong, as all are."""
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
