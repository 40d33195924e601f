"""Collects the changes of several events, so that a following projection writes each row once.

`flush` writes the batch in the transaction that also saves the projection's position. If the process is killed, both
are lost together and the events are read from the journal again. The batch keeps the rows it has read for the next turn
if that turn starts where this one ended (`journal/follower_cache.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import add
from typing import Any, TypeVar

from edge.core.limits import BATCH_ROWS

D = TypeVar("D", bound=dict[Any, Any])


class RowBatch:
    """Changes made by the events of one turn, kept in memory until `flush`.

    `db`: the connection to write to. Handlers that read the projection's own tables call `flush` first. Only rows of
    these tables, including their changes, may be remembered between turns.
    """

    def __init__(self, db: Any) -> None:
        self.db = db
        self._remembered: list[dict[Any, Any]] = []

    def remember(self, rows: D) -> D:
        """Keep `rows` in memory between turns until there are too many, and return them."""
        self._remembered.append(rows)
        return rows

    def flush(self) -> None:
        """Write the collected changes. The batch is empty afterwards and can be used again."""
        raise NotImplementedError

    def prepare(self, facts: Iterable[Any]) -> None:
        """Read the rows that a turn's recorded events need, before the first event is applied. Does nothing by
        default."""

    def trim(self) -> None:
        """After `flush`, forget any mapping with more than `BATCH_ROWS` remembered rows."""
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
