"""Encrypted files of older versions, read-only.

    EDGESEA1 | length of the label (4) | label, JSON | frames: length (4), AES-256-GCM ciphertext with its tag

A frame's nonce contains its number and whether it is the last one (STREAM: Hoang, Reyhanitabar, Rogaway, Vizar 2015).
The associated data is the hash of everything before the frames.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from struct import Struct as Layout
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.core.secrets import keys
from edge.lib.age import AgeFault
from edge.runtime.backup_state.limits import LABEL_BYTES

MAGIC = b"EDGESEA1"
FRAME_BYTES = 1024 * 1024
TAG_BYTES = 16
_length = Layout(">I")
_nonce = Layout(">3xQ?")


def read_head(file: BinaryIO) -> tuple[bytes, bytes]:
    """Return an open file's label as JSON, and all bytes before the frames. Raises `AgeFault` if it isn't such a
    file."""
    begin = file.read(len(MAGIC) + _length.size)
    if len(begin) != len(MAGIC) + _length.size or not begin.startswith(MAGIC):
        raise AgeFault("it isn't a backup")
    size = _length.unpack(begin[len(MAGIC) :])[0]
    label = file.read(size) if size <= LABEL_BYTES else b""
    return label, begin + label


def frames(file: BinaryIO, head: bytes, salt: str, secret: bytes) -> Iterator[bytes]:
    """The content of the frames, one by one. Raises `AgeFault`, possibly at the end."""
    try:
        cipher = AESGCM(keys.derive_key(secret, "sealed file", bytes.fromhex(salt)))
    except ValueError:
        raise AgeFault("its label is invalid") from None
    about = hashlib.sha256(head).digest()
    number, last = 0, False
    while not last:
        box = _frame(file)
        at = file.tell()
        last = not file.read(1)
        file.seek(at)
        try:
            yield cipher.decrypt(_nonce.pack(number, last), box, about)
        except InvalidTag:
            why = "it was cut off here" if last else "something was changed"
            raise AgeFault(f"frame {number + 1}: {why}") from None
        number += 1


def _frame(file: BinaryIO) -> bytes:
    length = file.read(_length.size)
    size = _length.unpack(length)[0] if len(length) == _length.size else 0
    if not TAG_BYTES <= size <= FRAME_BYTES + TAG_BYTES:
        raise AgeFault("a frame is missing")
    box = file.read(size)
    if len(box) != size:
        raise AgeFault("it was cut off")
    return box
