"""Time-based one-time codes (TOTP, RFC 6238, with SHA-1 and six digits, as apps expect). Pure except for randomness."""

from __future__ import annotations

import base64
import hmac
import re
import secrets

STEP_S = 30
STEPS_OFF = 1
"""Steps by which a phone's clock may be ahead or behind (RFC 6238, section 5.2)."""
PENDING_US = 600_000_000
"""Time for which a new secret is shown and awaits its first correct code."""
RECOVERY_CODES = 10
"""Number of recovery codes in a set, for when the phone is lost."""

_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """160 random bits in base32, as apps expect (RFC 4226, section 4, requirement 6)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def app_address(secret: str, who: str, issuer: str) -> str:
    """The address a phone scans to get the secret (`otpauth:`, Google Authenticator's key URI format)."""
    from pyotp import TOTP

    return TOTP(secret, interval=STEP_S).provisioning_uri(name=who, issuer_name=issuer)


def without_gaps(code: str) -> str:
    """A code normalised for comparison: capitals and digits, without spaces and dashes."""
    return re.sub(r"[\s-]", "", code).upper()


def is_code(text: str) -> bool:
    """Whether this looks like a phone's code, and not a recovery code."""
    return _CODE.fullmatch(without_gaps(text)) is not None


def step_of(secret: str, code: str, now_us: int, after: int) -> int | None:
    """Return the time step of `code`, now or adjacent.

    None if the code is wrong, or not later than the used step `after`.
    """
    from pyotp import TOTP

    made, typed = TOTP(secret, interval=STEP_S), without_gaps(code)
    now = now_us // (STEP_S * 1_000_000)
    found = None
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        if hmac.compare_digest(made.generate_otp(step).encode(), typed.encode()) and step > after:
            found = step
    return found
