"""Protection of Terminal API messages on the wire: encrypted, then signed over the plain text. Pure.

Source: Adyen's public page "Protect local communications" and its libraries (MIT): PBKDF2-HMAC-SHA1 of the passphrase
(salt "AdyenNexoV1Salt", 4,000 rounds, 80 bytes) is the HMAC key (32), the AES key (32) and the IV (16); AES-256-CBC
with PKCS#7 under the IV xor the message's nonce; HMAC-SHA256 over the plain text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from typing import Literal, NamedTuple

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from drivers.terminals.link import BadMessage

_SALT, _ROUNDS = b"AdyenNexoV1Salt", 4_000
_KEY_BYTES, _IV_BYTES = 32, 16
_CRYPTO_VERSION = 1
HMAC_BYTES = 32


class NexoKeys(NamedTuple):
    """Keys derived from a passphrase, with the identifier and version by which the terminal knows it."""

    identifier: str
    version: int
    hmac_key: bytes
    cipher_key: bytes
    iv: bytes


class Header(msgspec.Struct, frozen=True, rename="pascal", kw_only=True):
    """A message's header: sender, addressee and kind, sent both in plain text and encrypted.

    `service_id`: 1 to 10 letters or digits, not repeated at a terminal within 48 hours.
    """

    protocol_version: str = "3.0"
    message_class: str = "Service"
    message_category: str = ""
    message_type: Literal["Request", "Response", "Notification"] = "Request"
    sale_id: str = msgspec.field(name="SaleID", default="")
    service_id: str = msgspec.field(name="ServiceID", default="")
    poi_id: str = msgspec.field(name="POIID", default="")


class Trailer(msgspec.Struct, frozen=True, rename="pascal", kw_only=True):
    """How a message was protected."""

    adyen_crypto_version: int
    hmac: str
    key_identifier: str
    key_version: int
    nonce: str


class Protected(msgspec.Struct, frozen=True, rename="pascal", kw_only=True):
    """A message on the wire."""

    message_header: Header
    nexo_blob: str
    security_trailer: Trailer


def keys_of(passphrase: str, identifier: str, version: int) -> NexoKeys:
    """Derive the keys; takes some milliseconds."""
    made = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), _SALT, _ROUNDS, 2 * _KEY_BYTES + _IV_BYTES)
    return NexoKeys(identifier, version, made[:_KEY_BYTES], made[_KEY_BYTES:-_IV_BYTES], made[-_IV_BYTES:])


def protect(plain: bytes, header: Header, keys: NexoKeys, nonce: bytes) -> Protected:
    """Encrypt and sign `plain`; `nonce`: 16 random bytes, fresh for each message."""
    padder = PKCS7(8 * _IV_BYTES).padder()
    sealing = _cipher(keys, nonce).encryptor()
    blob = sealing.update(padder.update(plain) + padder.finalize()) + sealing.finalize()
    trailer = Trailer(
        adyen_crypto_version=_CRYPTO_VERSION,
        hmac=_text(hmac.digest(keys.hmac_key, plain, "sha256")),
        key_identifier=keys.identifier,
        key_version=keys.version,
        nonce=_text(nonce),
    )
    return Protected(message_header=header, nexo_blob=_text(blob), security_trailer=trailer)


def unprotect(message: Protected, keys: NexoKeys) -> bytes:
    """Return the plain text. Raises BadMessage if the message is damaged or was encrypted with other keys."""
    trailer = message.security_trailer
    named = (trailer.adyen_crypto_version, trailer.key_identifier, trailer.key_version)
    if named != (_CRYPTO_VERSION, keys.identifier, keys.version):
        raise BadMessage
    nonce, blob, signed = _bytes(trailer.nonce), _bytes(message.nexo_blob), _bytes(trailer.hmac)
    if len(nonce) != _IV_BYTES or len(signed) != HMAC_BYTES or not blob or len(blob) % _IV_BYTES:
        raise BadMessage
    opening = _cipher(keys, nonce).decryptor()
    unpadder = PKCS7(8 * _IV_BYTES).unpadder()
    try:
        plain = unpadder.update(opening.update(blob) + opening.finalize()) + unpadder.finalize()
    except ValueError:
        raise BadMessage from None
    if not hmac.compare_digest(hmac.digest(keys.hmac_key, plain, "sha256"), signed):
        raise BadMessage
    return plain


def _cipher(keys: NexoKeys, nonce: bytes) -> Cipher[modes.CBC]:
    iv = bytes(one ^ other for one, other in zip(keys.iv, nonce, strict=True))
    return Cipher(algorithms.AES256(keys.cipher_key), modes.CBC(iv))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadMessage from None
