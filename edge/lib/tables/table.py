"""Common form of all formats: a header and rows of text; and their limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from types import MappingProxyType
from typing import NamedTuple, Protocol

from edge.lib.errors import NeedsHuman
from edge.lib.i18n import ENGLISH, translate

FILE_BYTES = 256 * 1024 * 1024
"""Largest unpacked file. A larger one is refused before anything is imported."""

RECORD_CHARS = 64 * 1024
"""Longest record in characters. A longer one is reported as a faulty row, and reading continues after it."""

ROWS = 1_000_000
"""Most rows in a file. A longer file is refused and must be split."""

COLUMNS = 1_000
"""Most columns in a file."""

DEPTH = 20
"""Deepest nesting of XML elements and JSON values. A deeper file isn't a product list and is refused."""


HEADER_ROWS = 20
"""Maximum rows of titles, dates and column groups before the header."""
_TOTAL = re.compile(
    r"\W*(?:(?:grand|sub|report|overall)[ -]?)?"
    r"(?:totals?|total g[eé]n[eé]ral|totaux|sous[- ]total|sum|somme|summe|gesamt(?:summe)?|insgesamt|totale|totaal"
    r"|razem|suma|итого|всего|разом|סה[\"״׳']*כ|סך(?: הכל)?|合計)(?:\W+\d+)?\W*",
    re.IGNORECASE,
)
_CURRENCY = re.compile(r"^[A-Z]{3} ?(?=-?\d)")
FIGURE_LETTERS = 3
"""Letters of a currency or month in a figure."""

CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF), " ")
"""A table for `str.translate` that replaces characters found in shops' files but not allowed in XML (XML 1.0, 2.2)
and workbooks."""


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
    """Return the header without surrounding spaces. Raises `NeedsHuman` if it is empty or too wide."""
    header = tuple(cell.strip() for cell in cells)
    if len(header) > COLUMNS:
        raise refusal("wide", file=file, limit=COLUMNS)
    if not any(header):
        raise refusal("no_header", file=file)
    return header


def find_header(rows: Iterator[TableRow]) -> tuple[TableRow | None, Iterator[TableRow]]:
    """Return the row of headings, and the rows after it. It is the first row that is filled like a header, because
    reports put a title, a period or the names of column groups above it. If there is no such row, the first one is the
    header."""
    first = list(islice(rows, HEADER_ROWS))
    widths = [0 if row.fault else _header_width(row.cells) for row in first]
    is_damaged = bool(first) and bool(first[0].fault)  # no title, and what is below it may be rows
    place = 0 if is_damaged else next((place for place, width in enumerate(widths) if width), 0)
    wider = (
        later for later, width in enumerate(widths) if width > 2 * widths[place] and _is_of_words(first[later].cells)
    )
    place = next(wider, place) if first and widths[place] else place
    return (first[place], chain(first[place + 1 :], rows)) if first else (None, rows)


def _header_width(cells: Sequence[str]) -> int:
    """Return the number of filled cells if the row can be a header, otherwise 0. Most cells up to the last one must be
    filled, and not only with figures."""
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    if len(filled) < 2 or 2 * len(filled) <= filled[-1]:
        return 0
    return 0 if all(_is_figure(cells[place]) for place in filled[1:]) else len(filled)


def _is_of_words(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return 4 * sum(map(_is_figure, filled)) < len(filled)


def _is_figure(cell: str) -> bool:
    """Whether a cell is a number, a sum or a date, perhaps with a currency or a month's short name. A code isn't: it
    begins with a letter."""
    plain = _CURRENCY.sub("", cell.strip())
    is_begun = not plain[:1].isalpha() and any(map(str.isdigit, plain))
    return is_begun and sum(map(str.isalpha, plain)) <= FIGURE_LETTERS


def is_total_row(cells: Sequence[str]) -> bool:
    """Whether a row is a total: its first cell says so, and the other cells have only figures.

    >>> is_total_row(["Grand total", "", "$1,098.50", "-"]), is_total_row(["Total Care", "Shampoo", "4.50"])
    (True, False)
    """
    first = next((place for place, cell in enumerate(cells) if cell and not cell.isspace()), len(cells))
    if first == len(cells) or not _TOTAL.fullmatch(cells[first]):
        return False
    return all(_is_figure(cell) or not any(map(str.isalpha, cell)) for cell in cells[first + 1 :])
