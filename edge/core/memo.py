"""Values that most commands need and few change, cached across commands. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
NEWEST = 256
"""Events to remember: those of the current command, and those that following projections have yet to read."""
NEWEST_BYTES = 512 * 1024
"""Maximum size of these events as JSON. The oldest are forgotten first."""


class Memo(Generic[T]):
    """Caches the value that `read` returns from strict `tables`, for handlers.

    `memo.of(tx)` reads again after a rollback, and after an event may have changed one of the tables, in this or
    another command. `read` uses only these tables, and callers don't modify its result. `follow(value, fact)` updates
    the value for a recorded event and returns True; if it returns False, the value is read again.
    """

    __slots__ = ("follow", "read", "tables")

    def __init__(self, read: Callable[[Any], T], *tables: str, follow: Callable[[T, Any], bool] | None = None) -> None:
        self.read = read
        self.tables = frozenset(tables)
        self.follow = follow

    def of(self, tx: Any) -> T:
        """The value inside a transaction."""
        known: dict[Memo[Any], Any] = tx.memos.known
        found: T = known[self] if self in known else tx.memos.read(self, tx.db)
        return found


class Memos:
    """The writer's cached memos, on its thread."""

    def __init__(self, strict_tables: frozenset[str]) -> None:
        self._strict_tables = strict_tables
        self.known: dict[Memo[Any], Any] = {}
        self.newest: dict[int, tuple[Any, int]] = {}
        """Events just appended and their sizes, by row, so that later steps needn't read them back."""
        self._newest_bytes = 0
        self._tables = frozenset[str]()
        """Tables of everything cached so far."""

    def read(self, memo: Memo[T], db: Any) -> T:
        """Read a memo. Raises `LookupError` if one of its tables has no strict projector, because changes to it would
        go unnoticed."""
        if strangers := memo.tables - self._strict_tables:
            raise LookupError(f"no strict projector keeps {', '.join(sorted(strangers))}")
        self._tables |= memo.tables
        found = self.known[memo] = memo.read(db)
        return found

    def note_append(self, seq: int, fact: Any, size: int, tables: frozenset[str]) -> None:
        """Note that an event of `size` bytes was appended at `seq` and changed `tables`."""
        newest = self.newest
        newest[seq] = (fact, size)
        self._newest_bytes += size
        while len(newest) > NEWEST or self._newest_bytes > NEWEST_BYTES:
            self._newest_bytes -= newest.pop(next(iter(newest)))[1]
        if self._tables.isdisjoint(tables):
            return
        for memo in tuple(self.known):
            if memo.tables.isdisjoint(tables):
                continue
            if memo.follow is None or not memo.follow(self.known[memo], fact):
                del self.known[memo]

    def forget(self) -> None:
        """Drop all values after a rollback."""
        self.known.clear()
        self.newest.clear()
        self._newest_bytes = 0
