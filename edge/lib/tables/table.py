"""Common form of all formats: a header and rows of text; and their limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from edge.lib.errors import NeedsHuman
from edge.lib.i18n import ENGLISH, translate

FILE_BYTES = 256 * 1024 * 1024
"""A file's size when unpacked. A larger one is refused before anything of it is taken."""

RECORD_CHARS = 64 * 1024
"""A record's length. A longer one is a row with a fault, and reading goes on behind it."""

ROWS = 1_000_000
"""Rows of one file. A longer one is refused as a whole: split it."""

COLUMNS = 1_000
"""Columns of one file. A wider one is refused."""

DEPTH = 20
"""Levels of XML elements, and of what JSON holds. A deeper file is refused: it is no list of products."""


CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), " ")
"""For `str.translate`: no XML may hold these (XML 1.0, 2.2), nor a workbook, and files of shops do."""


class TableRow(NamedTuple):
    """A record: its position (line or number, from 1) and cells.

    `fault`: a key of `edge/lib/i18n`, section `reason`, with `values`. `asks`: likewise, why a user must confirm it.
    """

    line: int
    cells: list[str]
    fault: str = ""
    values: Mapping[str, str | int] = MappingProxyType({})
    asks: str = ""


class Table(Protocol):
    """Columns of a file, and a one-time iterator of its non-empty rows."""

    header: tuple[str, ...]

    def __iter__(self) -> Iterator[TableRow]: ...


def refusal(key: str, **values: str | int) -> NeedsHuman:
    """Error for an unreadable file: `sheet.KEY` of `edge/lib/i18n` is the problem, `sheet.KEY_do` the remedy."""
    what, advice = translate(ENGLISH, f"sheet.{key}", **values), translate(ENGLISH, f"sheet.{key}_do", **values)
    return NeedsHuman(what, advice, f"sheet.{key}", values)


def checked_header(cells: Iterator[str] | list[str] | tuple[str, ...], file: str) -> tuple[str, ...]:
    """Header without surrounding spaces. Raises `NeedsHuman` if it is empty or too wide."""
    header = tuple(cell.strip() for cell in cells)
    if len(header) > COLUMNS:
        raise refusal("wide", file=file, limit=COLUMNS)
    if not any(header):
        raise refusal("no_header", file=file)
    return header
