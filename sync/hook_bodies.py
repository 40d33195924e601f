"""Encryption of stored webhook bodies, which may name guests.

AES-256-GCM with a key derived by HKDF (RFC 5869) from the till's signing secret, so the database alone reveals nothing.
After a change of secret, once the old one is deleted, older bodies can't be read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEADERS_KEPT = 40
_NONCE_BYTES, _KEY_BYTES = 12, 32
_LEFT_OUT = frozenset(("authorization", "cookie"))
_INFO = b"edge webhook body"


class KeptHook(msgspec.Struct, frozen=True):
    """A webhook as received: headers with lower-case names, and the raw body."""

    headers: dict[str, str]
    body: bytes


def seal_hook(secrets: Sequence[str], place: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Encrypt a webhook of a `place` (its owner) with the newest secret; at least one is required."""
    secret = [one for one in secrets if one][-1]
    kept = [(name, value) for name, value in headers.items() if name not in _LEFT_OUT][:HEADERS_KEPT]
    plain, nonce = msgspec.msgpack.encode(KeptHook(dict(kept), body)), os.urandom(_NONCE_BYTES)
    return nonce + _cipher(secret).encrypt(nonce, plain, place.encode())


def open_hook(secrets: Sequence[str], place: str, sealed: bytes) -> KeptHook | None:
    """Decrypt a webhook; None if none of these secrets fits, or it belongs to another place."""
    for secret in (one for one in secrets if one):
        try:
            plain = _cipher(secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
        except InvalidTag:
            continue
        return msgspec.msgpack.decode(plain, type=KeptHook)
    return None


def _cipher(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), _KEY_BYTES, None, _INFO).derive(secret.encode()))
