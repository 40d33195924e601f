"""Encrypt directive bodies to the boxes of a store (HPKE, RFC 9180).

The broker, head office's database and its backups only have the ciphertext. Each box creates its own key and journals
the public half. The body has its own key, which is encrypted to each box and bound to tenant, store and kind. The
encrypted body is what is signed (`directive_signing`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

MARK: Final = b"edge-sealed-1\n"
"""Prefix of an encrypted body; MessagePack follows. Other bodies are JSON."""
_CONTEXT: Final = b"edge-store sealed directive 1\n"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class NotForUs(ValueError):
    """A sealed body that this key can't open: it's for another key, or was changed."""


class _SealedBody(msgspec.Struct, frozen=True, array_like=True):
    """`keys`: the body's key, encrypted to each public key (hexadecimal)."""

    keys: tuple[tuple[str, bytes], ...]
    body: bytes


def new_key() -> str:
    """A new private key for a box, in hexadecimal."""
    return X25519PrivateKey.generate().private_bytes_raw().hex()


def public_of(private: str) -> str:
    """The public half, in hexadecimal."""
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(private)).public_key().public_bytes_raw().hex()


def is_sealed(body: bytes) -> bool:
    return body.startswith(MARK)


def seal(body: bytes, tenant: str, store: str, kind: str, publics: Sequence[str]) -> bytes:
    """Encrypt `body` to the holders of the private halves of `publics`. Raises `ValueError` if one is invalid."""
    about = _about(tenant, store, kind)
    key, nonce = os.urandom(_KEY_BYTES), os.urandom(_NONCE_BYTES)
    to = tuple(
        (public, _suite.encrypt(key, X25519PublicKey.from_public_bytes(bytes.fromhex(public)), info=about))
        for public in dict.fromkeys(publics)
    )
    return MARK + msgspec.msgpack.encode(_SealedBody(to, nonce + AESGCM(key).encrypt(nonce, body, about)))


def open_(sealed: bytes, tenant: str, store: str, kind: str, private: str) -> bytes:
    """Decrypt a body. Raises `NotForUs`."""
    about, ours = _about(tenant, store, kind), public_of(private)
    try:
        found = msgspec.msgpack.decode(sealed.removeprefix(MARK), type=_SealedBody)
        box = next(box for public, box in found.keys if public == ours)
        key = _suite.decrypt(box, X25519PrivateKey.from_private_bytes(bytes.fromhex(private)), info=about)
        return AESGCM(key).decrypt(found.body[:_NONCE_BYTES], found.body[_NONCE_BYTES:], about)
    except (InvalidTag, ValueError, StopIteration) as error:  # msgspec's errors are ValueErrors
        raise NotForUs("it is encrypted for a key other than this box's, or was changed") from error


def _about(*names: str) -> bytes:
    return _CONTEXT + b"".join(len(name.encode()).to_bytes(4) + name.encode() for name in names)
