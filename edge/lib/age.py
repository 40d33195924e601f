"""The `age` encryption format (age-encryption.org/v1, specified by C2SP): a plain-text header that names the
recipients, then the content in chunks of 64 KiB. Pure.

Any program for that format opens these files. The header may have a custom stanza, authenticated with the rest, which
other programs ignore.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"age-encryption.org/v1\n"
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
KEY_BYTES = 16
NONCE_BYTES = 16
SCRYPT_LOG_N = 14
"""Uses 16 MiB. A guessable passphrase would need more, but recovery codes have 128 bits."""
_COLUMNS = 64
_LINE_BYTES = 1024
_X25519, _SCRYPT = "X25519", "scrypt"
_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


class AgeFault(ValueError):
    """The file isn't an age file, is for other recipients, was changed or is truncated. The message says which."""


class Stanza(msgspec.Struct, frozen=True):
    """A header stanza: its type and arguments, and its body."""

    words: tuple[str, ...]
    body: bytes


class AgeHeader(msgspec.Struct, frozen=True):
    """A parsed header. Don't trust it until `file_key` has checked its MAC."""

    stanzas: tuple[Stanza, ...]
    covered: bytes
    mac: bytes

    def body(self, type: str) -> bytes | None:
        """Return the body of the only stanza of a type; None if there is none or more than one."""
        found = [one.body for one in self.stanzas if one.words[0] == type]
        return found[0] if len(found) == 1 else None


def recipient_of(identity: bytes) -> bytes:
    """Public recipient of an identity (32 bytes)."""
    return X25519PrivateKey.from_private_bytes(identity).public_key().public_bytes_raw()


def show_identity(identity: bytes) -> str:
    """Format an identity as in an identity file: `AGE-SECRET-KEY-1...`."""
    return _bech32("age-secret-key-", identity).upper()


def show_recipient(recipient: bytes) -> str:
    """Format a recipient for sharing: `age1...`."""
    return _bech32("age", recipient)


def read_recipient(text: str) -> bytes:
    """Parse a recipient `age1...`. Raises `ValueError`.

    >>> read_recipient(show_recipient(bytes(31) + b"a"))[-1:]
    b'a'
    """
    prefix, _, letters = text.strip().rpartition("1")
    values = [_LETTERS.find(letter) for letter in letters]
    if prefix != "age" or -1 in values or len(values) < 6 or _checksum(prefix, values) != 1:
        raise ValueError(f"{text[:80]!r} isn't an age recipient")
    number = 0
    for value in values[:-6]:
        number = number << 5 | value
    bits = len(values[:-6]) * 5
    if bits != 260 or number & 0b1111:
        raise ValueError(f"{text[:80]!r} isn't an age recipient with X25519")
    return (number >> 4).to_bytes(32)


def encrypt_to(
    recipients: Sequence[bytes], pieces: Iterable[bytes], target: BinaryIO, own: Stanza | None = None
) -> None:
    """Encrypt `pieces` into `target` for these recipients, with an optional custom stanza."""
    key = os.urandom(KEY_BYTES)
    _write(target, key, [*([own] if own else []), *(_recipient_stanza(key, one) for one in recipients)], pieces)


def encrypt_with(passphrase: str, pieces: Iterable[bytes], target: BinaryIO) -> None:
    """Encrypt `pieces` into `target` with a passphrase."""
    key, salt = os.urandom(KEY_BYTES), os.urandom(16)
    body = ChaCha20Poly1305(_from_passphrase(passphrase, salt, SCRYPT_LOG_N)).encrypt(bytes(12), key, None)
    _write(target, key, [Stanza((_SCRYPT, _base64(salt), str(SCRYPT_LOG_N)), body)], pieces)


def read_header(file: BinaryIO, limit_bytes: int) -> AgeHeader:
    """Read the header of an open file, leaving the position after it. Raises `AgeFault` if there is no header within
    `limit_bytes`."""
    covered = file.read(len(MAGIC))
    if covered != MAGIC:
        raise AgeFault("it isn't an age file")
    stanzas: list[Stanza] = []
    while True:
        line = _line(file)
        if line.startswith(b"--- "):
            return AgeHeader(tuple(stanzas), covered + b"---", _decode_base64(line[4:-1]))
        covered += line
        words = line[:-1].split(b" ")
        if words[0] != b"->" or len(words) < 2 or not all(words):
            raise AgeFault("its header has an invalid line")
        encoded = b""
        while len(row := _line(file)) == _COLUMNS + 1:
            covered, encoded = covered + row, encoded + row[:-1]
            if len(covered) > limit_bytes:
                raise AgeFault("its header is too long")
        covered, encoded = covered + row, encoded + row[:-1]
        if len(covered) > limit_bytes:
            raise AgeFault("its header is too long")
        try:
            stanzas.append(Stanza(tuple(word.decode("ascii") for word in words[1:]), _decode_base64(encoded)))
        except UnicodeDecodeError:
            raise AgeFault("its header has an invalid line") from None


