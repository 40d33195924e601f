"""Passkeys: what an authenticator signed, checked (W3C Web Authentication Level 3, sections 6.1, 7.1, 7.2). Pure.

No attestation is asked for, so the key comes as the browser's own interface gives it (`getPublicKey()`, SPKI), and
nothing here reads CBOR. Algorithms: ES256, EdDSA (Ed25519), RS256.
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
"""Of COSE (RFC 9053), by their numbers."""
RSA_BITS_LEAST = 2048
PRESENT, VERIFIED, WITH_CREDENTIAL = 0x01, 0x04, 0x40
_AUTHENTICATOR_BYTES = 37
"""RP id hash (32), flags (1), counter (4)."""


class ClientData(msgspec.Struct, frozen=True, rename={"cross_origin": "crossOrigin"}):
    """What the browser says that was asked, of which page (section 5.8.1); other members are of no matter."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool = False


class Authenticator(msgspec.Struct, frozen=True):
    """What the authenticator says of the moment: for which site, whether somebody touched it (`present`) and showed who
    they are (`verified`); how often it signed; and, with a new one, its credential."""

    site: bytes
    present: bool
    verified: bool
    count: int
    credential: bytes = b""


class PasskeyWrong(ValueError):
    """What came is no answer of a passkey to what was asked; the text says why, for logs."""


def b64(text: str) -> bytes:
    """Base64url without padding. `PasskeyWrong`: it is not."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise PasskeyWrong("not base64url") from None


def client_data(raw: bytes, type: str, challenge: bytes, origin: str) -> None:
    """`PasskeyWrong`: it is of another kind, challenge or page."""
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
    """What the browser says that it was asked to sign."""
    try:
        return b64(msgspec.json.decode(raw, type=ClientData).challenge)
    except msgspec.MsgspecError:
        raise PasskeyWrong("client data") from None


def authenticator(raw: bytes, domain: str) -> Authenticator:
    """What it says (section 6.1). `PasskeyWrong`: it is of another site, or nobody touched it."""
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
    """The key of a passkey. `PasskeyWrong`: it is none, or not of its algorithm."""
    try:
        key = load_der_public_key(spki)
    except (ValueError, TypeError):
        raise PasskeyWrong("key") from None
    except Exception as error:  # cryptography's UnsupportedAlgorithm is no ValueError
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
    """`PasskeyWrong`: the signature is not that of this key over this."""
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
    """Whether a counter says that there are two of it: it must rise, unless it never counts (section 6.1.1)."""
    return (before or now) != 0 and now <= before
