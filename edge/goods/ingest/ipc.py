"""Messages of the file reader process: length-prefixed MessagePack."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

import msgspec

from edge.core.registry import JobIssue
from edge.goods.catalog.categories.category import Category
from edge.goods.ingest.mapping.category_words import NO_WORDS, CategoryWords
from edge.goods.ingest.mapping.row_converter import ImportSettings, ParsedRow

FRAME_BYTES = 64 * 1024 * 1024
"""Maximum size of a message in bytes; a longer one is a bug."""

SAMPLE_S, FILE_S = 30, 3600
"""CPU time limits in seconds, for a file's first rows and for a whole file. A process that needs more is killed."""

_length = struct.Struct(">I")


class ReadRequest(msgspec.Struct, frozen=True):
    """Request to read a file. `mapping`: TOML, or None to guess. `categories`: existing ids; `words`: their other
    names.

    `sample`: read only this many rows (0: all). `asks`: the user is asked about unknown taxes and units, so their
    columns stay in a guessed layout.
    """

    path: str
    mapping: str | None
    settings: ImportSettings
    categories: tuple[str, ...] = ()
    words: CategoryWords = NO_WORDS
    sample: int = 0
    asks: bool = False


def cpu_limit_s(ask: ReadRequest) -> int:
    """CPU limit for reading, in seconds."""
    return SAMPLE_S if ask.sample else FILE_S


class Began(msgspec.Struct, frozen=True, tag=True):
    """Format, source and column mapping (TOML) of a file. `importable`: the mapping suffices for an import; `complete`:
    name, number and price are mapped, and no money column is unused. `shares`: in a preview, percentage columns that
    may be fractions; `unread_money`: unused money columns.
    """

    what: str
    header: tuple[str, ...]
    mapping: str
    fields: dict[str, str]
    source: str
    checksum: str
    code_column: str
    implied: bool
    importable: bool
    complete: bool
    samples: tuple[tuple[str, ...], ...] = ()
    shares: tuple[str, ...] = ()
    unread_money: tuple[str, ...] = ()
    apart: str = ""
    apart_rows: int = 0


class ReadingFrame(msgspec.Struct, frozen=True, tag=True):
    """Number of rows read so far."""

    rows: int


class Categories(msgspec.Struct, frozen=True, tag=True):
    """New categories in the rows, parents first."""

    categories: tuple[Category, ...]


class CountFrame(msgspec.Struct, frozen=True, tag=True):
    """Total number of rows. `superseded`: bitmap of rows overridden by a later row for the same product; `sums`: totals
    of the file's price and cost columns as decimal numbers, if requested (`ReadRequest.asks`); `left_sums`: totals of
    rows that aren't products.
    """

    rows: int
    superseded: bytes
    sums: dict[str, str] = {}
    left_sums: dict[str, str] = {}


class EntryFrame(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Result of the row at a position (from 0) and line: data or an error; both None: skipped."""

    place: int
    line: int
    said: ParsedRow | None = None
    note: JobIssue | None = None


class Entries(msgspec.Struct, frozen=True, tag=True):
    """Rows in file order, with bundles last because they need their parts."""

    entries: tuple[EntryFrame, ...]


class FailedFrame(msgspec.Struct, frozen=True, tag=True):
    """The file can't be read (see `edge.lib.errors.EdgeError`)."""

    what: str
    advice: str
    key: str
    values: dict[str, str | int]


Frame = Began | ReadingFrame | Categories | CountFrame | Entries | FailedFrame
_encode = msgspec.msgpack.Encoder().encode
_decode: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame)


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Send a message."""
    data = _encode(frame)
    stream.write(_length.pack(len(data)))
    stream.write(data)


def read_frames(stream: IO[bytes]) -> Iterator[Frame]:
    """Yield messages until the stream ends, or the next message is truncated or longer than `FRAME_BYTES`."""
    while len(head := stream.read(_length.size)) == _length.size:
        size = _length.unpack(head)[0]
        if size > FRAME_BYTES or len(data := stream.read(size)) < size:
            return
        yield _decode.decode(data)
