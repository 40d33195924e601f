"""Access tokens of programs, valid for 15 minutes (JWT, RFC 7519, in RFC 9068's form). Pure.

A token names a user and a session, never rights: those are looked up on each request. Only one form is accepted (RFC
8725): EdDSA, `at+jwt`, a key of this process, no other headers. Keys are never stored, so programs refresh their tokens
after a restart.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TOKEN_S = 900
"""Validity of a token in seconds."""
CLOCK_S = 60
"""Accepted clock difference of the issuer, in seconds."""
ROTATED_US = 24 * 3_600_000_000
"""Age at which a key is replaced. It is still used for verification until its last token has expired."""
TOKEN_BYTES = 2_048
"""Longest token; anything longer is rejected."""
TYP, ALG = "at+jwt", "EdDSA"

_KID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
"""A header, a body and one signature of 64 bytes, in base64url without padding (RFC 7515, section 7.1)."""


class TokenHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The complete header: `crit`, `jwk`, `jku`, `x5c`, `zip`, `b64` and others are rejected."""

    alg: str
    typ: str
    kid: str


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Issuer, audience, user (`sub`), session (`sid`), and times in seconds."""

    iss: str
    aud: str
    sub: str
    sid: str
    iat: int
    exp: int


class _Key(msgspec.Struct, frozen=True):
    private: Ed25519PrivateKey
    made_us: int


class TokenKeys:
    """Keys of a process. `shop` is tenant and store; `now_us` is the monotonic clock."""

    def __init__(self, shop: tuple[str, str], device: str, now_us: Callable[[], int]) -> None:
        self.audience = "/".join(shop)
        self.issuer = f"{self.audience}/{device}"
        self._now_us = now_us
        self._keys: dict[str, _Key] = {}

    def issue(self, user: str, session: str, at_us: int) -> str:
        """Issue a token. `at_us` is the wall clock."""
        import jwt

        kid, at_s = self._newest(), at_us // 1_000_000
        claims = Claims(self.issuer, self.audience, user, session, at_s, at_s + TOKEN_S)
        return jwt.encode(
            msgspec.to_builtins(claims), self._keys[kid].private, algorithm=ALG, headers={"typ": TYP, "kid": kid}
        )

    def read(self, text: str, at_us: int) -> Claims | None:
        """Return the claims of a token; None if it isn't ours or has expired."""
        key = self._key_of(text)
        if key is None:
            return None
        import jwt

        try:
            payload = jwt.api_jws.decode(text, key.private.public_key(), algorithms=[ALG])
            claims = msgspec.json.decode(payload, type=Claims)
        except (jwt.InvalidTokenError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        at_s = at_us // 1_000_000
        ours = (claims.iss, claims.aud) == (self.issuer, self.audience)
        return claims if ours and claims.iat - CLOCK_S <= at_s < claims.exp + CLOCK_S else None

    def _key_of(self, text: str) -> _Key | None:
        """Return the key of a token with a valid header. The header is checked before anything else."""
        if len(text) > TOKEN_BYTES or _FORM.fullmatch(text) is None:
            return None
        first = text.partition(".")[0]
        try:
            header = msgspec.json.decode(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)), type=TokenHeader)
        except (msgspec.DecodeError, ValueError):
            return None
        right = header.alg == ALG and header.typ == TYP and _KID.fullmatch(header.kid)
        self._forget()
        return self._keys.get(header.kid) if right else None

    def _newest(self) -> str:
        self._forget()
        newest = max(self._keys, key=lambda kid: self._keys[kid].made_us, default="")
        if not newest or self._now_us() - self._keys[newest].made_us >= ROTATED_US:
            newest = os.urandom(12).hex()
            self._keys[newest] = _Key(Ed25519PrivateKey.generate(), self._now_us())
        return newest

    def _forget(self) -> None:
        """Drop keys whose tokens have all expired."""
        ends_us = ROTATED_US + (TOKEN_S + 2 * CLOCK_S) * 1_000_000
        self._keys = {kid: key for kid, key in self._keys.items() if self._now_us() - key.made_us < ends_us}
