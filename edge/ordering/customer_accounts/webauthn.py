"""Verification of passkey signatures (W3C Web Authentication Level 3, sections 6.1, 7.1, 7.2). Pure.

No attestation is requested, so the key comes from the browser's API (`getPublicKey()`, SPKI), and no CBOR is parsed.
Algorithms: ES256, EdDSA (Ed25519), RS256.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, cast

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

ALGORITHMS = {-7: "ES256", -8: "EdDSA", -257: "RS256"}
"""COSE algorithms (RFC 9053) by number."""
RSA_BITS_LEAST = 2048
PRESENT, VERIFIED, WITH_CREDENTIAL = 0x01, 0x04, 0x40
_AUTHENTICATOR_BYTES = 37
"""Length of the fixed part: relying party id hash (32), flags (1), counter (4)."""


class ClientData(msgspec.Struct, frozen=True, rename={"cross_origin": "crossOrigin"}):
    """The browser's client data: the challenge, and the page that sent it (section 5.8.1).

    Other members are ignored.
    """

    type: str
    challenge: str
    origin: str
    cross_origin: bool = False


class Authenticator(msgspec.Struct, frozen=True):
    """Authenticator data.

    The site; if the user touched the authenticator (`present`) and was verified (`verified`); the signature
    counter; and for a new passkey, its credential.
    """

    site: bytes
    present: bool
    verified: bool
    count: int
    credential: bytes = b""


class PasskeyWrong(ValueError):
    """A passkey's answer isn't valid. The text gives the reason, for logs."""


def b64(text: str) -> bytes:
    """Decode base64url without padding. Raises `PasskeyWrong` if it's invalid."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise PasskeyWrong("not base64url") from None


def client_data(raw: bytes, type: str, challenge: bytes, origin: str) -> None:
    """Check the client data. Raises `PasskeyWrong` if its type, challenge or page differs."""
    try:
        said = msgspec.json.decode(raw, type=ClientData)
    except msgspec.MsgspecError:
        raise PasskeyWrong("client data") from None
    if said.type != type:
        raise PasskeyWrong("type")
    if b64(said.challenge) != challenge:
        raise PasskeyWrong("challenge")
    if said.origin != origin or said.cross_origin:
        raise PasskeyWrong("origin")


def challenge_of(raw: bytes) -> bytes:
    """The challenge in the client data."""
    try:
        return b64(msgspec.json.decode(raw, type=ClientData).challenge)
    except msgspec.MsgspecError:
        raise PasskeyWrong("client data") from None


def authenticator(raw: bytes, domain: str) -> Authenticator:
    """Parse authenticator data (section 6.1). Raises `PasskeyWrong` for another site, or if the user wasn't present."""
    if len(raw) < _AUTHENTICATOR_BYTES:
        raise PasskeyWrong("authenticator data")
    flags, credential = raw[32], b""
    if flags & WITH_CREDENTIAL:
        length = int.from_bytes(raw[53:55])
        credential = raw[55 : 55 + length]
        if not credential or len(credential) != length:
            raise PasskeyWrong("credential")
    found = Authenticator(
        raw[:32], bool(flags & PRESENT), bool(flags & VERIFIED), int.from_bytes(raw[33:37]), credential
    )
    if found.site != hashlib.sha256(domain.encode()).digest():
        raise PasskeyWrong("site")
    if not found.present:
        raise PasskeyWrong("presence")
    return found


def public_key(spki: bytes, algorithm: int) -> Any:
    """Load a passkey's public key. Raises `PasskeyWrong` if it's invalid or doesn't fit its algorithm."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, TypeError):
        raise PasskeyWrong("key") from None
    except Exception as error:  # cryptography's UnsupportedAlgorithm isn't a ValueError
        raise PasskeyWrong("key") from error
    fits = {
        -7: isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1),
        -8: isinstance(key, ed25519.Ed25519PublicKey),
        -257: isinstance(key, rsa.RSAPublicKey) and key.key_size >= RSA_BITS_LEAST,
    }
    if not fits.get(algorithm):
        raise PasskeyWrong("algorithm")
    return key


def verify(spki: bytes, algorithm: int, signed: bytes, signature: bytes) -> None:
    """Verify a signature. Raises `PasskeyWrong` if it doesn't match."""
    key = public_key(spki, algorithm)
    try:
        if algorithm == -7:
            cast(ec.EllipticCurvePublicKey, key).verify(signature, signed, ec.ECDSA(SHA256()))
        elif algorithm == -8:
            cast(ed25519.Ed25519PublicKey, key).verify(signature, signed)
        else:
            cast(rsa.RSAPublicKey, key).verify(signature, signed, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        raise PasskeyWrong("signature") from None


def is_clone(before: int, now: int) -> bool:
    """Whether a signature counter indicates a cloned passkey.

    It must increase, unless it's always zero (section 6.1.1).
    """
    return (before or now) != 0 and now <= before
