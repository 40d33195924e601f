"""`edge verify`: the chain holds, and the tables are what the journal says."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.database import Connection, DatabaseError
from edge.core.journal import Head, check_chain, read_head
from edge.core.projections import differences
from edge.core.shapes import Registry

TAIL_ROWS = 1_000
"""How many of the newest rows are checked at every start."""


class Report(msgspec.Struct, frozen=True):
    """What a verification found: the journal's end, and a sentence for each fault (none: all is well)."""

    head: Head
    faults: tuple[str, ...]


FAULTS_SHOWN = 100
"""Faults that a report lists; a broken disk may have millions."""


def verify(db: Connection, registry: Registry) -> Report:
    """Check everything, on one snapshot of the ledger; writing goes on meanwhile."""
    db.execute("BEGIN")
    try:
        faults: list[str] = []
        for fault in _all_faults(db, registry):
            faults.append(fault)
            if len(faults) == FAULTS_SHOWN:
                faults.append("... and more")
                break
        return Report(read_head(db), tuple(faults))
    finally:
        db.execute("COMMIT")


def check_tail(db: Connection) -> list[str]:
    """Faults in the newest rows: what is looked at before the shop opens."""
    return [sentence for _, sentence in check_chain(db, max(1, read_head(db).seq - TAIL_ROWS + 1))]


def _all_faults(db: Connection, registry: Registry) -> Iterator[str]:
    for (problem,) in db.execute("PRAGMA quick_check(10)"):
        if problem != "ok":
            yield f"the database file is damaged: {problem}"
    for _, sentence in check_chain(db):
        yield sentence
    try:
        yield from differences(db, registry)
    except (LookupError, msgspec.DecodeError, DatabaseError) as error:
        yield f"the tables cannot be compared, because the journal cannot be read: {error}"
