"""Restores rows left out by a restore, even after a new epoch began without them: `edge recover`.

The ledger is rebuilt in the order of events: the common past, the rows left out, and then the later rows, in another
epoch. Events keep their command ids but get new journal numbers. Head office recognises them by these ids and counts
none twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from edge.core.journal.rows import INSERT, EpochStarted, Head, read_head, read_rows
from edge.core.storage.database import Connection, open_reader
from edge.lib.errors import NeedsHuman
from edge.runtime.backup_state import restore_gap
from edge.runtime.backup_state.limits import REJOINED_ROWS
from sync.history_fetch import Fetching
from sync.wire import Orphans, Row, WireError, hash_of, row_hash

PAGE = 1_000
_KNOWN = "SELECT 1 FROM journal WHERE command_id = ? AND n = ?"


async def fetch(hub: Fetching, db: Connection, orphans: Sequence[Orphans]) -> list[Row]:
    """Return the rows of these ranges that are missing from the ledger, in order. Raises `WireError` if they are
    invalid."""
    gone = sorted((one for one in orphans if not restore_gap.has(db, one)), key=lambda one: (one.epoch, one.first))
    if sum(one.count for one in gone) > REJOINED_ROWS:
        raise NeedsHuman(f"Restores have left out more than {REJOINED_ROWS} entries.", "Call head office.")
    rows: list[Row] = []
    for one in gone:
        stretch: list[Row] = []
        await hub.rows(one.first, one.last, stretch.extend, one.epoch)
        before = None
        for seq, row in enumerate(stretch, one.first):
            if (row.epoch, row.seq) != (one.epoch, seq) or hash_of(row) != row.hash or before not in (None, row.prev):
                raise WireError(f"row {seq} of epoch {one.epoch} doesn't match what was acknowledged")
            before = row.hash
        rows += stretch
    return rows


class Rejoined:
    """A ledger being rebuilt. `target` has the common past and the rows after it; `rest` follows its new epoch. Close
    it after use."""

    def __init__(self, target: Connection, source: Path, gone: Sequence[Row]) -> None:
        self._target = target
        self._source = open_reader(source)
        fork = min(row.seq for row in gone) - 1
        put(target, _rows(self._source, 1, fork))
        later = _rows(self._source, fork + 1, read_head(self._source).seq)
        self.rest: Iterator[Row] = heapq.merge(gone, later, key=lambda row: (row.epoch, row.seq))
        self._follow()

    def _follow(self) -> None:
        """Copy rows that continue the target unchanged."""
        head = read_head(self._target)
        taken: list[Row] = []
        for row in self.rest:
            if (row.seq, row.prev) != (head.seq + 1, head.hash):
                self.rest = _with_first(row, self.rest)
                break
            head = Head(row.epoch, row.seq, row.hash)
            taken.append(row)
        put(self._target, taken)

    def close(self) -> None:
        self._source.close()


def append(db: Connection, rows: Iterable[Row]) -> int:
    """Append these events after the ledger's last row, in its epoch; return how many. Existing events and epoch starts
    are skipped. The tables must be rebuilt afterwards."""
    head, count = read_head(db), 0
    db.execute("BEGIN IMMEDIATE")
    for row in rows:
        if row.type == EpochStarted.__name__ or db.execute(_KNOWN, (row.command_id, row.n)).fetchone():
            continue
        given = msgspec.structs.astuple(row)
        fields = (head.epoch, head.seq + 1, *given[2:-2], head.hash)
        head = Head(head.epoch, head.seq + 1, row_hash(*fields))
        db.execute(INSERT, (*fields, head.hash))
        count += 1
    if count:
        db.execute("UPDATE projection SET version = 0")
    db.execute("COMMIT")
    return count


def _rows(db: Connection, first: int, last: int) -> Iterator[Row]:
    while first <= last and (page := read_rows(db, first, min(PAGE, last - first + 1))):
        yield from page
        first = page[-1].seq + 1


def put(db: Connection, rows: Iterable[Row]) -> None:
    """Store rows unchanged, in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    db.executemany(INSERT, (msgspec.structs.astuple(row) for row in rows))
    db.execute("COMMIT")


def _with_first(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest
