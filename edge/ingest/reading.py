"""A CSV or TSV file as rows of text: streaming, in bounded memory, whatever wrote it.

The format is RFC 4180 with the separator, the encoding and gzip found by looking. A
record that cannot be read is a row with a `fault`, and reading goes on behind it.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from edge.core.errors import NeedsHuman

FILE_BYTES = 256 * 1024 * 1024
"""A file's size when unpacked. A larger one is refused before anything of it is taken."""

RECORD_CHARS = 64 * 1024
"""A record's length. A longer one (a quote left open) is a fault; reading goes on in its second line."""

BLOCK_BYTES = 1024 * 1024
"""What is read at a time while the format is found."""

_SEPARATORS = ",;\t|"
_NOT_TEXT = {b"PK\x03\x04": "a spreadsheet (XLSX) or another archive", b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an XLS"}
_HEBREW_WORD = re.compile(rb"[\xe0-\xfa]{2,}")
_ACCENTED_WORD = re.compile(rb"[A-Za-z][\xc0-\xff]|[\xc0-\xff][A-Za-z]")


class Format(msgspec.Struct, frozen=True):
    """How a file's bytes are to be read. `encoding` is a name of Python's codecs."""

    gzipped: bool
    encoding: str
    separator: str


class Row(NamedTuple):
    """One record: the line of the file in which it begins (from 1), and its cells, or what is wrong with it."""

    line: int
    cells: list[str]
    fault: str = ""


class Table:
    """A file's header and, once, the rows below it; rows without any text are left out."""

    def __init__(self, text: IO[str], form: Format) -> None:
        self.format = form
        self._rows = _records(text, form.separator)
        first = next(self._rows, None)
        if first is None or first.fault:
            raise NeedsHuman(f"The first line is no header: {first.fault if first else 'there is none'}.")
        self.header = tuple(cell.strip() for cell in first.cells)

    def __iter__(self) -> Iterator[Row]:
        return self._rows


@contextmanager
def open_table(path: Path, form: Format) -> Iterator[Table]:
    """The table in a file of this format. `NeedsHuman`: it cannot be read."""
    with _in_plain_words(path), _open(path, form.gzipped) as data:
        text = io.TextIOWrapper(data, encoding=form.encoding, errors="replace", newline="")
        yield Table(text, form)


def find_format(path: Path, language: str) -> Format:
    """Look at all of a file. `language` (ISO 639-1) decides between encodings where the text does not.

    `NeedsHuman`: there is no such file, it is empty, too large, or no text.
    """
    with _in_plain_words(path):
        with path.open("rb") as data:
            start = data.read(4)
        if what := _NOT_TEXT.get(start):
            raise NeedsHuman(f"{path.name} is {what}.", "Save it as CSV and import that.")
        gzipped = start[:2] == b"\x1f\x8b"
        encoding = _find_encoding(path, gzipped, language)
        with _open(path, gzipped) as data:
            text = io.TextIOWrapper(data, encoding=encoding, errors="replace", newline="")
            header = next((line for line in _physical(text) if line.strip()), "")
    if not header:
        raise NeedsHuman(f"{path.name} is empty.", "Export it again.")
    return Format(gzipped, encoding, _find_separator(header))


def _find_separator(header: str) -> str:
    """The separator that cuts a header into the most columns."""
    return max(_SEPARATORS, key=lambda separator: len(next(csv.reader([header], delimiter=separator))))


def _find_encoding(path: Path, gzipped: bool, language: str) -> str:
    """UTF-8 (a few wrong bytes allowed), UTF-16 by its mark, or Windows' code page for Hebrew or for the West."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    letters = wrong = hebrew = accented = 0
    start = b""
    with _open(path, gzipped) as data:
        for block in _blocks(data, path):
            start = start or block
            if block.isascii():
                continue
            text = decoder.decode(block)
            bad = text.count("\ufffd")
            wrong += bad
            letters += len(text) - len(text.encode("ascii", "ignore")) - bad
            if bad:
                hebrew += len(_HEBREW_WORD.findall(block))
                accented += len(_ACCENTED_WORD.findall(block))
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if wrong * 8 <= letters:
        return "utf-8-sig"
    return "cp1255" if hebrew > accented or (hebrew == accented and language == "he") else "cp1252"


def _blocks(data: IO[bytes], path: Path) -> Iterator[bytes]:
    size = 0
    while block := data.read(BLOCK_BYTES):
        size += len(block)
        if size > FILE_BYTES:
            raise NeedsHuman(f"{path.name} has more than {FILE_BYTES >> 20} MiB.", "Split it.")
        yield block


def _records(text: IO[str], separator: str) -> Iterator[Row]:
    lines = _Lines(text)
    while True:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        try:
            for cells in reader:
                line = lines.taken()
                if any(cells):
                    yield Row(line, cells)
            return
        except (csv.Error, _TooLong) as error:
            yield Row(lines.give_up(), [], _why(error))


def _why(error: Exception) -> str:
    if isinstance(error, _TooLong):
        return f"longer than {RECORD_CHARS} characters, or a quote is left open"
    return "a quote is left open" if "unexpected end" in str(error) else f"quotes are wrong ({error})"


class _TooLong(Exception):
    """A record does not end."""


class _Lines:
    """The lines of a file for the CSV reader. Those of the record at hand are kept, to go on behind its first."""

    def __init__(self, text: IO[str]) -> None:
        self._fresh = _physical(text)
        self._again: list[str] = []
        self._record: list[str] = []
        self._chars = 0
        self._first = 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._fresh)
        self._record.append(line)
        self._chars += len(line)
        if self._chars > RECORD_CHARS:
            raise _TooLong
        return line

    def taken(self) -> int:
        """The record at hand is complete: the number of its first line."""
        first = self._first
        self._first += len(self._record)
        self._record.clear()
        self._chars = 0
        return first

    def give_up(self) -> int:
        """The record at hand is none: pass over its first line (whose number is given), read the others again."""
        self._again.extend(reversed(self._record[1:]))
        del self._record[1:]
        return self.taken()


def _physical(text: IO[str]) -> Iterator[str]:
    """Lines; of one that is too long, enough of its beginning to show it."""
    while line := text.readline(RECORD_CHARS):
        if len(line) == RECORD_CHARS and line[-1] not in "\r\n":
            while (rest := text.readline(RECORD_CHARS)) and rest[-1] not in "\r\n":
                pass
            line += "."
        yield line


def _open(path: Path, gzipped: bool) -> IO[bytes]:
    opened: IO[bytes] = gzip.GzipFile(path) if gzipped else path.open("rb")  # type: ignore[assignment]
    return opened


@contextmanager
def _in_plain_words(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NeedsHuman(f"There is no file {path}.", "Put it there and import it again.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise NeedsHuman(f"{path} cannot be read: {error}.", "Copy it again and import it again.") from error
