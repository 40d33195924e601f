"""Signed archive manifest: its files, the chain's hash after them, and the tables at that row.

`checkpoint.json` in the archive's folder, with an Ed25519 signature (RFC 8032) over its bytes. Next to it is the
snapshot that rebuilds and verifications start from, so that they needn't read the archive.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.core.journal import archive
from edge.core.journal.archive import Segment
from edge.core.journal.rows import Header, read_header
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection, DatabaseError
from edge.lib.errors import NeedsHuman

FILE = "checkpoint.json"
LEVEL = 9


class Checkpoint(msgspec.Struct, frozen=True):
    """Rows 1 to `seq`, the last with `hash`, are in `segments`. The file `base`, with its SHA-256, has the tables at
    that row."""

    header: Header
    epoch: int
    seq: int
    hash: str
    at_us: int
    segments: tuple[Segment, ...]
    base: str
    base_sha256: str


class _Signed(msgspec.Struct, frozen=True):
    """The checkpoint's bytes as signed, the signing key, and the signature (hexadecimal)."""

    checkpoint: msgspec.Raw
    key: str
    signature: str


def write(folder: Path, checkpoint: Checkpoint, key: Ed25519PrivateKey) -> None:
    """Sign a checkpoint and replace the previous one; its snapshot is removed."""
    data = msgspec.json.encode(checkpoint)
    write_whole(folder / FILE, msgspec.json.encode(_Signed(msgspec.Raw(data), public(key), key.sign(data).hex())))
    for path in folder.glob("base-*.zst"):
        if path.name != checkpoint.base:
            path.unlink()


def public(key: Ed25519PrivateKey) -> str:
    """Public half of `key`, in hexadecimal."""
    return key.public_key().public_bytes_raw().hex()


def trusted_key(db: Connection) -> str:
    """Public key that may sign for this ledger; "" if unknown, also in a ledger with an older schema."""
    try:
        found = db.execute("SELECT key FROM checkpoint_key").fetchone()
    except DatabaseError as error:
        if "no such table: checkpoint_key" in str(error):
            return ""
        raise
    return str(found[0]) if found else ""


def read(folder: Path, trusted: str = "") -> Checkpoint | None:
    """Return the newest manifest, or None. `trusted`: the required signing key ("": any).

    Raises `NeedsHuman` if it is unreadable, was changed after signing, or has another signer.
    """
    try:
        signed = msgspec.json.decode((folder / FILE).read_bytes(), type=_Signed)
        if trusted not in ("", signed.key):
            raise ValueError("it is signed with a key other than this ledger's")
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signed.key))
        key.verify(bytes.fromhex(signed.signature), bytes(signed.checkpoint))
        return msgspec.json.decode(signed.checkpoint, type=Checkpoint)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, msgspec.MsgspecError, InvalidSignature) as error:
        why = str(error) or "its signature is invalid"
        raise NeedsHuman(
            f"The checkpoint {folder / FILE} is damaged: {why}.",
            "Remove it; the next `edge journal archive` creates a new one.",
        ) from error


def pack_base(source: Path, folder: Path, seq: int) -> tuple[str, str]:
    """Compress a snapshot into the archive's folder; return its name and the file's SHA-256."""
    part = folder / "base.part"
    with source.open("rb") as plain, part.open("wb") as packed:
        zstandard.ZstdCompressor(level=LEVEL).copy_stream(plain, packed)
    digest = archive.sha256_of(part)
    name = f"base-{seq}-{digest[:8]}.zst"
    part.replace(folder / name)
    return name, digest


def open_base(db: Connection, target: Path) -> Path | None:
    """Write the snapshot of the ledger's newest intact checkpoint to `target`; None if there is none."""
    folder = archive.folder_of(db)
    try:
        checkpoint = read(folder, trusted_key(db))
        if checkpoint is None or checkpoint.header != read_header(db):
            return None
        if archive.sha256_of(folder / checkpoint.base) != checkpoint.base_sha256:
            return None
        with (folder / checkpoint.base).open("rb") as packed, target.open("wb") as plain:
            zstandard.ZstdDecompressor().copy_stream(packed, plain)
    except (NeedsHuman, OSError, zstandard.ZstdError):
        return None
    return target


def faults(db: Connection) -> list[str]:
    """Describe the faults of the archive's files and the checkpoint, as sentences."""
    folder, files = archive.folder_of(db), archive.segments(db)
    found = [fault for segment in files if (fault := archive.file_fault(folder, segment))]
    try:
        checkpoint = read(folder, trusted_key(db))
    except NeedsHuman as error:
        return [*found, error.what]
    if checkpoint is not None:
        if checkpoint.header != read_header(db):
            found.append("the checkpoint is of another shop's archive")
        signed = {segment.name: segment for segment in checkpoint.segments}
        found += [
            f"the archive {segment.name} doesn't match the checkpoint"
            for segment in files
            if segment.last <= checkpoint.seq and signed.get(segment.name) != segment
        ]
        base = Segment(checkpoint.base, 0, 0, 0, "", 0, checkpoint.base_sha256)
        found += [fault for fault in [archive.file_fault(folder, base)] if fault]
    return found
