"""What nearly every command asks and hardly any changes, read once for many of them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
NEWEST = 32
"""Facts that are remembered: those of the command that is done, and hardly more."""


class Memo(Generic[T]):
    """What `read` makes of strict `tables`, for handlers: `memo.of(tx)` reads it anew once a fact may have changed one
    of them, in this command or another one, and after anything was undone.

    `read` looks at nothing else, and what it gives is not changed by whoever gets it.
    """

    __slots__ = ("read", "tables")

    def __init__(self, read: Callable[[Any], T], *tables: str) -> None:
        self.read = read
        self.tables = frozenset(tables)

    def of(self, tx: Any) -> T:
        """As it is inside a transaction."""
        known: dict[Memo[Any], Any] = tx.memos.known
        found: T = known[self] if self in known else tx.memos.read(self, tx.db)
        return found


class Memos:
    """What the one writer knows of them, on its thread."""

    def __init__(self, strict_tables: frozenset[str]) -> None:
        self._strict_tables = strict_tables
        self.known: dict[Memo[Any], Any] = {}
        self.newest: dict[int, Any] = {}
        """Facts that were just appended, by their row: what is done with them next need not read them back."""
        self._tables = frozenset[str]()
        """Those of all that is known, or was."""

    def read(self, memo: Memo[T], db: Any) -> T:
        """What a memo says that is not known. `LookupError`: one of its tables is no strict projector's, so nobody
        would hear of its changes."""
        if strangers := memo.tables - self._strict_tables:
            raise LookupError(f"no strict projector has {', '.join(sorted(strangers))}")
        self._tables |= memo.tables
        found = self.known[memo] = memo.read(db)
        return found

    def appended(self, seq: int, fact: Any, tables: frozenset[str]) -> None:
        """A fact was put at a row, and into these tables."""
        if len(self.newest) >= NEWEST:
            self.newest.clear()
        self.newest[seq] = fact
        if self._tables.isdisjoint(tables):
            return
        for memo in tuple(self.known):
            if not memo.tables.isdisjoint(tables):
                del self.known[memo]

    def forget(self) -> None:
        """Something was undone."""
        self.known.clear()
        self.newest.clear()
