"""Encrypted files: compressed with zstd, encrypted like `age` (`edge/lib/age.py`), with a readable label.

Encrypting needs no secret, and anyone who opens a file could create another from it. The label, which has the hash of
the content, therefore has a proof (HMAC) that requires the recovery code.

The label is a stanza of our own in the age header. Other programs skip it, and the header's MAC protects it against
changes. A file is encrypted to the shop's own identity, derived from the recovery code, and to configured recipients.
docs/open-a-backup.md explains how to open it without our software.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec
import zstandard

from edge.core.secrets import keys
from edge.lib import age
from edge.lib.age import AgeFault, AgeHeader, Stanza
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import older_file
from edge.runtime.backup_state.limits import LABEL_BYTES, PIECE_BYTES

LEVEL = 3
_LABEL = "edge-label"
"""The type of our stanza."""
_HEADER_BYTES = 2 * LABEL_BYTES


class BackupLabel(msgspec.Struct, frozen=True, kw_only=True):
    """The readable label of an encrypted file, protected against changes.

    `epoch`, `seq` and `hash`: the journal's end; `bytes` and `sha256`: of the content; `archives`: archive files that
    belong to it, encrypted next to it. `key` identifies the secret; `salt`: of files by older versions; `proof`: that
    the shop wrote the label.
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
    proof: str = ""


class Damaged(NeedsHuman):
    """The encrypted file `name` differs from the one written."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        super().__init__(
            *(f"The backup {name} is damaged: {why}.", "Take another one: edge backup list"),
            *("backup.damaged", {"name": name}),
        )


class WrongKey(NeedsHuman):
    """An encrypted file belongs to another recovery code."""

    def __init__(self, name: str) -> None:
        super().__init__(
            *(f"The recovery code doesn't open {name}.", "Use the one that was printed when it was made."),
            *("backup.wrong_key", {"name": name}),
        )


def identity_of(secret: bytes) -> bytes:
    """The identity that opens the shop's files with any age program."""
    return keys.derive_key(secret, "age identity")


def seal(
    source: BinaryIO, target: BinaryIO, label: BackupLabel, secret: bytes, recipients: Sequence[str] = ()
) -> BackupLabel:
    """Encrypt `source` to `target`, for the shop and these recipients (`age1...`); return the written label. Disk
    errors are raised as `OSError`."""
    label = msgspec.structs.replace(label, key=keys.key_id(secret), proof="")
    label = msgspec.structs.replace(label, proof=_proof(label, secret))
    to = [age.recipient_of(identity_of(secret)), *map(age.read_recipient, recipients)]
    compressed = zstandard.ZstdCompressor(level=LEVEL).read_to_iter(source, read_size=PIECE_BYTES)
    age.encrypt_to(to, compressed, target, Stanza((_LABEL,), msgspec.json.encode(label)))
    return label


def write_identity(target: BinaryIO, secret: bytes) -> None:
    """Write the key file that opens encrypted files with any age program after a person has entered the recovery
    code."""
    lines = f"# opens the backups of key {keys.key_id(secret)}\n{age.show_identity(identity_of(secret))}\n"
    age.encrypt_with(keys.show(secret), [lines.encode()], target)


def read_label(path: Path) -> BackupLabel:
    """Return a file's label. Raises `Damaged` if it is unreadable or isn't one of ours."""
    try:
        with path.open("rb") as file:
            return _label(file, path.name)[0]
    except OSError as error:
        raise Damaged(path.name, f"it can't be read ({error.strerror})") from error


def read_sealed_pieces(path: Path, secret: bytes) -> Iterator[bytes]:
    """Yield the content in pieces up to the last authentic one.

    Raises `Damaged`, possibly only at the end, so the caller must not trust the data before that; or `WrongKey`.
    """
    with path.open("rb") as file:
        label, head = _label(file, path.name)
        if label.key != keys.key_id(secret):
            raise WrongKey(path.name)
        if not isinstance(head, bytes) and not hmac.compare_digest(label.proof, _proof(label, secret)):
            raise Damaged(path.name, "its label wasn't written by this shop")
        digest, size = hashlib.sha256(), 0
        for plain in _decompress_pieces(_decrypt_pieces(file, label, head, secret), path.name):
            size += len(plain)
            if size > label.bytes:
                raise Damaged(path.name, "it contains more than its label says")
            digest.update(plain)
            yield plain
        if size != label.bytes or digest.hexdigest() != label.sha256:
            raise Damaged(path.name, "its content doesn't match its label")


def _proof(label: BackupLabel, secret: bytes) -> str:
    bare = msgspec.json.encode(msgspec.structs.replace(label, proof=""))
    return hmac.digest(keys.derive_key(secret, "sealed label"), bare, hashlib.sha256).hex()


def _decrypt_pieces(file: BinaryIO, label: BackupLabel, head: AgeHeader | bytes, secret: bytes) -> Iterator[bytes]:
    if isinstance(head, bytes):
        yield from older_file.frames(file, head, label.salt, secret)
    else:
        yield from age.decrypt(file, age.file_key(head, identity_of(secret)))


def _decompress_pieces(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    try:
        for piece in pieces:
            plain = decompressor.decompress(piece)
            if plain:
                yield plain
    except (zstandard.ZstdError, AgeFault) as error:
        raise Damaged(name, str(error)) from error


def _label(file: BinaryIO, name: str) -> tuple[BackupLabel, AgeHeader | bytes]:
    """Return the label and its header, or for older files, the bytes before it."""
    try:
        older = file.read(len(older_file.MAGIC)) == older_file.MAGIC
        file.seek(0)
        head: AgeHeader | bytes
        if older:
            text, head = older_file.read_head(file)
        else:
            head = age.read_header(file, _HEADER_BYTES)
            text = head.body(_LABEL) or b""
        return msgspec.json.decode(text, type=BackupLabel), head
    except AgeFault as error:
        raise Damaged(name, str(error)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise Damaged(name, "its label can't be read") from None
