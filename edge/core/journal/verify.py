"""`edge verify`: checks the hash chain, and the tables against the journal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import msgspec

from edge.core.journal import archive_manifest
from edge.core.journal.archive import archived_through
from edge.core.journal.projections import differences, schema_differences
from edge.core.journal.rows import Head, check_chain, read_head, read_head_before
from edge.core.registry import Registry
from edge.core.storage.database import Connection, DatabaseError
from edge.core.storage.migrate import newest, version
from edge.core.storage.scratch_dir import workplace_beside
from edge.lib.errors import NeedsHuman

TAIL_ROWS = 1_000
"""Newest rows to verify at every start."""

_UNFINDABLE = """
    SELECT min(seq) FROM journal AS row WHERE seq >= ? AND NOT EXISTS (
        SELECT 1 FROM journal INDEXED BY journal_command
        WHERE command_id = row.command_id AND n = row.n AND seq = row.seq
    )
"""


class Report(msgspec.Struct, frozen=True):
    """Verification result: the end of the intact journal, and a sentence per fault."""

    head: Head
    faults: tuple[str, ...]


PROBLEMS_SHOWN = 3
"""Damaged pages to name. The affected rows are named individually, too."""

FAULTS_SHOWN = 100
"""Largest number of problems in a report; a broken disk may have millions."""


def verify(db: Connection, registry: Registry, deep: bool = False) -> Report:
    """Check everything on one snapshot of the ledger, while writing continues.

    Checks the chain through archive and ledger, and the strict and verified tables against a rebuild from the
    checkpoint, or from row 1 if there is none or `deep` is set. The tables of an older version aren't checked.
    """
    db.execute("BEGIN")
    try:
        found = list(islice(_all_faults(db, registry, deep), FAULTS_SHOWN + 1))
        faults = [sentence for _, sentence in found[:FAULTS_SHOWN]] + ["... and more"] * (len(found) > FAULTS_SHOWN)
        wrong = next((seq for seq, _ in found if seq), None)
        return Report(read_head(db) if wrong is None else read_head_before(db, wrong), tuple(faults))
    finally:
        if db.in_transaction:  # SQLite may have ended it because the file is damaged
            db.execute("ROLLBACK")


def _problem_line(problem: str) -> str:
    """Shorten SQLite's message to one line, because it lists every damaged page."""
    lines = [line for line in problem.splitlines() if not line.startswith("***")]
    return "; ".join(lines[:PROBLEMS_SHOWN]) + "; and more" * (len(lines) > PROBLEMS_SHOWN)


def check_tail(db: Connection) -> list[str]:
    """Faults in the ledger's newest rows; checked before the shop opens."""
    first = max(archived_through(db), read_head(db).seq - TAIL_ROWS) + 1
    return [sentence for _, sentence in check_chain(db, first)] or _unfindable(db, first)


def _unfindable(db: Connection, first: int) -> list[str]:
    """Report rows from `first` that the command index doesn't contain.

    If a disk loses part of a checkpoint, rows may be intact while the index is outdated. A repeated command would then
    look new, and its sale would be made twice.
    """
    (found,) = db.execute(_UNFINDABLE, (first,)).fetchone()
    return [f"#{found} and perhaps more can't be found by command id"] if found else []


def _all_faults(db: Connection, registry: Registry, deep: bool) -> Iterator[tuple[int, str]]:
    """Yield each fault with its journal row (0: elsewhere), in journal order."""
    try:
        for (problem,) in db.execute("PRAGMA integrity_check(10)"):
            if problem != "ok":
                yield 0, f"the database file is damaged: {_problem_line(problem)}"
        yield from ((0, fault) for fault in archive_manifest.faults(db))
    except DatabaseError as error:
        yield 0, f"the database file can't be checked: {error}"
    try:
        yield from check_chain(db)
        yield from ((0, fault) for fault in schema_differences(db))
        if version(db) != newest():
            return  # an older schema, whose tables can't be checked
        with workplace_beside(db) as folder:
            base = None if deep else archive_manifest.open_base(db, folder / "base.db")
            yield from ((0, fault) for fault in differences(db, registry, base))
    except (LookupError, ValueError, TypeError, msgspec.MsgspecError, DatabaseError) as error:
        yield 0, f"the tables can't be compared, because the journal can't be read: {error}"
    except NeedsHuman as error:
        yield 0, error.what
