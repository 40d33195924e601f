"""Sign and verify head office's directives: Ed25519 (RFC 8032).

The broker isn't trusted: a box with head office's public key accepts only signed directives. The signature covers the
complete directive, its recipient and time. So it can't be reused for another store, number or body, and a withheld
directive expires.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from struct import Struct as Layout
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from sync.wire import Directive, Seal, WireError

CONTEXT: Final = b"edge-store directive 1\n"
"""Prefix of signed data, so that other data signed with this key isn't accepted as a directive."""

LASTS_US: Final = 30 * 86_400_000_000
"""Validity of a signature."""

AHEAD_US: Final = 86_400_000_000
"""Maximum time by which a version (the hub's clock) may be ahead of its signing time.

A version in the far future would block all later ones.
"""

_numbers = Layout(">3q3I")


def signed_bytes(tenant: str, store: str, directive: Directive, made_us: int, expires_us: int) -> bytes:
    """Return the bytes to sign.

    They are the context; number, made and expires as signed 64-bit big-endian; the lengths in bytes of tenant, store
    and kind as unsigned 32-bit big-endian; those three as UTF-8; and SHA-256 of the body.
    """
    names = [name.encode() for name in (tenant, store, directive.kind)]
    head = _numbers.pack(directive.version, made_us, expires_us, *map(len, names))
    return CONTEXT + head + b"".join(names) + hashlib.sha256(directive.body).digest()


class Signer:
    """Head office's private key, in a PEM file (PKCS #8) with restricted access."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def load(cls, path: Path) -> Signer:
        """Load the key. Raises `OSError`, or `ValueError` if the file has no such key."""
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except TypeError as error:  # raised for an encrypted key
            raise ValueError(str(error)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("it isn't an Ed25519 key")
        return cls(key)

    @property
    def public(self) -> str:
        """The public key in hexadecimal, which boxes pin."""
        return self._key.public_key().public_bytes_raw().hex()

    def sign(self, said: bytes) -> bytes:
        """Sign bytes that begin with their own context."""
        return self._key.sign(said)

    def seal(self, tenant: str, store: str, directive: Directive, now_us: int) -> Seal:
        """Sign a directive.

        Raises `WireError` if its number is so far ahead of the clock that boxes would refuse it.
        """
        if directive.version > now_us + AHEAD_US:
            raise WireError(
                f"number {directive.version} of {tenant}/{store} is more than a day ahead of the database's clock, and "
                "boxes would refuse it: set the clock, or the store's row in directive_head"
            )
        expires_us = now_us + LASTS_US
        signature = self.sign(signed_bytes(tenant, store, directive, now_us, expires_us))
        return Seal(now_us, expires_us, signature)


def new_key() -> bytes:
    """A new private key, as a PEM file for `Signer.load`."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def holds(public: str, tenant: str, store: str, directive: Directive) -> bool:
    """Whether head office's key signed this directive for that store. The expiry isn't checked."""
    seal = directive.seal
    if seal is None:
        return False
    said = signed_bytes(tenant, store, directive, seal.made_us, seal.expires_us)
    return is_signed(public, seal.signature, said)


def is_signed(public: str, signature: bytes, said: bytes) -> bool:
    """Whether the private half of a public key (hexadecimal) signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True
