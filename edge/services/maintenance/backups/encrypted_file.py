"""Sealed files: a label in the open, then compressed bytes in encrypted frames.

    EDGESEA1 | length of the label (4) | label, JSON | frames: length (4), AES-256-GCM ciphertext with its tag

Every frame has its number and whether it is the last in its nonce (STREAM: Hoang, Reyhanitabar, Rogaway, Vizar 2015)
and the hash of all that stands before the frames as associated data, so that nothing can be changed, left out, put
in another order or cut off without being noticed. The key is the file's own, from the shop's secret and a salt.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from struct import Struct as Layout
from typing import BinaryIO, Literal

import msgspec
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.core.secrets import keys
from edge.lib.errors import NeedsHuman
from edge.services.maintenance.limits import FRAME_BYTES, LABEL_BYTES

MAGIC = b"EDGESEA1"
TAG_BYTES = 16
LEVEL = 3
_length = Layout(">I")
_nonce = Layout(">3xQ?")


class BackupLabel(msgspec.Struct, frozen=True, kw_only=True):
    """What a sealed file says of itself without being opened; nobody can change it unnoticed.

    `epoch`, `seq` and `hash` are the journal's end in it; `bytes` and `sha256` those of what is inside; `archives`
    the files of archived rows that belong to it, sealed beside it. `key` says which secret opens it.
    """

    kind: Literal["ledger", "archive", "picture", "people"]
    name: str
    tenant: str
    store: str
    device: str
    made_at_us: int
    bytes: int
    sha256: str
    epoch: int = 0
    seq: int = 0
    hash: str = ""
    schema: int = 0
    app: str = ""
    archives: tuple[str, ...] = ()
    key: str = ""
    salt: str = ""


class Damaged(NeedsHuman):
    """A sealed file is not as it was written: the one called `name`."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__(
            *(f"The backup {name} is damaged: {why}.", "Take another one: edge backup list"),
            *("backup.damaged", {"name": name}),
        )


class WrongKey(NeedsHuman):
    """A sealed file belongs to another recovery code."""

    def __init__(self, name: str) -> None:
        super().__init__(
            *(f"The recovery code does not open {name}.", "Take the one that was printed when it was made."),
            *("backup.wrong_key", {"name": name}),
        )


def seal(source: BinaryIO, target: BinaryIO, label: BackupLabel, secret: bytes) -> BackupLabel:
    """Write `source` into `target`; the label as it was written. What is wrong with the disk is an `OSError`."""
    salt = os.urandom(32)
    label = msgspec.structs.replace(label, key=keys.key_id(secret), salt=salt.hex())
    head = _head(msgspec.json.encode(label))
    target.write(head)
    cipher, about = AESGCM(keys.derived(secret, "sealed file", salt)), hashlib.sha256(head).digest()
    compressed = zstandard.ZstdCompressor(level=LEVEL).read_to_iter(
        source, read_size=FRAME_BYTES, write_size=FRAME_BYTES
    )
    number, held = 0, b""
    for plain in compressed:
        if held:
            _put(target, cipher.encrypt(_nonce.pack(number, False), held, about))
            number += 1
        held = plain
    _put(target, cipher.encrypt(_nonce.pack(number, True), held, about))
    return label


def read_label(path: Path) -> BackupLabel:
    """What a file says of itself. `Damaged`: it is none of ours, or cannot be read."""
    try:
        with path.open("rb") as file:
            return _label(file, path.name)[0]
    except OSError as error:
        raise Damaged(path.name, f"it cannot be read ({error.strerror})") from error


def opened(path: Path, secret: bytes) -> Iterator[bytes]:
    """What is inside, piece by piece, as long as it is what was sealed.

    `Damaged`, also at the end: whoever reads believes nothing before that. `WrongKey`.
    """
    with path.open("rb") as file:
        label, head = _label(file, path.name)
        if label.key != keys.key_id(secret):
            raise WrongKey(path.name)
        digest, size = hashlib.sha256(), 0
        for plain in _decompressed(_frames(file, path.name, label, head, secret), path.name):
            size += len(plain)
            if size > label.bytes:
                raise Damaged(path.name, "it holds more than it says")
            digest.update(plain)
            yield plain
        if size != label.bytes or digest.hexdigest() != label.sha256:
            raise Damaged(path.name, "it holds something else than it says")


def _frames(file: BinaryIO, name: str, label: BackupLabel, head: bytes, secret: bytes) -> Iterator[bytes]:
    try:
        cipher = AESGCM(keys.derived(secret, "sealed file", bytes.fromhex(label.salt)))
    except ValueError:
        raise Damaged(name, "its label makes no sense") from None
    about = hashlib.sha256(head).digest()
    number, last = 0, False
    while not last:
        box = _frame(file, name)
        at = file.tell()
        last = not file.read(1)
        file.seek(at)
        try:
            yield cipher.decrypt(_nonce.pack(number, last), box, about)
        except InvalidTag:
            why = "it was cut off here" if last else "something was changed"
            raise Damaged(name, f"frame {number + 1}: {why}") from None
        number += 1


def _frame(file: BinaryIO, name: str) -> bytes:
    length = file.read(_length.size)
    size = _length.unpack(length)[0] if len(length) == _length.size else 0
    if not TAG_BYTES <= size <= FRAME_BYTES + TAG_BYTES:
        raise Damaged(name, "a frame is missing")
    box = file.read(size)
    if len(box) != size:
        raise Damaged(name, "it was cut off")
    return box


def _decompressed(frames: Iterator[bytes], name: str) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    try:
        for frame in frames:
            plain = decompressor.decompress(frame)
            if plain:
                yield plain
    except zstandard.ZstdError as error:
        raise Damaged(name, str(error)) from error


def _head(label: bytes) -> bytes:
    return MAGIC + _length.pack(len(label)) + label


def _label(file: BinaryIO, name: str) -> tuple[BackupLabel, bytes]:
    begin = file.read(len(MAGIC) + _length.size)
    if len(begin) != len(MAGIC) + _length.size or not begin.startswith(MAGIC):
        raise Damaged(name, "it does not begin as a backup does")
    size = _length.unpack(begin[len(MAGIC) :])[0]
    text = file.read(size) if size <= LABEL_BYTES else b""
    try:
        return msgspec.json.decode(text, type=BackupLabel), begin + text
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Damaged(name, "its label cannot be read") from None


def _put(target: BinaryIO, box: bytes) -> None:
    target.write(_length.pack(len(box)))
    target.write(box)
