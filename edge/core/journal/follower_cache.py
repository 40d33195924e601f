"""Memory of following projections between turns of the writer."""

from __future__ import annotations

from typing import Any

from edge.core.batch import RowBatch
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.core.transaction import JournalHead


class FollowerCache:
    """The newest events, and the batches of following projections with the rows they have read. For the writer's
    thread.

    A batch is used again only at the position where its turn ended. If that turn was rolled back, the ledger has the
    position before it, and a new batch reads the tables again.
    """

    def __init__(self, journal: JournalHead) -> None:
        self._journal = journal
        self.batches: dict[str, tuple[int, RowBatch]] = {}
        """The batches by projection, each with the position where its last turn ended."""

    def newest_after(self, seq: int) -> list[tuple[RecordedEvent, int]] | None:
        """All events after row `seq` and their sizes; None if some are no longer in memory."""
        return self._journal.newest_after(seq)

    def begin(self, projector: Projector, db: Connection, at: int) -> Any:
        """Like `Projector.begin`, for a turn that starts at the projection's position `at`."""
        kept_at, batch = self.batches.pop(projector.name, (at, None))
        return batch if batch is not None and kept_at == at and batch.db is db else projector.begin(db)

    def end(self, projector: Projector, target: Any, through: int) -> None:
        """Keep a turn's batch after it was written and the position set to `through`."""
        if isinstance(target, RowBatch):
            target.trim()
            self.batches[projector.name] = (through, target)

    def move(self, projector: Projector, at: int, through: int) -> None:
        """Record that none of the rows up to `through` concerned this projection."""
        kept_at, batch = self.batches.pop(projector.name, (at, None))
        if batch is not None and kept_at == at:
            self.batches[projector.name] = (through, batch)
