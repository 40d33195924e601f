"""Common form of all formats: a header and rows of text; and their limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from edge.lib.errors import NeedsHuman
from edge.lib.i18n import ENGLISH, translate

FILE_BYTES = 256 * 1024 * 1024
"""Largest unpacked file. A larger one is refused before anything is imported."""

RECORD_CHARS = 64 * 1024
"""Longest record. A longer one is reported as a faulty row, and reading continues after it."""

ROWS = 1_000_000
"""Most rows in a file. A longer file is refused as a whole: split it."""

COLUMNS = 1_000
"""Most columns in a file."""

DEPTH = 20
"""Deepest nesting of XML elements and JSON values. A deeper file isn't a product list and is refused."""


CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), " ")
"""For `str.translate`: characters that shops' files contain, but XML (XML 1.0, 2.2) and workbooks can't."""


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
