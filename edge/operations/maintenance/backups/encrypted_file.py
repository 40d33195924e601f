"""Sealed files: compressed by zstd, encrypted as `age` does (`edge/lib/age.py`), with a label in the open.

To encrypt for somebody takes no secret, and whoever opens a file could make another of it. So its label, which has the
hash of what is inside, has a proof (HMAC) that only the recovery code makes.

The label is a stanza of our own in the header of age: other programs pass it over, and the header's MAC holds it, so
that nobody changes it unnoticed. A file is for the shop's own identity, which follows from the recovery code, and for
the recipients that the shop names. docs/open-a-backup.md says how one opens it without us.
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
    """What a sealed file says of itself without being opened; nobody can change it unnoticed.

    `epoch`, `seq` and `hash` are the journal's end in it; `bytes` and `sha256` those of what is inside; `archives`
    the files of archived rows that belong to it, sealed beside it. `key` says which secret opens it; `salt` is of files
    that versions before wrote; `proof` that the shop wrote the label.
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


def identity_of(secret: bytes) -> bytes:
    """What opens the shop's files with any program of age."""
    return keys.derive_key(secret, "age identity")


def seal(
    source: BinaryIO, target: BinaryIO, label: BackupLabel, secret: bytes, recipients: Sequence[str] = ()
) -> BackupLabel:
    """Write `source` into `target`, for the shop and for these recipients (`age1...`); the label as it was written.
    What is wrong with the disk is an `OSError`."""
    label = msgspec.structs.replace(label, key=keys.key_id(secret), proof="")
    label = msgspec.structs.replace(label, proof=_proof(label, secret))
    to = [age.recipient_of(identity_of(secret)), *map(age.read_recipient, recipients)]
    compressed = zstandard.ZstdCompressor(level=LEVEL).read_to_iter(source, read_size=PIECE_BYTES)
    age.encrypt_to(to, compressed, target, Stanza((_LABEL,), msgspec.json.encode(label)))
    return label


def write_identity(target: BinaryIO, secret: bytes) -> None:
    """Write the file that opens sealed files with any program of age, for whoever types the recovery code."""
    lines = f"# opens the backups of key {keys.key_id(secret)}\n{age.show_identity(identity_of(secret))}\n"
    age.encrypt_with(keys.show(secret), [lines.encode()], target)


def read_label(path: Path) -> BackupLabel:
    """What a file says of itself. `Damaged`: it is none of ours, or cannot be read."""
    try:
        with path.open("rb") as file:
            return _label(file, path.name)[0]
    except OSError as error:
        raise Damaged(path.name, f"it can't be read ({error.strerror})") from error


def read_sealed_pieces(path: Path, secret: bytes) -> Iterator[bytes]:
    """What is inside, piece by piece, as long as it is what was sealed.

    `Damaged`, also at the end: whoever reads believes nothing before that. `WrongKey`.
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
    """The label, and the header that it stands in; of a file that a version before wrote, what stands before it."""
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
