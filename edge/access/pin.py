"""The set-up PIN: hashed with Argon2id (RFC 9106), kept as local state, known to no journal."""

from __future__ import annotations

import os
import re
from collections import OrderedDict

import msgspec

from edge.core.errors import NeedsHuman

PIN = re.compile(r"[0-9]{4,12}")
WRONG_BEFORE_WAITING = 5
"""Wrong PINs after which one must wait; the wait doubles with every further one."""
FIRST_WAIT_US = 10_000_000
LONGEST_WAIT_US = 600_000_000
GRANT_US = 120_000_000
"""How long a PIN entered at a register holds there."""
GRANTS_KEPT = 256
"""Grants in force at once; the oldest ends when there is one more."""

_OF_THE_MACHINE = ("Memory allocation error", "Threading failure")
"""What Argon2 says when it is not the PIN or its hash that is wrong (argon2.c, argon2_error_message)."""


class Grant(msgspec.Struct, frozen=True):
    """A PIN that was right: valid at one register until `until_us` of the monotonic clock.

    `user` is the manager whose it was; "" for the set-up PIN.
    """

    token: str
    register: str
    until_us: int
    user: str = ""


class NoMemory(NeedsHuman):
    """The machine has not the memory that hashing a PIN takes: whether it is right cannot be said just now."""

    def __init__(self) -> None:
        super().__init__(
            "There is no memory left to look at a PIN with.", "Try again in a moment; if it stays so, restart the box."
        )


def hash_pin(pin: str) -> str:
    """A PIN's Argon2id hash. Takes tens of milliseconds: never on the writer or the event loop. `NoMemory`."""
    from argon2 import PasswordHasher
    from argon2.exceptions import HashingError

    try:
        return PasswordHasher().hash(pin)
    except HashingError:
        raise NoMemory from None


def matches(stored_hash: str, pin: str) -> bool:
    """Whether `pin` is the one behind the hash. As slow as `hash_pin`. `NoMemory`: nobody can say."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

    try:
        return PasswordHasher().verify(stored_hash, pin)
    except (VerifyMismatchError, InvalidHashError):
        return False
    except VerificationError as error:
        if str(error) in _OF_THE_MACHINE:
            raise NoMemory from None
        return False


class Grants:
    """Who entered the PIN of late, and how often it was wrong. In memory: a restart asks again."""

    def __init__(self) -> None:
        self._grants: OrderedDict[str, Grant] = OrderedDict()
        self._wrong = 0
        self._closed_until_us = 0

    def wait_us(self, now_us: int) -> int:
        """How long nobody may try a PIN."""
        return max(0, self._closed_until_us - now_us)

    def wrong(self, now_us: int) -> int:
        """Count a wrong PIN: how many there were in a row, if nobody may try one for a while now; else 0."""
        self._wrong += 1
        over = self._wrong - WRONG_BEFORE_WAITING
        if over >= 0:
            self._closed_until_us = now_us + min(FIRST_WAIT_US * 2 ** min(over, 10), LONGEST_WAIT_US)
        return self._wrong if over >= 0 else 0

    def right(self) -> None:
        """A PIN was right: who errs from now on begins to count anew."""
        self._wrong = 0

    def give(self, register: str, now_us: int, user: str = "") -> Grant:
        """A grant for a PIN that was right."""
        self.right()
        grant = Grant(os.urandom(16).hex(), register, now_us + GRANT_US, user)
        self._grants[grant.token] = grant
        while len(self._grants) > GRANTS_KEPT:
            self._grants.popitem(last=False)
        return grant

    def held(self, token: str, register: str, now_us: int) -> Grant | None:
        """The grant behind `token`, if it was given to this register and has not run out."""
        grant = self._grants.get(token)
        return grant if grant is not None and grant.register == register and now_us < grant.until_us else None