def file_key(header: AgeHeader, identity: bytes) -> bytes:
    """Return the content's key after checking the header's MAC. Raises `AgeFault`."""
    ours = X25519PrivateKey.from_private_bytes(identity)
    for one in header.stanzas:
        if one.words[0] != _X25519 or len(one.words) != 2:
            continue
        share = _decode_base64(one.words[1].encode())
        if len(share) != 32 or len(one.body) != KEY_BYTES + TAG_BYTES:
            raise AgeFault("a stanza of its header has another length")
        try:
            shared = ours.exchange(X25519PublicKey.from_public_bytes(share))
            wrapping = _derive_key(shared, share + recipient_of(identity), b"age-encryption.org/v1/X25519")
            key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), one.body, None)
        except (InvalidTag, ValueError):
            continue  # this stanza is for another recipient
        if not hmac.compare_digest(_mac(key, header.covered), header.mac):
            raise AgeFault("its header was changed")
        return key
    raise AgeFault("its header is for another recipient, or was changed")


def decrypt(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """Decrypt the content, chunk by chunk. Raises `AgeFault`, possibly only at the end, so don't trust the content
    before that."""
    nonce = file.read(NONCE_BYTES)
    if len(nonce) != NONCE_BYTES:
        raise AgeFault("it was cut off")
    cipher = ChaCha20Poly1305(_derive_key(key, nonce, b"payload"))
    number, box = 0, file.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        after = file.read(CHUNK_BYTES + TAG_BYTES)
        try:
            plain = cipher.decrypt(_chunk_nonce(number, not after), box, None)
        except (InvalidTag, ValueError):
            why = "something was changed" if after else "it was cut off here, or something was changed"
            raise AgeFault(f"chunk {number + 1}: {why}") from None
        if not plain and number:
            raise AgeFault("it ends with an empty chunk")
        yield plain
        if not after:
            return
        number, box = number + 1, after


def _write(target: BinaryIO, key: bytes, stanzas: Iterable[Stanza], pieces: Iterable[bytes]) -> None:
    covered = MAGIC + b"".join(map(_encode_stanza, stanzas)) + b"---"
    target.write(covered + b" " + _base64(_mac(key, covered)).encode() + b"\n")
    nonce = os.urandom(NONCE_BYTES)
    target.write(nonce)
    cipher, number, held = ChaCha20Poly1305(_derive_key(key, nonce, b"payload")), 0, b""
    for chunk in _chunks(pieces):
        if number or held:
            target.write(cipher.encrypt(_chunk_nonce(number, False), held, None))
            number += 1
        held = chunk
    target.write(cipher.encrypt(_chunk_nonce(number, True), held, None))


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Regroup bytes into chunks of CHUNK_BYTES. The last may be shorter."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    if waiting:
        yield bytes(waiting)


def _recipient_stanza(key: bytes, recipient: bytes) -> Stanza:
    once = X25519PrivateKey.generate()
    share = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(recipient))
    wrapping = _derive_key(shared, share + recipient, b"age-encryption.org/v1/X25519")
    return Stanza((_X25519, _base64(share)), ChaCha20Poly1305(wrapping).encrypt(bytes(12), key, None))


def _from_passphrase(passphrase: str, salt: bytes, log_n: int) -> bytes:
    salted = b"age-encryption.org/v1/scrypt" + salt
    return Scrypt(salt=salted, length=32, n=1 << log_n, r=8, p=1).derive(passphrase.encode())


def _encode_stanza(stanza: Stanza) -> bytes:
    """Encode a stanza. Its body ends with a line shorter than 64 columns, possibly empty."""
    body = _base64(stanza.body)
    lines = [body[at : at + _COLUMNS] for at in range(0, len(body) + 1, _COLUMNS)]
    return "".join(f"{line}\n" for line in (f"-> {' '.join(stanza.words)}", *lines)).encode("ascii")


def _line(file: BinaryIO) -> bytes:
    line = file.readline(_LINE_BYTES)
    if not line.endswith(b"\n"):
        raise AgeFault("its header was cut off")
    return line


def _derive_key(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt or None, info).derive(key)


def _mac(key: bytes, covered: bytes) -> bytes:
    return hmac.digest(_derive_key(key, b"", b"header"), covered, hashlib.sha256)


def _chunk_nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def _base64(data: bytes) -> str:
    return base64.b64encode(data).rstrip(b"=").decode("ascii")


def _decode_base64(text: bytes) -> bytes:
    """Decode canonical base64 without padding. Raises `AgeFault`."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise AgeFault("its header has invalid base64") from None
    if _base64(data).encode() != text:
        raise AgeFault("its header has invalid base64")
    return data


def _bech32(prefix: str, data: bytes) -> str:
    """Encode as in BIP 173, but without its limit of 90 characters."""
    number, bits = int.from_bytes(data), len(data) * 8
    more = -bits % 5
    number, bits = number << more, bits + more
    values = [number >> shift & 31 for shift in range(bits - 5, -1, -5)]
    rest = _checksum(prefix, [*values, 0, 0, 0, 0, 0, 0]) ^ 1
    check = [rest >> shift & 31 for shift in range(25, -1, -5)]
    return f"{prefix}1{''.join(_LETTERS[value] for value in (*values, *check))}"


def _checksum(prefix: str, values: Iterable[int]) -> int:
    found = 1
    for value in (*(ord(letter) >> 5 for letter in prefix), 0, *(ord(letter) & 31 for letter in prefix), *values):
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for at, generator in enumerate(_GENERATORS):
            found ^= generator if top >> at & 1 else 0
    return found
