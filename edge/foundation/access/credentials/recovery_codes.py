"""Recovery codes, for when the authenticator phone (`sync/identity/totp.py`) is lost. Pure except for randomness.

Codes have 64 bits each, and are stored as slow hashes with one salt per set (NIST SP 800-63B-4, section 3.1.2.2).
"""

from __future__ import annotations

import base64
import re
import secrets

from sync.identity.totp import RECOVERY_CODES, without_gaps

LOW_CODES = 3
"""Number of remaining recovery codes at which the user is asked to create new ones."""

TIME_COST, MEMORY_KIB, HASH_BYTES = 2, 19_456, 32
"""Argon2id parameters, on one lane: OWASP's minimum (Password Storage Cheat Sheet)."""

_RECOVERY = re.compile(r"[A-Z2-7]{13}")
_GROUP = 5


def is_recovery(text: str) -> bool:
    """Whether the text has a recovery code's format."""
    return _RECOVERY.fullmatch(without_gaps(text)) is not None


def new_recovery_codes() -> list[str]:
    """Create a set of recovery codes: XXXXX-XXXXX-XXX."""
    return [_hyphenate(base64.b32encode(secrets.token_bytes(8)).decode().rstrip("=")) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str, salt: bytes) -> bytes | None:
    """Return the stored hash of a typed recovery code; None if malformed. Takes tens of milliseconds."""
    from argon2.low_level import Type, hash_secret_raw

    plain = without_gaps(code)
    if _RECOVERY.fullmatch(plain) is None:
        return None
    return hash_secret_raw(plain.encode(), salt, TIME_COST, MEMORY_KIB, 1, HASH_BYTES, Type.ID)


def _hyphenate(text: str) -> str:
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
