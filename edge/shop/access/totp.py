"""Codes that change every 30 seconds (TOTP, RFC 6238, with SHA-1 and six digits, as every app has it), and recovery
codes. Pure but for randomness.

Recovery codes are used in place of a code when the phone is gone: 64 bits each, of which a slow hash with one salt a
set is kept (NIST SP 800-63B-4, section 3.1.2.2).
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets

STEP_S = 30
STEPS_OFF = 1
"""How many steps a phone's clock may be off, either way (RFC 6238, section 5.2)."""
PENDING_US = 600_000_000
"""How long a secret may be shown until its first right code."""
RECOVERY_CODES = 10
FEW_LEFT = 3
"""With so few recovery codes left one is told to make others."""

TIME_COST, MEMORY_KIB, HASH_BYTES = 2, 19_456, 32
"""Of Argon2id, on one lane: as OWASP has it at least (Password Storage Cheat Sheet)."""

_CODE = re.compile(r"[0-9]{6}")
_RECOVERY = re.compile(r"[A-Z2-7]{13}")
_GROUP = 5


def new_secret() -> str:
    """160 bits in base32, as apps take it (RFC 4226, section 4, requirement 6)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def address(secret: str, who: str, shop: str) -> str:
    """What a phone scans to have the secret (`otpauth:`, Google Authenticator's key URI format)."""
    from pyotp import TOTP

    return TOTP(secret, interval=STEP_S).provisioning_uri(name=who, issuer_name=shop)


def is_code(text: str) -> bool:
    """Whether this is a code of a phone, right or wrong, and no recovery code."""
    return _CODE.fullmatch(_plain(text)) is not None


def is_recovery(text: str) -> bool:
    """Whether this is a recovery code, right or wrong."""
    return _RECOVERY.fullmatch(_plain(text)) is not None


def step_of(secret: str, code: str, now_us: int, after: int) -> int | None:
    """The step that `code` is of, now or one beside it; None: it is wrong, or not later than the step `after`, which
    was used."""
    from pyotp import TOTP

    made, typed = TOTP(secret, interval=STEP_S), _plain(code)
    now = now_us // (STEP_S * 1_000_000)
    found = None
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        if hmac.compare_digest(made.generate_otp(step).encode(), typed.encode()) and step > after:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """A set of recovery codes, as they are written down: XXXXX-XXXXX-XXX."""
    return [_grouped(base64.b32encode(secrets.token_bytes(8)).decode().rstrip("=")) for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str, salt: bytes) -> bytes | None:
    """What is kept of a recovery code, however it is typed; None: it is none. Takes tens of milliseconds."""
    from argon2.low_level import Type, hash_secret_raw

    plain = _plain(code)
    if _RECOVERY.fullmatch(plain) is None:
        return None
    return hash_secret_raw(plain.encode(), salt, TIME_COST, MEMORY_KIB, 1, HASH_BYTES, Type.ID)


def _grouped(text: str) -> str:
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def _plain(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()
