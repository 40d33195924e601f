"""Client of `paper_reader.py`, and storage of papers."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from edge.core.process import child
from edge.core.storage.atomic_write import write_whole
from edge.goods.supplier_invoices.paper import Paper
from edge.lib.printed_invoice import KnownSeller, PlacedWord

CPU_S = 60
WAIT_S = 240.0
"""Time limit in seconds for the reader, far above its CPU limit, so that a busy machine doesn't make a file look
damaged.
"""
FILE_BYTES = 16 * 1024 * 1024
MODULE = "edge.goods.supplier_invoices.paper_reader"
NAME_CHARS = 120
_UNSAFE = re.compile(r"[^\w.() -]+")
FOLDER = "invoices-in"
"""Folder in the data folder for pictures of documents, named by their file's digest."""


class ReadPaper(msgspec.Struct, frozen=True):
    """A file, the known sellers and the shop's currency."""

    path: str
    known: tuple[KnownSeller, ...] = ()
    currency: str = "EUR"


class PaperRead(msgspec.Struct, frozen=True):
    """The invoice, the digest of its file, pictures of its first pages (PNG), and the words of a printed invoice; or
    `why` it can't be read.
    """

    paper: Paper | None = None
    digest: str = ""
    pictures: tuple[bytes, ...] = ()
    words: tuple[PlacedWord, ...] = ()
    why: str = ""
    detail: str = ""


def file_name(said: str) -> str:
    """A safe name for storing an uploaded file.

    >>> file_name("../photo of\\tit.jpg"), file_name("")
    ('_photo of_it.jpg', 'invoice')
    """
    return _UNSAFE.sub("_", said).strip(". ")[-NAME_CHARS:] or "invoice"


def read_apart(path: Path, known: tuple[KnownSeller, ...] = (), currency: str = "EUR") -> PaperRead:
    """Read a file in a separate process. Blocks: call it in a thread."""
    try:
        answer = child.ask(MODULE, msgspec.json.encode(ReadPaper(str(path), known, currency)), WAIT_S)
    except child.ChildFailed as error:
        return PaperRead(why="slow" if error.slow else "damaged")
    return msgspec.json.decode(answer, type=PaperRead)


def keep_pictures(data: Path, read: PaperRead) -> None:
    """Store a paper's pictures and word positions for as long as the data folder is kept."""
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for page, picture in enumerate(read.pictures, 1):
        write_whole(picture_of(data, read.digest, page), picture)
    if read.words:
        write_whole(_words_of(data, read.digest), msgspec.json.encode(read.words))


def picture_of(data: Path, digest: str, page: int) -> Path:
    return data / FOLDER / f"{digest}-{page}.png"


def kept_words(data: Path, digest: str) -> tuple[PlacedWord, ...]:
    """The stored word positions of a printed invoice; empty if there are none."""
    path = _words_of(data, digest)
    return msgspec.json.decode(path.read_bytes(), type=tuple[PlacedWord, ...]) if path.is_file() else ()


def _words_of(data: Path, digest: str) -> Path:
    return data / FOLDER / f"{digest}-words.json"
