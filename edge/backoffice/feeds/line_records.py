"""Rows of a file that are lines of one thing (a bill, an order) as one record of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from edge.backoffice.feeds.commands import RAW_CHARS
from edge.backoffice.feeds.layout import LINES_MOST
from edge.backoffice.feeds.reader_client import ReadRecord


class _Thing:
    """A record that is put together: what its first row says of it, and its lines."""

    def __init__(self, first: ReadRecord, fields: Sequence[str]) -> None:
        self.line, self._fields = first.line, fields
        self.fault, self._lines = "", 0
        self._cells: dict[str, str] = {}
        self._raw: list[dict[str, str]] = []

    def take(self, row: ReadRecord) -> None:
        """One more of its rows."""
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
    """The rows that are kept beside a record, up to `RAW_CHARS`."""
    kept, chars = list[dict[str, str]](), 0
    for row in rows:
        chars += sum(len(column) + len(text) for column, text in row.items())
        if chars > RAW_CHARS:
            break
        kept.append(row)
    return tuple(kept)


def join_rows(rows: Iterable[ReadRecord], keys: Sequence[str], fields: Sequence[str]) -> list[ReadRecord]:
    """One record for all rows that say the same of all `keys` (of the first they must say something), at the line of
    the first, with `fields` numbered by line.

    Rows that say different things of what is said once are no record (`lines_differ`), nor are those of a thing next to
    a row that could not be read, which may have been one of its lines (`line_lost`).

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
