"""What the process that reads a file is asked, and what it says: MessagePack, each message behind its length."""

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
"""A message's size; a longer one is a fault of ours."""

SAMPLE_S, FILE_S = 30, 3600
"""Of processor time for the first rows of a file, and for all of one. A process that needs more is ended."""

_length = struct.Struct(">I")


class ReadRequest(msgspec.Struct, frozen=True):
    """Read a file. `mapping`: TOML, or None: guess. `categories`: the ids that the shop has; `words`: what else means
    them.

    `sample` rows are looked at and no more (0: all are taken).
    """

    path: str
    mapping: str | None
    settings: ImportSettings
    categories: tuple[str, ...] = ()
    words: CategoryWords = NO_WORDS
    sample: int = 0


def cpu_limit_s(ask: ReadRequest) -> int:
    """Seconds of processor time that reading may take."""
    return SAMPLE_S if ask.sample else FILE_S


class Began(msgspec.Struct, frozen=True, tag=True):
    """What the file is, whose word it is, and how its columns were understood (`mapping`, TOML). `importable`: there is
    enough for an import; `complete`: name, number and price have a column, and no column of money is left. `shares`: of
    a look, columns of percentages that may be shares of one; `unread_money`: columns of money that nothing took."""

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


class ReadingFrame(msgspec.Struct, frozen=True, tag=True):
    """So many rows were looked at."""

    rows: int


class Categories(msgspec.Struct, frozen=True, tag=True):
    """Categories that the rows name and the shop does not have, parents first."""

    categories: tuple[Category, ...]


class CountFrame(msgspec.Struct, frozen=True, tag=True):
    """There are so many rows. `superseded`: a bit a place, those of rows whose product a later row speaks of too."""

    rows: int
    superseded: bytes


class EntryFrame(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What became of the row at a place (from 0) and line: it says something, or is wrong; both None: passed over."""

    place: int
    line: int
    said: ParsedRow | None = None
    note: JobIssue | None = None


class Entries(msgspec.Struct, frozen=True, tag=True):
    """Rows in the order of the file, but bundles behind all others: they need their parts."""

    entries: tuple[EntryFrame, ...]


class FailedFrame(msgspec.Struct, frozen=True, tag=True):
    """The file cannot be taken (see `core.errors.EdgeError`)."""

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
    """Messages until the stream ends; a message cut short is none."""
    while len(head := stream.read(_length.size)) == _length.size:
        size = _length.unpack(head)[0]
        if size > FRAME_BYTES or len(data := stream.read(size)) < size:
            return
        yield _decode.decode(data)
