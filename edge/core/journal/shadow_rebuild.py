"""Rebuilds projections in a separate database, from the journal or a base.

A *base* is such a database, saved: the tables, the versions of their projectors, and the journal row they cover.
Upgrade preparation and checkpoints produce bases.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import msgspec

from edge.core.journal.rows import INSERT, Head, facts, read_head, read_header, read_rows
from edge.core.limits import REBUILD_ROWS
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector, Registry
from edge.core.storage.database import BEHIND, Connection, open_scratch, path_of, read_behind
from edge.core.storage.migrate import migrate

JOURNAL = ("journal", "archive")
"""Tables that projectors read in addition to their own. A refund, for example, is taxed like its sale."""


def build(
    path: Path,
    db: Connection,
    registry: Registry,
    projectors: Sequence[Projector],
    base: Path | None = None,
    through: int | None = None,
) -> Connection:
    """Create the database `path` and apply the journal of `db` (up to row `through`) to `projectors`.

    Projectors whose tables are in a `base` of the same history continue from there; others start at row 1. A base at
    `path` is continued in place.
    """
    beside, at, known = _begin_rebuild(path, db, base, read_head(db).seq if through is None else through)
    kept = [p for p in projectors if known.get(p.name) == p.version]
    anew = [p for p in projectors if p not in kept]
    with reading_journal(beside, db):
        beside.execute("BEGIN")
        for projector in anew:
            clear(beside, projector)
        if anew:
            apply(beside, anew, facts(db, registry, 1, at))
        apply(beside, projectors, facts(db, registry, at + 1, through))
        beside.execute("COMMIT")
    return beside


@contextmanager
def reading_journal(beside: Connection, db: Connection) -> Iterator[None]:
    """Let projectors in `beside` read the journal of the ledger `db`, as they do in the ledger. Begin no transaction
    before the call. Afterwards, `beside` has its own journal again."""
    read_behind(beside, path_of(db))
    for table in JOURNAL:
        beside.execute(f"CREATE TEMP VIEW {table} AS SELECT * FROM {BEHIND}.{table}")
    yield
    for table in JOURNAL:
        beside.execute(f"DROP VIEW temp.{table}")
    beside.execute(f"DETACH {BEHIND}")


def keep(beside: Connection, db: Connection, projectors: Iterable[Projector], through: int) -> None:
    """Turn a `build` result into a base: record which row and projectors it covers."""
    (row,) = read_rows(db, through, 1)
    header = read_header(db)
    beside.execute("BEGIN")
    if header and read_header(beside) is None:
        beside.execute(
            "INSERT INTO header (one, tenant, store, device, created_at_us) VALUES (1, ?, ?, ?, 0)",
            msgspec.structs.astuple(header),
        )
    if read_head(beside).seq != through:
        beside.execute(INSERT, msgspec.structs.astuple(row))
    beside.execute("DELETE FROM projection")
    made = [(p.name, p.version, through) for p in projectors]
    beside.executemany("INSERT INTO projection (name, version, seq) VALUES (?, ?, ?)", made)
    beside.execute("COMMIT")


def reach(db: Connection, base: Path | None, projectors: Iterable[Projector]) -> int:
    """Return the last row up to which a base covers all of `projectors`; 0 if it doesn't cover them."""
    if base is None or not base.exists():
        return 0
    known = open_scratch(base)
    try:
        at, made = _same_history(known, db, read_head(db).seq)
        return at if all(made.get(p.name) == p.version for p in projectors) else 0
    finally:
        known.close()


def apply(db: Connection, projectors: Iterable[Projector], stream: Iterable[RecordedEvent]) -> None:
    """Apply events to projectors in `db`, in groups. Strict projectors get each event in order; following projectors
    then get the group one after the other, as in live operation."""
    chosen, waiting = list(projectors), iter(stream)
    strict, following = [one for one in chosen if one.strict], [one for one in chosen if not one.strict]
    while facts := list(islice(waiting, REBUILD_ROWS)):
        for fact in facts:
            for projector in strict:
                if project := projector.on.get(type(fact.event)):
                    project(db, fact, fact.event)
        for projector in following:
            projector.apply(db, facts)


def clear(db: Connection, projector: Projector) -> None:
    """Empty a projector's tables."""
    for table in reversed(projector.tables):
        db.execute(f"DELETE FROM {table}")


def _begin_rebuild(
    path: Path, db: Connection, base: Path | None, through: int
) -> tuple[Connection, int, dict[str, int]]:
    """Return the database to continue in, the row it covers, and its projector versions."""
    if base is not None and base.exists():
        if base != path:
            shutil.copyfile(base, path)
        beside = open_scratch(path)
        migrate(beside)
        at, made = _same_history(beside, db, through)
        if at:
            return beside, at, made
        beside.close()
        path.unlink()
    beside = open_scratch(path)
    migrate(beside)
    return beside, 0, {}


def _same_history(base: Connection, db: Connection, through: int) -> tuple[int, dict[str, int]]:
    """Return the base's row and projector versions if that row exists in `db`; otherwise 0."""
    if read_header(base) is None:
        return 0, {}
    head: Head = read_head(base)
    rows = read_rows(db, head.seq, 1) if 0 < head.seq <= through else []
    if not rows or (rows[0].seq, rows[0].hash) != (head.seq, head.hash):
        return 0, {}
    return head.seq, dict(base.execute("SELECT name, version FROM projection").fetchall())
