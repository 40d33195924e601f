"""Verify received rows and convert them for Postgres's COPY, in one pass: recompute each hash and follow the chain.

This loop is most of the hub's work per row, so it's written for speed: repeated texts are encoded once per block, and
the bytes made here go to Postgres directly. Format: PostgreSQL documentation, COPY, "Binary Format"; hash:
`wire.row_hash`.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from struct import Struct as Layout
from struct import error as layout_error

import msgspec

from sync import row_packing
from sync.hub.model import Block, Key, Record
from sync.wire import HASH_BYTES, Row, Rows, WireError

ID_BYTES = 16
PIECE_ROWS = 256
"""Rows passed to Postgres's socket at once."""

COPY_COLUMNS = (
    *("tenant", "store", "device"),
    *("epoch", "seq", "n", "at_us", "mono_us", "version"),
    *("command_id", "command_hash", "boot_id", "prev", "hash"),
    *("register", "actor", "surface", "business_date", "clock", "type"),
    "body",
)
"""Order of a row's fields in the COPY: key, numbers, fixed lengths, texts, body."""

_integers = Layout(">6q").pack
_framed_integers = Layout(">" + 6 * "iq").pack
_text_lengths = Layout(">9I").pack
_length = Layout(">I").pack
_ID, _HASH = _length(ID_BYTES), _length(HASH_BYTES)
_FIELDS = Layout(">h").pack(len(COPY_COLUMNS))
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = Layout(">h").pack(-1)


class _Texts(dict[tuple[str, ...], tuple[bytes, bytes, bytes, bytes]]):
    """The six texts of a row, encoded for hashing (in two parts, with lengths) and for copying."""

    def __missing__(self, texts: tuple[str, ...]) -> tuple[bytes, bytes, bytes, bytes]:
        encoded = [text.encode() for text in texts]
        if any(b"\0" in text for text in encoded):
            raise WireError("a NUL character in a text, which Postgres can't store")
        sizes = [len(text) for text in encoded]
        lengths = _text_lengths(ID_BYTES, HASH_BYTES, *sizes[:4], ID_BYTES, *sizes[4:])
        framed = b"".join(_length(len(text)) + text for text in encoded)
        self[texts] = found = (lengths, b"".join(encoded[:4]), b"".join(encoded[4:]), framed)
        return found


def open_rows(message: Rows) -> Block:
    """The verified rows of `message`. Raises `WireError` at the first invalid one."""
    rows = row_packing.unpack(message)
    seq = rows[0].seq
    try:
        records = []
        for record in _records(rows):
            records.append(record)
            seq += 1
    except layout_error as error:
        raise WireError(f"row {seq}: number out of range ({error})") from error
    except WireError as error:
        raise WireError(f"row {seq}: {error}") from error
    return Block(message.epoch, _spans(records), records)


def _records(rows: list[Row]) -> Iterator[Record]:
    texts, join, sha256 = _Texts(), b"".join, hashlib.sha256
    number, previous = rows[0].seq, rows[0].prev
    for row in rows:
        epoch, seq, n, at_us, mono_us, version = row.epoch, row.seq, row.n, row.at_us, row.mono_us, row.version
        id_, command, boot, prev, body = row.command_id, row.command_hash, row.boot_id, row.prev, row.body
        lengths, early, late, framed = texts[
            row.register, row.actor, row.surface, row.business_date, row.clock, row.type
        ]
        numbers = _integers(epoch, seq, n, at_us, mono_us, version)
        size = _length(len(body))
        digest = sha256(join((numbers, lengths, size, _HASH, id_, command, early, boot, late, body, prev))).digest()
        if digest != row.hash:
            raise WireError("its hash doesn't match its content")
        if seq != number or prev != previous:
            raise WireError("it doesn't continue the previous row")
        if len(id_) != ID_BYTES or len(boot) != ID_BYTES or len(command) != HASH_BYTES or len(prev) != HASH_BYTES:
            raise WireError("an identifier or hash of the wrong length")
        number, previous = seq + 1, digest
        numbers = _framed_integers(8, epoch, 8, seq, 8, n, 8, at_us, 8, mono_us, 8, version)
        copy = (numbers, _ID, id_, _HASH, command, _ID, boot, _HASH, prev, _HASH, digest, framed, size, body)
        yield Record(epoch, seq, row.type, prev, digest, join(copy))


def _spans(records: list[Record]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for record in records:
        if not spans or record.epoch != spans[-1][0]:
            spans.append((record.epoch, record.seq))
    return tuple(spans)


async def copy_of(key: Key, records: list[Record]) -> AsyncIterator[bytes]:
    """The input for `COPY journal (<COPY_COLUMNS>) FROM STDIN (FORMAT binary)`, in pieces."""
    yield _SIGNATURE
    names = [name.encode() for name in msgspec.structs.astuple(key)]
    place = _FIELDS + b"".join(_length(len(name)) + name for name in names)
    for at in range(0, len(records), PIECE_ROWS):
        copies = (record.copy for record in records[at : at + PIECE_ROWS])
        yield place.join((b"", *copies))
    yield _TRAILER
