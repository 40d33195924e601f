"""ECDSA on P-256 with SHA-256 as JWS writes it (RFC 7518, 3.4): 64 bytes r and s. Deterministic (RFC 6979)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

SIGNATURE_BYTES = 64
_HALF = SIGNATURE_BYTES // 2


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Sign a message. The signature is deterministic, so that a file created again has the same bytes."""
    return _raw(key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True)))


def sign_digest(key: ec.EllipticCurvePrivateKey, digest: bytes) -> bytes:
    """Sign a message by its SHA-256, for a message too long to keep in memory."""
    return _raw(key.sign(digest, ec.ECDSA(Prehashed(SHA256()), deterministic_signing=True)))


def is_signed(key: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
    """Whether the signature was made with this key for this message."""
    return _is_right(key, message, signature, ec.ECDSA(SHA256()))


def is_digest_signed(key: ec.EllipticCurvePublicKey, digest: bytes, signature: bytes) -> bool:
    """Whether the signature was made with this key for the message with this SHA-256."""
    return _is_right(key, digest, signature, ec.ECDSA(Prehashed(SHA256())))


def key_of(text: str) -> ec.EllipticCurvePublicKey:
    """Parse a public key as stored in events. Raises `ValueError` if it isn't a valid key."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(text))


class KeyLine:
    """A sequence of signing keys, oldest first. After a key has signed, earlier ones are no longer accepted."""

    def __init__(self, keys: Sequence[ec.EllipticCurvePublicKey]) -> None:
        self._keys = keys
        self._at = 0

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether this message was signed by the last accepted key or a later one."""
        for at in range(self._at, len(self._keys)):
            if is_signed(self._keys[at], message, signature):
                self._at = at
                return True
        return False


def _raw(signature: bytes) -> bytes:
    r, s = decode_dss_signature(signature)
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def _is_right(key: ec.EllipticCurvePublicKey, data: bytes, signature: bytes, algorithm: ec.ECDSA) -> bool:
    if len(signature) != SIGNATURE_BYTES:
        return False
    r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
    try:
        key.verify(encode_dss_signature(r, s), data, algorithm)
    except InvalidSignature:
        return False
    return True


def to_base64url(data: bytes) -> str:
    """Encode without padding, as JWS requires (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Decode base64url. Raises `ValueError` for padding, other characters, or a non-canonical encoding."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("isn't base64url") from error
    if to_base64url(data) != text:
        raise ValueError("isn't base64url without padding")
    return data


def from_base64(text: str) -> bytes:
    """Decode padded base64. Raises `ValueError` if the encoding isn't canonical."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("isn't base64") from error
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("isn't canonical base64")
    return data
