"""CSV and TSV: RFC 4180 with a detected separator.

An unreadable record becomes a row with a fault, and reading continues.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, takewhile
from typing import IO

from edge.lib.tables.injection import guard_cell, guarded_figure, unguard_cell
from edge.lib.tables.table import RECORD_CHARS, TableRow, checked_header, find_header, refusal
from edge.lib.tables.text import lines_of

_HEAD = 2
"""Lines after which a short last row shows that a file was cut."""
_SEPARATORS = ",;\t|"
_NAMED = re.compile(rf"\"?sep=([{_SEPARATORS}])\"?", re.IGNORECASE)
_NAMING = re.compile(rf"sep=[{_SEPARATORS}]?", re.IGNORECASE)


class SeparatedTable:
    """Rows of a CSV file."""

    def __init__(self, text: IO[str], separator: str, file: str) -> None:
        records = _records(text, separator)
        first = next(records, None)
        if first is not None and (first.fault or not _NAMING.fullmatch(first.cells[0].lstrip("\ufeff"))):
            records = chain([first], records)  # else it's Excel's "sep=" line
        first, self._rows = find_header(records)
        if first is None or first.fault:
            raise refusal("no_header", file=file)
        self._first = first.cells
        self.header = checked_header(first.cells, file)

    def __iter__(self) -> Iterator[TableRow]:
        """Yield the rows, leaving out repeats of the header, which some reports have on each page."""
        return (row for row in self._rows if row.cells != self._first)


def find_separator(lines: Sequence[str]) -> str:
    """Separator of a text, by its first lines: the one declared by Excel ("sep=;"), else the one that splits the first
    line into the most columns; if that may be a title, the one that splits the most lines alike.

    >>> find_separator(["code;balance", "A1;1,50"]), find_separator(["Cards, all shops", "", "code;balance", "A1;1,50"])
    (';', ';')
    """
    if lines and (named := _NAMED.fullmatch(lines[0].strip("\ufeff\r\n"))):
        return named[1]
    widths = {separator: [_columns(line, separator) for line in lines] for separator in _SEPARATORS}
    first = max(_SEPARATORS, key=lambda separator: widths[separator][0] if lines else 0)
    if lines and widths[first][0] > 2:
        return first
    return max(_SEPARATORS, key=lambda one: (_alike(widths[one]), one == first))


def _alike(widths: Sequence[int]) -> int:
    """Return how many lines at the end have as many columns as the last one, if it has several."""
    alike = takewhile(lambda width: width == widths[-1], reversed(widths))
    return sum(1 for _ in alike) if widths and widths[-1] > 1 else 0


def _columns(line: str, separator: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return 0


def write_separated(text: IO[str], header: tuple[str, ...], rows: Iterable[list[str]], separator: str) -> None:
    """Write a table as CSV with CRLF as in RFC 4180, and without formulas. Negative numbers remain numbers."""
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(map(guard_cell, header))
    writer.writerows(map(guarded_figure, cells) for cells in rows)


def _records(text: IO[str], separator: str) -> Iterator[TableRow]:
    lines, width, is_even = _Lines(text), 0, True
    while True:
        reader = csv.reader(lines, delimiter=separator, strict=True)
        try:
            for cells in reader:
                line = lines.finish_record()
                if len(cells) < width and cells:
                    if is_even and line > _HEAD and lines.is_cut:
                        yield TableRow(line, [], "cut_short")
                        return
                    is_even = False
                width = width if width > 1 else len(cells)  # a title has one cell
                if any(cells):
                    marked = any(cell[:1] == "'" for cell in cells)
                    yield TableRow(line, [unguard_cell(cell) for cell in cells] if marked else cells)
            return
        except (csv.Error, _TooLong) as error:
            yield TableRow(lines.give_up(), [], *_why(error))


def _why(error: Exception) -> tuple[str, dict[str, str | int]]:
    if isinstance(error, _TooLong):
        return "record_long", {"limit": RECORD_CHARS}
    return ("quote_open", {}) if "unexpected end" in str(error) else ("quotes_wrong", {})


class _TooLong(Exception):
    """A record doesn't end."""


class _Lines:
    """Lines for the CSV reader. Keeps the lines of the current record, to resume after the first of them."""

    def __init__(self, text: IO[str]) -> None:
        self._fresh = lines_of(text)
        self._again: list[str] = []
        self._record: list[str] = []
        self._chars = 0
        self._first = 1
        self.is_cut = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._fresh)
        self.is_cut = line[-1:] not in ("\r", "\n")
        self._record.append(line)
        self._chars += len(line)
        if self._chars > RECORD_CHARS:
            raise _TooLong
        return line

    def finish_record(self) -> int:
        """Finish the current record; return its first line number."""
        first = self._first
        self._first += len(self._record)
        self._record.clear()
        self._chars = 0
        return first

    def give_up(self) -> int:
        """Reject the current record: skip its first line (returning its number), and reread its other lines."""
        self._again.extend(reversed(self._record[1:]))
        del self._record[1:]
        return self.finish_record()
