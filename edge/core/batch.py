"""Collects what several events change, so that a following projection writes each row once.

What a batch collected is written in the transaction that also saves the position up to which the projection has read.
If the process is killed, both are lost together, and the journal gives both back. What it has read of the projection's
tables stays in memory for the next turn, if that one starts where this one ended (`journal/follower_cache.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import add
from typing import Any, TypeVar

from edge.core.limits import BATCH_ROWS

D = TypeVar("D", bound=dict[Any, Any])


class RowBatch:
    """Changes made by the events of one turn, kept in memory until `flush`.

    `db`: the connection to write to. Handlers that read the projection's own tables call `flush` first. Rows may be
    remembered from turn to turn only if they are of these tables, and only together with their changes.
    """

    def __init__(self, db: Any) -> None:
        self.db = db
        self._remembered: list[dict[Any, Any]] = []

    def remember(self, rows: D) -> D:
        """Return these rows, which stay in memory between turns until there are too many."""
        self._remembered.append(rows)
        return rows

    def flush(self) -> None:
        """Write what was collected. The batch is empty afterwards and can be used again."""
        raise NotImplementedError

    def prepare(self, facts: Iterable[Any]) -> None:
        """Read what a turn's recorded events need, before the first of them. By default nothing."""

    def trim(self) -> None:
        """After `flush`, forget remembered rows of which there are too many."""
        for rows in self._remembered:
            if len(rows) > BATCH_ROWS:
                rows.clear()


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
