"""Collects what several events change, so that a following projection writes each row once.

A batch lives within one transaction, which also saves the position that the projection has read to. If the process is
killed, both are lost together, and the batch is rebuilt from the journal.
"""

from __future__ import annotations

from operator import add
from typing import Any


class RowBatch:
    """Changes made by the events of one turn, kept in memory until `flush`.

    `db`: the connection to write to. Handlers that read the projection's own tables call `flush` first.
    """

    def __init__(self, db: Any) -> None:
        self.db = db

    def flush(self) -> None:
        """Write what was collected. The batch is empty afterwards and can be used again."""
        raise NotImplementedError


class AddedRows:
    """Integers to add to rows, by key. `sql` adds one row: first its key, then its integers."""

    __slots__ = ("_rows", "_sql")

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._rows: dict[tuple[Any, ...], tuple[int, ...]] = {}

    def add(self, key: tuple[Any, ...], values: tuple[int, ...]) -> None:
        had = self._rows.get(key)
        self._rows[key] = values if had is None else tuple(map(add, had, values))

    def flush(self, db: Any) -> None:
        """Write the rows in key order, so that neighbours share pages."""
        if self._rows:
            db.executemany(self._sql, [(*key, *self._rows[key]) for key in sorted(self._rows)])
            self._rows.clear()
