"""What only the boxes of a store can read of a directive: its body, encrypted to the key of each (HPKE, RFC 9180).

The broker, head office's database and its backups have the ciphertext. A box makes its key itself and says the public
half in its journal; the body is under a key of its own, and that key is sealed to each box. It is bound to the tenant,
the store and the kind. What is signed is the sealed body (`directive_signing`).
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
"""How a sealed body begins; what follows is MessagePack. No other body does: those are JSON."""
_CONTEXT: Final = b"edge-store sealed directive 1\n"
_NONCE_BYTES = 12
_KEY_BYTES = 32
_suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class NotForUs(ValueError):
    """A sealed body that this key does not open: it is for another one, or was changed."""


class _SealedBody(msgspec.Struct, frozen=True, array_like=True):
    """`keys`: the body's key, sealed to the public key (hexadecimal) beside it."""

    keys: tuple[tuple[str, bytes], ...]
    body: bytes


def new_key() -> str:
    """A new private key of a box, as hexadecimal."""
    return X25519PrivateKey.generate().private_bytes_raw().hex()


def public_of(private: str) -> str:
    """Its public half, as hexadecimal."""
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(private)).public_key().public_bytes_raw().hex()


def is_sealed(body: bytes) -> bool:
    return body.startswith(MARK)


def seal(body: bytes, tenant: str, store: str, kind: str, publics: Sequence[str]) -> bytes:
    """`body` as those alone read it who have the private halves of `publics`. `ValueError`: one is no public key."""
    about = _about(tenant, store, kind)
    key, nonce = os.urandom(_KEY_BYTES), os.urandom(_NONCE_BYTES)
    to = tuple(
        (public, _suite.encrypt(key, X25519PublicKey.from_public_bytes(bytes.fromhex(public)), info=about))
        for public in dict.fromkeys(publics)
    )
    return MARK + msgspec.msgpack.encode(_SealedBody(to, nonce + AESGCM(key).encrypt(nonce, body, about)))


def open_(sealed: bytes, tenant: str, store: str, kind: str, private: str) -> bytes:
    """The body again. `NotForUs`."""
    about, ours = _about(tenant, store, kind), public_of(private)
    try:
        found = msgspec.msgpack.decode(sealed.removeprefix(MARK), type=_SealedBody)
        box = next(box for public, box in found.keys if public == ours)
        key = _suite.decrypt(box, X25519PrivateKey.from_private_bytes(bytes.fromhex(private)), info=about)
        return AESGCM(key).decrypt(found.body[:_NONCE_BYTES], found.body[_NONCE_BYTES:], about)
    except (InvalidTag, ValueError, StopIteration) as error:  # msgspec's errors are ValueErrors
        raise NotForUs("it is sealed to another key than this box's, or was changed") from error


def _about(*names: str) -> bytes:
    return _CONTEXT + b"".join(len(name.encode()).to_bytes(4) + name.encode() for name in names)
