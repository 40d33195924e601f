"""Checks a ledger before anything is written to it, so that damage is preserved as found.

Closing a writing connection would checkpoint the WAL and with it erase the last evidence of a loss.
"""

from __future__ import annotations

import os
import time
from contextlib import closing
from pathlib import Path

from edge.core.journal import highwater
from edge.core.journal.rows import read_header, valid_rows
from edge.core.journal.verify import check_tail
from edge.core.limits import GOOD_LOOK_S
from edge.core.storage.database import Connection, DatabaseError, check_ours, open_reader
from edge.core.storage.permissions import explain_not_writable
from edge.core.storage.wal import lost_commits
from edge.lib.errors import NeedsHuman

WHAT_TO_DO = (
    "Don't sell on it. For details: edge verify. Use the latest backup (edge restore --newest "
    "--replace) or head office's copy (edge recover --replace); this ledger is kept. If there is neither, "
    "continue with the intact part: edge restore --as-is"
)


_OF_THE_DISK = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_BUSY")


def require_intact(ledger: Path) -> None:
    """Raise `NeedsHuman` if the ledger is damaged, has lost rows, or can't be opened. The caller holds the folder's
    lock."""
    mark = highwater.read(ledger.parent)
    if not ledger.exists():
        if mark:
            raise _damage_error(ledger, _emptied_fault(mark))
        return
    if not os.access(ledger, os.W_OK):  # SQLite would open it, but every sale would fail
        raise explain_not_writable(ledger, PermissionError("permission denied"))
    try:
        db = open_reader(ledger)
        try:
            check_ours(db, ledger)
            if fault := _fault(db, ledger, mark):
                raise _damage_error(ledger, fault)
        finally:
            db.close()
    except DatabaseError as error:
        if not mark and ledger.with_name(f"{ledger.name}-journal").exists():
            return  # creation was interrupted before there was a WAL: the next writer rolls it back
        raise explain_open_error(ledger, error) from error


def explain_open_error(ledger: Path, error: Exception) -> NeedsHuman:
    """Return the error for a ledger that SQLite failed to open: a disk problem or damage."""
    return (
        explain_not_writable(ledger, error)
        if _name(error).startswith(_OF_THE_DISK)
        else _damage_error(ledger, str(error))
    )


def _name(error: Exception) -> str:
    return getattr(error, "sqlite_errorname", None) or ""


def _fault(db: Connection, ledger: Path, mark: highwater.Mark | None) -> str | None:
    """Describe the first fault found."""
    made = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if not made or read_header(db) is None:  # new, or its first start was interrupted
        return _emptied_fault(mark) if mark else None
    _, frames, _ = db.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    if lost_commits(ledger.with_name(f"{ledger.name}-wal"), max(0, frames)):
        return "the last entries are damaged and lost"
    return next(iter(check_tail(db)), None) or (highwater.missing(db, mark) if mark else None)


def _emptied_fault(mark: highwater.Mark) -> str:
    return f"it is empty, but had already reached #{mark.seq} on {mark.day}"


def _damage_error(ledger: Path, what: str) -> NeedsHuman:
    return NeedsHuman(f"The ledger {ledger} is damaged or isn't a ledger: {what}. {intact_prefix(ledger)}", WHAT_TO_DO)


def intact_prefix(ledger: Path) -> str:
    """Describe up to which event and day a damaged journal is intact, within `GOOD_LOOK_S` of reading."""
    until_s, good, all_of_it = time.monotonic() + GOOD_LOOK_S, None, True
    try:
        with closing(open_reader(ledger, cut_off=True)) as db:
            for page in valid_rows(db):
                good = page[-1]
                if time.monotonic() > until_s:
                    all_of_it = False
                    break
    except DatabaseError:
        pass  # report what could be read
    if good is None:
        return "Nothing in its journal is intact."
    return f"Intact: #1 to #{good.seq}{'' if all_of_it else ' at least'}, from {highwater.day(good.at_us)}."
