"""Combine a file's rows into records with lines (a bill, an order). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge.backoffice.feeds.commands import RAW_CHARS
from edge.backoffice.feeds.reading.layout import LINES_MOST
from edge.backoffice.feeds.reading.reader_client import ReadRecord


class _Thing:
    """A record being combined: its header from the first row, and its lines."""

    def __init__(self, first: ReadRecord, fields: Sequence[str]) -> None:
        self.line, self._fields = first.line, fields
        self.fault, self._lines = "", 0
        self._cells: dict[str, str] = {}
        self._raw: list[dict[str, str]] = []

    def take(self, row: ReadRecord) -> None:
        """Add a row."""
        self._lines += 1
        if self._lines > LINES_MOST:
            self.fault = "too_many_lines"
            return
        self._raw += row.raw_data
        for field, text in row.cells.items():
            if field in self._fields:
                self._cells[f"{field}.{self._lines}"] = text
            elif self._cells.setdefault(field, text) != text:
                self.fault = self.fault or "lines_differ"

    @property
    def record(self) -> ReadRecord:
        return ReadRecord(self.line, self._cells, self.fault, kept_rows(self._raw))


def kept_rows(rows: Iterable[dict[str, str]]) -> tuple[dict[str, str], ...]:
    """The rows stored with a record, up to `RAW_CHARS`."""
    kept, chars = list[dict[str, str]](), 0
    for row in rows:
        chars += sum(len(column) + len(text) for column, text in row.items())
        if chars > RAW_CHARS:
            break
        kept.append(row)
    return tuple(kept)


def join_rows(rows: Iterable[ReadRecord], keys: Sequence[str], fields: Sequence[str]) -> list[ReadRecord]:
    """Combine rows that agree on all `keys` (the first is required) into a record at the first row's line, with
    `fields` numbered by line.

    Rows that disagree on a header field are invalid (`lines_differ`). So are those next to an unreadable row, which may
    have been one of their lines (`line_lost`).

    >>> rows = [ReadRecord(2, {"id": "a", "part": "x"}), ReadRecord(3, {"id": "a", "part": "y"})]
    >>> join_rows(rows, ("id",), ("part",))[0].cells
    {'id': 'a', 'part.1': 'x', 'part.2': 'y'}
    """
    things: dict[tuple[str, ...], _Thing] = {}
    found: list[_Thing | ReadRecord] = []
    before: _Thing | None = None
    lost = False
    for row in rows:
        named = tuple(row.cells.get(key, "") for key in keys)
        if row.fault or not named[0]:
            found.append(row)
            lost = lost or bool(row.fault)
            if before and row.fault:
                before.fault = before.fault or "line_lost"
            continue
        if named not in things:
            found.append(things.setdefault(named, _Thing(row, fields)))
        before = things[named]
        before.take(row)
        if lost:
            before.fault, lost = before.fault or "line_lost", False
    return [one.record if isinstance(one, _Thing) else one for one in found]
