"""Web push messages: encrypted for one browser (RFC 8291, RFC 8188), from an authenticated sender (RFC 8292). Pure."""

from __future__ import annotations

import base64
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_BYTES = 4096
PAYLOAD_BYTES = RECORD_BYTES - 16 - 1 - 86
"""Payload of one record, without tag, padding and header (RFC 8291, section 4): the limit of push services."""
_CURVE = ec.SECP256R1()


def encrypt_push(text: bytes, p256dh: str, auth: str, sender: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """Encrypt a message as `aes128gcm` for a browser's two keys (base64url). `sender` and `salt` (16 bytes) must be
    unique to it.

    Raises `ValueError` if the keys are invalid or the text exceeds PAYLOAD_BYTES.
    """
    if len(text) > PAYLOAD_BYTES:
        raise ValueError(f"{len(text)} bytes don't fit into a push message")
    theirs, ours = decode_unpadded(p256dh), public_bytes(sender)
    shared = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
    secret = _derive_key(shared, decode_unpadded(auth), b"WebPush: info\x00" + theirs + ours, 32)
    key = _derive_key(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derive_key(secret, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def authorization(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str, until_s: int) -> str:
    """Header `Authorization` (RFC 8292, section 3): sender and expiry, for that service only."""
    import jwt

    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": until_s, "sub": contact}
    token = jwt.encode(claims, key, "ES256")
    return f"vapid t={token}, k={padless(public_bytes(key))}"


def new_key() -> ec.EllipticCurvePrivateKey:
    """Generate a key."""
    return ec.generate_private_key(_CURVE)


def key_of(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Key from a 32-byte private value."""
    return ec.derive_private_key(int.from_bytes(secret, "big"), _CURVE)


def secret_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Private value of a key."""
    return key.private_numbers().private_value.to_bytes(32, "big")


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Public point in browsers' format: 65 bytes."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def padless(data: bytes) -> str:
    """Base64url without padding (RFC 7515, appendix C)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode_unpadded(text: str) -> bytes:
    """Decode base64url without padding. Raises `ValueError`."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derive_key(key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(key)
