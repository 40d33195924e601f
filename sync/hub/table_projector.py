"""Base of capability projectors: tables keyed by device, and journal rows read as events.

class SaleTables(TableProjector):
    name, version, tables, reads = "sales", 1, (SALE, REFUND), (SALE.read("sales"),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, SaleCompleted, SaleVoided)
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec.structs import astuple

from sync import limits
from sync.hub.api.reads import Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project, Unreadable
from sync.hub.store import Connection
from sync.hub.table import Fact, Table
from sync.wire import Row

T = TypeVar("T")


class Events(Protocol):
    """Decodes a stored body as the current event; raises `LookupError` or `ValueError` (as msgspec does)."""

    def decode(self, type: str, version: int, body: bytes) -> Any: ...


class TableProjector(ABC):
    """The common half of a `Projector`.

    `tables`: those with a device's projection. `reads`: the reads of these tables for head office's programs (see
    `sync.hub.api`). `keeps_orphans`, `rows_at_once`: see `Projector`; with larger batches, use `facts_in_turns`.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    reads: tuple[Read, ...] = ()
    keeps_orphans: bool = False
    rows_at_once: int = limits.PIECE_ROWS

    def __init__(self, events: Events) -> None:
        self.events = events

    @property
    @abstractmethod
    def handlers(self) -> Mapping[str, Project]:
        """See `Projector`; called once per batch."""

    async def reset(self, connection: Connection, key: Key) -> None:
        for table in self.tables:
            delete = f"DELETE FROM {table.name} WHERE tenant = $1 AND store = $2 AND device = $3"
            await connection.execute(delete, *astuple(key))

    def facts(self, key: Key, rows: Sequence[Row]) -> list[Fact]:
        """Return each row with its event. Raises `Unreadable` with all unreadable rows."""
        read: list[Fact] = []
        bad: list[tuple[Row, Exception]] = []
        for row in rows:
            try:
                read.append(Fact(key, row, self.events.decode(row.type, row.version, row.body)))
            except (LookupError, ValueError) as error:
                bad.append((row, error))
        if bad:
            raise Unreadable(bad)
        return read

    async def facts_in_turns(self, key: Key, rows: Sequence[Row]) -> list[Fact]:
        """Return the facts of many rows. Other devices get a turn between pieces."""
        read: list[Fact] = []
        bad: list[tuple[Row, Exception]] = []
        async for piece in in_turns(rows):
            try:
                read += self.facts(key, piece)
            except Unreadable as error:
                bad += error.bad
        if bad:
            raise Unreadable(bad)
        return read


async def in_turns(many: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """Yield `many` in pieces, each processed in a millisecond or two. Others get a turn in between."""
    for at in range(0, len(many), limits.PIECE_ROWS):
        yield many[at : at + limits.PIECE_ROWS]
        await asyncio.sleep(0)


def together(project: Project, *events: type) -> dict[str, Project]:
    """Handlers that pass all these events to `project`, in journal order."""
    return {event.__name__: project for event in events}
