"""Reads a table's rows alongside another table in the same order, without keeping either in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


class FollowingRows(Generic[Row]):
    """Rows to `take` by key, in the other table's order. Rows that are out of order are never found."""

    def __init__(self, rows: Iterable[Row], key: Callable[[Row], Any]) -> None:
        self._groups = groupby(rows, key=key)
        self._next = next(self._groups, None)

    @property
    def next_key(self) -> Any:
        """The key of the next row that hasn't been taken; None at the end."""
        return self._next[0] if self._next else None

    def take(self, key: Any) -> list[Row]:
        """Take the rows of this key, if they are next."""
        if self._next is None or self._next[0] != key:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows
