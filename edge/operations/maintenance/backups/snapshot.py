"""Copy the ledger as of one moment, while the shop sells."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from edge.core.journal.rows import Head, read_head
from edge.core.journal.verify import check_tail
from edge.core.storage.database import Connection, DatabaseError, open_reader, open_scratch
from edge.core.storage.migrate import version
from edge.lib.errors import NeedsHuman
from edge.runtime.backup_state import destinations
from edge.runtime.backup_state.limits import COPY_PAGES, COPY_REST_S

HASH_BYTES = 1024 * 1024


def copy(ledger: Path, target: Path, rest: Callable[[float], None] = time.sleep) -> tuple[Head, int]:
    """Copy the database at `ledger` to the new file `target`; return its journal end and schema.

    It uses SQLite's backup API on one snapshot, a few pages per step. The writer continues meanwhile (WAL), so no step
    starts over. Raises `PlaceFault` without room, and `NeedsHuman` if the copy is damaged.
    """
    size = with_wal_bytes(ledger)
    destinations.room(target.parent, size + destinations.spare(size))
    source = open_reader(ledger)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM header").fetchone()
        copied = open_scratch(target)
        try:
            source.backup(copied, pages=COPY_PAGES, progress=lambda *_: rest(COPY_REST_S))
            copied.execute("PRAGMA journal_mode = DELETE")
            return _sound(copied)
        finally:
            copied.close()
    except DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
            raise destinations.full(target.parent) from error
        raise _damage_error(str(error)) from error
    finally:
        source.close()


def size_and_hash(path: Path) -> tuple[int, str]:
    """A file's size in bytes and its SHA-256 in hexadecimal."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(HASH_BYTES):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def with_wal_bytes(ledger: Path) -> int:
    """Size of a ledger and its WAL."""
    wal = ledger.with_name(f"{ledger.name}-wal")
    return ledger.stat().st_size + (wal.stat().st_size if wal.exists() else 0)


def _sound(db: Connection) -> tuple[Head, int]:
    """Check the copy; return its journal end and schema. Without this check, backups of a damaged ledger would
    eventually replace all good ones."""
    for (problem,) in db.execute("PRAGMA quick_check(1)"):
        if problem != "ok":
            raise _damage_error(problem)
    for fault in check_tail(db):
        raise _damage_error(fault)
    return read_head(db), version(db)


def _damage_error(why: str) -> NeedsHuman:
    return NeedsHuman(
        f"The ledger is damaged, so it wasn't backed up: {why}.",
        "Earlier backups are kept. Run `edge verify`, then `edge restore`.",
        *("backup.ledger_damaged", {"why": why}),
    )
