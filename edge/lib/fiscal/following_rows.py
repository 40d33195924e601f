"""Rows of one table that stand in the order of another's: read beside it, so that neither is held in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


class FollowingRows(Generic[Row]):
    """`take` each key in the order of the other table; what stands at another place is never met."""

    def __init__(self, rows: Iterable[Row], key: Callable[[Row], Any]) -> None:
        self._groups = groupby(rows, key=key)
        self._next = next(self._groups, None)

    @property
    def next_key(self) -> Any:
        """Of the rows that nothing has taken yet; None at the end."""
        return self._next[0] if self._next else None

    def take(self, key: Any) -> list[Row]:
        """The rows of this key, if they are the next ones."""
        if self._next is None or self._next[0] != key:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows
