"""Rows of a replaced ledger that neither the backup nor head office has.

Sales since the last backup that were never sent are only in that ledger. They are added to the restored one. Rows that
can't be added stay in its folder. The box reports their number, total and folder until a user adds them or marks them
as settled.

If two boxes continued from the same row in the same epoch, as with copies of a disk, both used the same numbers. In
that case no rows are added from such a ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from edge.core.journal.rows import EpochStarted, Head, read_head, read_header, read_rows
from edge.core.registry import Registry
from edge.core.storage.database import Connection, DatabaseError, open_reader, open_writer
from edge.counter.till.events import SaleCompleted
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.restoring import rejoin
from edge.runtime.backup_state.limits import REJOINED_ROWS
from edge.runtime.backup_state.restore_gap import epochs_of
from edge.runtime.backup_state.waiting_rows import AsideFacts
from edge.runtime.config import Config
from sync import lineage
from sync.wire import Row, row_hash

PAGE = 1_000
_HAS = "SELECT 1 FROM journal WHERE seq = ? AND hash = ?"
_KNOWN = "SELECT 1 FROM journal WHERE command_id = ? AND n = ?"
_BEHIND = "SELECT seq, type, version, body FROM journal WHERE seq > ? ORDER BY seq"


class Remainder(msgspec.Struct, frozen=True):
    """Entries that only a replaced ledger has. `follows`: its rows continue the restored ledger and keep their numbers;
    otherwise `again`: rows to add after the new epoch. `left`: rows that can't be added; None: all can."""

    follows: bool = False
    again: tuple[Row, ...] = ()
    brought: AsideFacts = AsideFacts()
    left: AsideFacts | None = None


def remainder(config: Config, registry: Registry, old: Path, fresh: Path, wanted: bool = True) -> Remainder:
    """Compare the ledger at `old`, about to be replaced, with the restored one at `fresh`."""
    if not old.exists():
        return Remainder()
    try:
        with closing(open_reader(old, cut_off=True)) as source, closing(open_reader(fresh)) as target:
            if read_header(source) != config.header:
                return Remainder()
            return _compare(registry, source, target, wanted)
    except (DatabaseError, NeedsHuman):
        return Remainder(left=AsideFacts())


def bring_following(old: Path, fresh: Path) -> None:
    """Copy the rows of `old` that continue `fresh`, unchanged. The tables of `fresh` must be rebuilt afterwards."""
    with closing(open_reader(old, cut_off=True)) as source, closing(open_writer(fresh)) as target:
        head = read_head(target)
        target.execute("UPDATE projection SET version = 0")
        for page in _sound_pages(source, head):
            rejoin.put(target, page)


def _compare(registry: Registry, source: Connection, target: Connection, wanted: bool) -> Remainder:
    head = read_head(target)
    follows = _has(source, head)
    fork = head if follows else _fork(source, target)
    counted, end, lacking, fits = AsideFacts(), fork.seq, list[Row](), True
    for page in _sound_pages(source, fork):
        for row in page:
            end = row.seq
            if not follows and _is_known(target, row):
                continue
            counted, readable = _with_row(registry, counted, row.type, row.version, row.body)
            fits = fits and readable
            if not follows and len(lacking) <= REJOINED_ROWS:
                lacking.append(row)
    behind = _behind(registry, source, end)
    if not wanted or not fits or len(lacking) > REJOINED_ROWS or _is_of_another_box(source, target, fork):
        whole = _together(counted, behind)
        return Remainder(left=whole if whole.rows else None)
    return Remainder(
        follows=follows and counted.rows > 0,
        again=tuple(lacking) if counted.rows else (),
        brought=counted,
        left=behind if behind.rows else None,
    )


def _fork(source: Connection, target: Connection) -> Head:
    """Return the last row common to both ledgers. If one hash is equal, all rows before it are."""
    low, high = 0, min(read_head(source).seq, read_head(target).seq)
    shared = Head(0, 0, b"")
    while low < high:
        middle = (low + high + 1) // 2
        rows = read_rows(source, middle, 1)
        if rows and _has(target, Head(rows[0].epoch, middle, rows[0].hash)):
            low, shared = middle, Head(rows[0].epoch, middle, rows[0].hash)
        else:
            high = middle - 1
    return shared


def _is_of_another_box(source: Connection, target: Connection, fork: Head) -> bool:
    """Whether both ledgers have rows of the same epoch after `fork`. A restored box begins an unused epoch instead."""
    epochs = [_epochs_behind(db, fork) for db in (source, target)]
    return not epochs[0].isdisjoint(epochs[1])


def _epochs_behind(db: Connection, fork: Head) -> set[int]:
    mine, end = epochs_of(db), read_head(db).seq
    return {span.epoch for span in lineage.spans(mine, fork.seq + 1, end)} if mine else set()


def _has(db: Connection, head: Head) -> bool:
    if not head.seq:
        return True
    if db.execute(_HAS, (head.seq, head.hash)).fetchone():
        return True
    rows = read_rows(db, head.seq, 1)
    return bool(rows) and rows[0].seq == head.seq and rows[0].hash == head.hash


def _sound_pages(db: Connection, after: Head) -> Iterator[list[Row]]:
    """The readable rows after `after` with an intact chain, in pages."""
    previous, limit = after, PAGE
    while True:
        try:
            rows = read_rows(db, previous.seq + 1, limit)
        except (DatabaseError, NeedsHuman):
            if limit == 1:
                return
            limit = 1  # one of these rows is bad: read the good ones before it singly
            continue
        sound = []
        for row in rows:
            if row.seq != previous.seq + 1 or (previous.hash and row.prev != previous.hash) or not _is_whole(row):
                break
            sound.append(row)
            previous = Head(row.epoch, row.seq, row.hash)
        if sound:
            yield sound
        if not rows or len(sound) < len(rows):
            return


def _is_whole(row: Row) -> bool:
    try:
        return row_hash(*msgspec.structs.astuple(row)[:-1]) == row.hash
    except (TypeError, ValueError, AttributeError, OverflowError):
        return False


def _is_known(target: Connection, row: Row) -> bool:
    if target.execute(_KNOWN, (row.command_id, row.n)).fetchone():
        return True
    return row.type == EpochStarted.__name__


def _behind(registry: Registry, source: Connection, end: int) -> AsideFacts:
    """Rows after a damaged one: unproven, so they are reported but not added."""
    counted = AsideFacts()
    try:
        for _, type, version, body in source.execute(_BEHIND, (end,)):
            counted, _ = _with_row(registry, counted, type, version, body)
    except DatabaseError:
        return msgspec.structs.replace(counted, rows=max(1, counted.rows))
    return counted


def _with_row(registry: Registry, counted: AsideFacts, type: str, version: int, body: bytes) -> tuple[AsideFacts, bool]:
    """Count a row, and return whether this version can read it."""
    counted = msgspec.structs.replace(counted, rows=counted.rows + (type != EpochStarted.__name__))
    try:
        event = registry.decode(type, version, body)
    except (LookupError, TypeError, ValueError):
        return counted, False
    if isinstance(event, SaleCompleted):
        counted = msgspec.structs.replace(
            counted,
            sales=counted.sales + 1,
            sum_minor=counted.sum_minor + event.total_minor + event.rounding_minor,
            currency=event.currency,
        )
    return counted, True


def _together(one: AsideFacts, other: AsideFacts) -> AsideFacts:
    return AsideFacts(
        "",
        one.rows + other.rows,
        one.sales + other.sales,
        one.sum_minor + other.sum_minor,
        one.currency or other.currency,
    )
