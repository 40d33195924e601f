"""Values that most commands need and few change, cached across commands. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")
NEWEST = 32
"""Facts that are remembered: those of the command that is done, and hardly more."""


class Memo(Generic[T]):
    """Caches what `read` returns from strict `tables`, for handlers: `memo.of(tx)` reads again after an event may have
    changed one of them, in this or another command, and after a rollback.

    `read` uses nothing else, and callers don't modify its result.
    """

    __slots__ = ("read", "tables")

    def __init__(self, read: Callable[[Any], T], *tables: str) -> None:
        self.read = read
        self.tables = frozenset(tables)

    def of(self, tx: Any) -> T:
        """The value inside a transaction."""
        known: dict[Memo[Any], Any] = tx.memos.known
        found: T = known[self] if self in known else tx.memos.read(self, tx.db)
        return found


class Remembered(Generic[K, T]):
    """Remembers what `work_out` returned for the last `most` objects, by identity. For what several projections need of
    the same event."""

    __slots__ = ("_known", "_most", "_work_out")

    def __init__(self, work_out: Callable[[K], T], most: int) -> None:
        self._work_out = work_out
        self._most = most
        self._known: dict[int, tuple[K, T]] = {}

    def of(self, one: K) -> T:
        """What was worked out of it."""
        known = self._known.get(id(one))
        if known is not None and known[0] is one:
            return known[1]
        found = self._work_out(one)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[id(one)] = (one, found)
        return found


class Memos:
    """The writer's cached memos, on its thread."""

    def __init__(self, strict_tables: frozenset[str]) -> None:
        self._strict_tables = strict_tables
        self.known: dict[Memo[Any], Any] = {}
        self.newest: dict[int, Any] = {}
        """Facts that were just appended, by their row: what is done with them next need not read them back."""
        self._tables = frozenset[str]()
        """Those of all that is known, or was."""

    def read(self, memo: Memo[T], db: Any) -> T:
        """Read a memo. Raises `LookupError` if one of its tables has no strict projector, so that changes would go
        unnoticed."""
        if strangers := memo.tables - self._strict_tables:
            raise LookupError(f"no strict projector keeps {', '.join(sorted(strangers))}")
        self._tables |= memo.tables
        found = self.known[memo] = memo.read(db)
        return found

    def appended(self, seq: int, fact: Any, tables: frozenset[str]) -> None:
        """Note that an event was appended at `seq` and changed `tables`."""
        if len(self.newest) >= NEWEST:
            self.newest.clear()
        self.newest[seq] = fact
        if self._tables.isdisjoint(tables):
            return
        for memo in tuple(self.known):
            if not memo.tables.isdisjoint(tables):
                del self.known[memo]

    def forget(self) -> None:
        """Drop all values after a rollback."""
        self.known.clear()
        self.newest.clear()
