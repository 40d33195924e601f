"""Old parts of the journal in compressed files: writing, reading and verification.

    EDGEROW1 | frames: zstandard over msgpack, FRAME_ROWS rows each | index: where each frame begins | its length (8)

A file holds rows `first` to `last` without a gap. The table `archive` lists the files, which are in the folder
`archive` next to the ledger. Rows that begin an epoch, and the row before each, also stay in the ledger: sync reports
them to the hub at every hello.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from struct import Struct as Layout
from typing import Any

import msgspec
import zstandard

from edge.core.limits import ARCHIVE_FRAME_BYTES, ARCHIVE_FRAME_ROWS
from edge.core.storage.database import BEHIND, Connection, DatabaseError
from edge.lib.errors import NeedsHuman
from sync.wire import Row

FOLDER = "archive"
MAGIC = b"EDGEROW1"
LEVEL = 12
_length = Layout(">Q")
_encoder = msgspec.msgpack.Encoder()
_rows: msgspec.msgpack.Decoder[list[Row]] = msgspec.msgpack.Decoder(list[Row])
_index: msgspec.msgpack.Decoder[list[int]] = msgspec.msgpack.Decoder(list[int])
_FILES = "SELECT name, first_seq, last_seq, epoch, hash, bytes, sha256 FROM archive"
_COMMAND = "SELECT first_seq, last_seq FROM archived_command WHERE command_id = ?"
_FILE = "SELECT first_seq, last_seq, name FROM archive WHERE first_seq <= ? ORDER BY first_seq DESC LIMIT 1"


class Segment(msgspec.Struct, frozen=True):
    """One file: its rows, the epoch and hash of the last one, and its own length and SHA-256 (hexadecimal)."""

    name: str
    first: int
    last: int
    epoch: int
    hash: str
    bytes: int
    sha256: str


def archived_through(db: Connection) -> int:
    """Sequence number of the last archived row; 0 for none, also in a ledger with an older schema."""
    found = _query_archive(db, "SELECT max(last_seq) FROM archive")
    return int(found[0][0] or 0) if found else 0


def segments(db: Connection) -> list[Segment]:
    """All files, in order."""
    return [Segment(*row) for row in _query_archive(db, _FILES)]


def ends_at(db: Connection, seq: int) -> Segment | None:
    """Return the file whose last row is `seq`, so that the rest of the chain can be checked without reading the
    file."""
    return next((Segment(*row) for row in _query_archive(db, f"{_FILES} WHERE last_seq = ?", seq)), None)


def read_archived(db: Connection, from_seq: int, limit: int) -> list[Row]:
    """Return up to `limit` rows from `from_seq`, all from one frame; empty if that row isn't archived.

    Raises `NeedsHuman` if the file is missing or damaged.
    """
    found = _query_archive(db, _FILE, from_seq)
    if not found or not found[0][0] <= from_seq <= found[0][1]:
        return []
    first, _, name = found[0]
    number, skip = divmod(from_seq - first, ARCHIVE_FRAME_ROWS)
    return read_frame(folder_of(db) / name, number)[skip : skip + limit]


def read_archived_command(db: Connection, command_id: bytes) -> list[Row]:
    """Return a command's archived rows; empty if there are none or the command is too old."""
    rows: list[Row] = []
    for at, last in _query_archive(db, _COMMAND, command_id):
        while at <= last and (page := read_archived(db, at, last - at + 1)):
            rows += [row for row in page if row.command_id == command_id]
            at = page[-1].seq + 1
    return rows


def read_frame(path: Path, number: int) -> list[Row]:
    """Return the rows of one frame (counting from 0). Raises `NeedsHuman`."""
    try:
        with path.open("rb") as file:
            starts = _starts(file, path)
            file.seek(starts[number])
            return _decode_frame(file.read(starts[number + 1] - starts[number]))
    except (OSError, IndexError, ValueError, zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise NeedsHuman(
            f"Archived entries can't be read from {path}: {error}.",
            "Restore the file from a backup: edge restore. Sales continue.",
        ) from error


def read_all(path: Path) -> Iterator[list[Row]]:
    """Yield all rows of a file, a frame at a time. Raises `NeedsHuman`."""
    number, count = 0, 1
    while number < count:
        try:
            with path.open("rb") as file:
                count = len(_starts(file, path)) - 1
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise NeedsHuman(f"Archived entries can't be read from {path}: {error}.") from error
        yield read_frame(path, number)
        number += 1


def write(folder: Path, pages: Iterator[Sequence[Row]]) -> Segment:
    """Write rows durably into a new file of `folder`, which gets its final name once complete. The caller reads it back
    and compares it. Raises `ValueError` if there are no rows."""
    folder.mkdir(exist_ok=True, mode=0o700)
    part, digest = folder / "rows.part", hashlib.sha256()
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    starts, size, first, last = [len(MAGIC)], len(MAGIC), None, None
    with part.open("wb") as file:

        def put(data: bytes) -> None:
            nonlocal size
            file.write(data)
            digest.update(data)
            size += len(data)

        size = 0
        put(MAGIC)
        for page in pages:
            put(compressor.compress(_encoder.encode(page)))
            starts.append(size)
            first, last = first or page[0], page[-1]
        index = _encoder.encode(starts)
        put(index)
        put(_length.pack(len(index)))
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if first is None or last is None:
        raise ValueError("an archive has at least one row")
    name = f"rows-{first.seq}-{last.seq}-{digest.hexdigest()[:8]}.zst"
    part.replace(folder / name)
    return Segment(name, first.seq, last.seq, last.epoch, last.hash.hex(), size, digest.hexdigest())


def file_fault(folder: Path, segment: Segment) -> str | None:
    """Describe what is wrong with the file itself; None if it matches what was written."""
    try:
        same = sha256_of(folder / segment.name) == segment.sha256
    except OSError as error:
        return f"the archive {segment.name} can't be read: {error.strerror or error}"
    return None if same else f"the archive {segment.name} was changed"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises `OSError`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_of(db: Connection) -> Path:
    """Folder of this ledger's archive files: that of the ledger behind it, if there is one."""
    files = {name: file for _, name, file in db.execute("PRAGMA database_list")}
    return Path(files.get(BEHIND, files["main"])).parent / FOLDER


def _query_archive(db: Connection, sql: str, *values: object) -> list[Any]:
    """Run a query; return no rows if the ledger's schema predates the archive."""
    try:
        return list(db.execute(sql, values).fetchall())
    except DatabaseError as error:
        if "no such table: archive" in str(error):
            return []
        raise


def _starts(file: Any, path: Path) -> list[int]:
    """Return the offsets at which frames begin, and the offset where the last frame ends."""
    end = path.stat().st_size - _length.size
    if file.read(len(MAGIC)) != MAGIC or end < len(MAGIC):
        raise ValueError("it isn't an archive of rows")
    file.seek(end)
    length = _length.unpack(file.read(_length.size))[0]
    if length > end - len(MAGIC):
        raise ValueError("its index is damaged")
    file.seek(end - length)
    return _index.decode(file.read(length))


def _decode_frame(frame: bytes) -> list[Row]:
    if zstandard.get_frame_parameters(frame).content_size > ARCHIVE_FRAME_BYTES:
        raise ValueError("a frame is too long")
    return _rows.decode(zstandard.ZstdDecompressor().decompress(frame, allow_extra_data=False))
