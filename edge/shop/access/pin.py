"""PINs as kept: Argon2id (RFC 9106), with costs that neither a guesser nor a shop minds; and what passes for one."""

from __future__ import annotations

import re

from edge.lib.errors import NoMemory

MEMORY_KIB = (7_168, 262_144)
"""Least and most memory of a hash that is taken from elsewhere: OWASP's least, and what a mini-PC has to spare."""
ROUNDS = (1, 10)
LANES = (1, 8)

_HASH = re.compile(
    r"\$argon2id\$v=19\$m=(?P<memory>[1-9]\d{0,6}),t=(?P<rounds>[1-9]\d?),p=(?P<lanes>[1-9]\d?)"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{6,86}"
)
"""The PHC string of Argon2id version 1.3 (github.com/P-H-C/phc-string-format)."""


_OF_THE_MACHINE = ("Memory allocation error", "Threading failure")
"""What Argon2 says when it is not the PIN or its hash that is wrong (argon2.c, argon2_error_message)."""


def hash_pin(pin: str) -> str:
    """A PIN's Argon2id hash. Takes tens of milliseconds: never on the writer or the event loop. `NoMemory`."""
    from argon2 import PasswordHasher
    from argon2.exceptions import HashingError

    try:
        return PasswordHasher().hash(pin)
    except HashingError:
        raise NoMemory from None


def is_hash(text: str) -> bool:
    """Whether this is an Argon2id hash whose comparing stops neither the till nor the machine."""
    found = _HASH.fullmatch(text)
    if found is None:
        return False
    bounds = {"memory": MEMORY_KIB, "rounds": ROUNDS, "lanes": LANES}
    return all(least <= int(found[name]) <= most for name, (least, most) in bounds.items())


def matches(stored_hash: str, pin: str) -> bool:
    """Whether `pin` is the one behind the hash. As slow as `hash_pin`. `NoMemory`: nobody can say."""
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
