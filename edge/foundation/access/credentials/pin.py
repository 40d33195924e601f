"""Stored PINs and passwords: Argon2id (RFC 9106) with cost parameters; and validation of hashes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from edge.lib.errors import NoMemory

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MEMORY_KIB = (7_168, 262_144)
"""Limits for the memory of an imported hash: OWASP's minimum, and the most that a mini-PC can spare."""
ROUNDS = (1, 10)
LANES = (1, 8)
PIN_MEMORY_KIB, PIN_ROUNDS = 19_456, 2
"""OWASP's recommended minimum (Password Storage Cheat Sheet). A PIN typed at a till is compared with the PINs of all
users who can sign in there, one after the other, while people wait. No cost protects a million possibilities if the
file is stolen; the delay after wrong PINs and an encrypted disk do (docs/threats.md)."""

_FORM = re.compile(
    r"\$argon2id\$v=19\$m=(?P<memory>[1-9]\d{0,6}),t=(?P<rounds>[1-9]\d?),p=(?P<lanes>[1-9]\d?)"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{6,86}"
)
"""Format of a stored hash: the PHC string of Argon2id version 1.3 (github.com/P-H-C/phc-string-format)."""


_OF_THE_MACHINE = ("Memory allocation error", "Threading failure")
"""Argon2 errors caused by the machine, not by the PIN or its hash (argon2.c, argon2_error_message)."""


def hash_pin(pin: str) -> str:
    """Hash a PIN. Takes tens of milliseconds, so never call it on the writer or event loop. Raises `NoMemory`."""
    from argon2 import PasswordHasher

    return _hash(PasswordHasher(time_cost=PIN_ROUNDS, memory_cost=PIN_MEMORY_KIB, parallelism=1), pin)


def hash_password(password: str) -> str:
    """Hash a password at the library's default cost (RFC 9106, section 4, second choice), ten times that of a PIN. It
    is compared with only one hash, so the higher cost slows down guessing without delaying users. Raises `NoMemory`."""
    from argon2 import PasswordHasher

    return _hash(PasswordHasher(), password)


def _hash(hasher: PasswordHasher, text: str) -> str:
    from argon2.exceptions import HashingError

    try:
        return hasher.hash(text)
    except HashingError:
        raise NoMemory from None


def is_hash(text: str) -> bool:
    """Whether the text is an Argon2id hash with bounded verification cost."""
    found = _FORM.fullmatch(text)
    if found is None:
        return False
    bounds = {"memory": MEMORY_KIB, "rounds": ROUNDS, "lanes": LANES}
    return all(least <= int(found[name]) <= most for name, (least, most) in bounds.items())


def matches(stored_hash: str, pin: str) -> bool:
    """Whether the PIN matches the hash. As slow as hashing. Raises `NoMemory`."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

    if not is_hash(stored_hash):
        return False
    try:
        return PasswordHasher().verify(stored_hash, pin)
    except (VerifyMismatchError, InvalidHashError):
        return False
    except VerificationError as error:
        if str(error) in _OF_THE_MACHINE:
            raise NoMemory from None
        return False
