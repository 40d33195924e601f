"""Opens gzip and zip archives, within limits.

Limits count actual output, not declared sizes.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, cast

from edge.lib.errors import EdgeError
from edge.lib.tables.table import FILE_BYTES, refusal

BLOCK_BYTES = 1024 * 1024
"""Bytes to read at a time."""

PACKED_DEPTH = 2
"""Deepest nesting of archives: a zip of a gzip is opened, one more level is refused."""

MEMBERS = 10_000
"""Most files in an archive."""

START_BYTES = 4096

_NEVER = {
    b"%PDF": "pdf",
    b"\xd0\xcf\x11\xe0": "xls",
    b"7z\xbc\xaf": "archive",
    b"Rar!": "archive",
    b"\x28\xb5\x2f\xfd": "archive",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"II*\x00": "picture",
    b"MM\x00*": "picture",
    b"RIFF": "binary",
    b"SQLite format 3": "binary",
    b"{\\rtf": "binary",
}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOXES = b"ftyp"
"""Mark at the fifth byte of a phone's photo (HEIC) or a film."""
_PDF_WITHIN = 1024
"""Number of bytes within which a PDF's header must begin; other bytes may precede it (ISO 32000-1, annex H.3.4.1)."""
_DOCUMENT = frozenset(("[Content_Types].xml", "mimetype"))
"""Members that identify a zip as an office document other than a workbook."""


class Content(NamedTuple):
    """Innermost content of a file: `open` returns a new stream each time; `start` is its beginning.

    `spreadsheet`: an XLSX workbook, itself a zip.
    """

    name: str
    open: Callable[[], IO[bytes]]
    start: bytes
    spreadsheet: bool = False


@contextmanager
def in_plain_words(name: str) -> Iterator[None]:
    """Translate file reading errors."""
    try:
        yield
    except FileNotFoundError:
        raise refusal("missing", file=name) from None
    except EdgeError:
        raise
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
        raise refusal("damaged", file=name, why=str(error)[:200]) from error


def content_of(path: Path) -> Content:
    """Content of a file. Raises `NeedsHuman` if it is missing, empty, damaged, too large, or unreadable."""
    with in_plain_words(path.name):
        if path.stat().st_size > FILE_BYTES:
            raise refusal("large", file=path.name, limit=FILE_BYTES >> 20)
        return _peel(Content(path.name, lambda: path.open("rb"), _start(lambda: path.open("rb"))), 0)


def _peel(content: Content, depth: int) -> Content:
    start = content.start
    if not start:
        raise refusal("empty", file=content.name)
    for magic, what in _NEVER.items():
        if start.startswith(magic):
            if what == "xls" and _is_encrypted(content):
                raise refusal("locked", file=content.name)
            raise refusal(f"is_{what}", file=content.name)
    if start[4:8] == _BOXES or b"%PDF-" in start[:_PDF_WITHIN]:
        raise refusal("is_picture" if start[4:8] == _BOXES else "is_pdf", file=content.name)
    inner = _gunzip_content(content) if start[:2] == b"\x1f\x8b" else None
    if start[:4] == b"PK\x03\x04":
        inner = _unzip_content(content)
    if inner is None or inner.spreadsheet:
        return inner or content
    if depth == PACKED_DEPTH:
        raise refusal("nested", file=content.name)
    return _peel(inner, depth + 1)


def _is_encrypted(content: Content) -> bool:
    """Whether a document is a workbook with a password, which is stored in the container of old workbooks
    (MS-OFFCRYPTO)."""
    with content.open() as data:
        return any(_ENCRYPTED in block for block in iter(lambda: data.read(BLOCK_BYTES), b""))


def _gunzip_content(content: Content) -> Content:
    def open_content() -> IO[bytes]:
        packed = content.open()
        return _limit_bytes(cast(IO[bytes], gzip.GzipFile(fileobj=packed)), packed, content.name)

    return Content(content.name, open_content, _start(open_content))


def _unzip_content(content: Content) -> Content:
    """The only file in a zip, or the workbook itself."""
    with content.open() as packed, zipfile.ZipFile(seekable(packed)) as archive:
        members = archive.infolist()
    if len(members) > MEMBERS:
        raise refusal("crowded", file=content.name, limit=MEMBERS)
    if sum(member.file_size for member in members) > FILE_BYTES:
        raise refusal("large", file=content.name, limit=FILE_BYTES >> 20)
    if any(member.filename == "xl/workbook.xml" for member in members):
        return content._replace(spreadsheet=True)
    if any(member.filename in _DOCUMENT for member in members):
        raise refusal("is_binary", file=content.name)
    files = [m for m in members if not m.is_dir() and not m.filename.startswith(("__MACOSX/", "."))]
    if len(files) != 1:
        raise refusal("crowded" if files else "empty", file=content.name, limit=1)
    if files[0].flag_bits & 1:
        raise refusal("locked", file=content.name)

    def open_content() -> IO[bytes]:
        packed = seekable(content.open())
        return _limit_bytes(zipfile.ZipFile(packed).open(files[0]), packed, content.name)

    return Content(content.name, open_content, _start(open_content))


def _start(opened: Callable[[], IO[bytes]]) -> bytes:
    with opened() as data:
        return data.read(START_BYTES)


def seekable(data: IO[bytes]) -> IO[bytes]:
    """Return a seekable stream, in memory if it comes from another archive."""
    if data.seekable():
        return data
    with data:
        return io.BytesIO(data.read())


class _Limited(io.RawIOBase):
    """Archive output, up to the limit."""

    def __init__(self, data: IO[bytes], packed: IO[bytes], name: str) -> None:
        self._data = data
        self._packed = packed
        self._name = name
        self._left = FILE_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        block = self._data.read(len(buffer))
        self._left -= len(block)
        if self._left < 0:
            raise refusal("large", file=self._name, limit=FILE_BYTES >> 20)
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._data.close()
        self._packed.close()
        super().close()


def _limit_bytes(data: IO[bytes], packed: IO[bytes], name: str) -> IO[bytes]:
    return io.BufferedReader(_Limited(data, packed, name), BLOCK_BYTES)
