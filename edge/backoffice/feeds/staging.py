"""Import runs and their records, stored as local state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from edge.backoffice.feeds.applying.judging import State
from edge.backoffice.feeds.commands import IngestFile
from edge.backoffice.feeds.connector import EntityType
from edge.backoffice.feeds.reading.record_cells import Reason
from edge.core.messages import Refusal
from edge.core.storage.database import Connection

FORGOTTEN_AT_ONCE = 2_000
"""Old records to delete at the beginning of a run. The rest are deleted while the run's records are staged."""
FILES_MOST = 10_000
"""Maximum files in a folder, and maximum remembered imports. If a folder had more, old files would be imported again.
"""
_RECORD = "SELECT record, line, key, state, cells, becomes, reasons, came, raw_data FROM feed_record"
_encode = msgspec.json.Encoder().encode


class Run(msgspec.Struct, frozen=True):
    """An import run. `params`: its completed parameters; `ended_us`: 0 while in progress."""

    run: int
    job: int
    params: IngestFile
    began_us: int
    ended_us: int
    message: str

    @property
    def entity_type(self) -> EntityType:
        assert self.params.entity_type is not None
        return self.params.entity_type

    @property
    def file(self) -> str:
        """The name of the run's file."""
        return self.params.path.rpartition("/")[2]


class SavedRecord(msgspec.Struct, frozen=True):
    """A staged record. `becomes`: the change it makes, as JSON. `came`: corrected cells as received; `raw_data`: its
    source rows by column."""

    record: int
    line: int
    key: str
    state: State
    cells: dict[str, str]
    becomes: dict[str, Any]
    reasons: tuple[Reason, ...]
    came: dict[str, str] = {}
    raw_data: tuple[dict[str, str], ...] = ()


def next_run(db: Connection) -> int:
    """The number for the next run. Numbers aren't reused while a run is kept."""
    return int(db.execute("SELECT coalesce(max(run), 0) + 1 FROM feed_run").fetchone()[0])


def begin(db: Connection, run: int, job: int, params: IngestFile, at_us: int) -> None:
    values = (run, job, params.connector, params.entity_type, _encode(params).decode(), at_us)
    db.execute(
        "INSERT INTO feed_run (run, job, connector, entity_type, params, began_us, ended_us, message)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, '')",
        values,
    )


def end(db: Connection, run: int, message: str, at_us: int) -> None:
    db.execute("UPDATE feed_run SET ended_us = ?, message = ? WHERE run = ?", (at_us, message, run))


def read_run(db: Connection, run: int) -> Run:
    """A run. Raises `Refusal` if it's no longer kept."""
    row = db.execute("SELECT job, params, began_us, ended_us, message FROM feed_run WHERE run = ?", (run,)).fetchone()
    if row is None:
        raise Refusal("feed_run_unknown", {"run": run})
    job, params, *rest = row
    return Run(run, job, msgspec.json.decode(params, type=IngestFile), *rest)


def keep(db: Connection, run: int, one: SavedRecord) -> None:
    """Store a record in its current state."""
    texts = (_encode(part).decode() for part in (one.cells, one.becomes, one.reasons, one.came, one.raw_data))
    db.execute(
        "INSERT OR REPLACE INTO feed_record (run, record, line, key, state, cells, becomes, reasons, came, raw_data)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (run, one.record, one.line, one.key, one.state, *texts),
    )


def read_records(db: Connection, run: int, first: int, count: int, state: str = "") -> list[SavedRecord]:
    """Records from `first` on: without a `state`, those numbered below `first + count`; with one, the next `count` in
    that state."""
    if state:
        rows = db.execute(
            f"{_RECORD} WHERE run = ? AND state = ? AND record >= ? ORDER BY record LIMIT ?", (run, state, first, count)
        )
    else:
        rows = db.execute(
            f"{_RECORD} WHERE run = ? AND record >= ? AND record < ? ORDER BY record", (run, first, first + count)
        )
    return [_record(row) for row in rows]


def _record(row: tuple[Any, ...]) -> SavedRecord:
    record, line, key, state, cells, becomes, reasons, came, raw = row
    read = msgspec.json.decode
    said = read(reasons, type=tuple[Reason, ...])
    rows = read(raw, type=tuple[dict[str, str], ...])
    return SavedRecord(record, line, key, state, read(cells), read(becomes), said, read(came), rows)


def forget_proposals(db: Connection, connector: str, before_run: int, keys: Iterable[str]) -> None:
    """Drop proposals for these keys from a connector's earlier runs, even if held for approval: a later run replaces
    them."""
    held = db.execute(
        "SELECT feed_run.run, record, key FROM feed_run JOIN feed_record USING (run)"
        " WHERE connector = ? AND feed_run.run < ? AND state = 'held' AND becomes ->> '$.retired'",
        (connector, before_run),
    ).fetchall()
    used = frozenset(keys)
    db.executemany(
        "UPDATE feed_record SET state = 'dropped' WHERE run = ? AND record = ?",
        [(run, record) for run, record, key in held if key in used],
    )


def counts(db: Connection, run: int) -> dict[str, int]:
    """The number of a run's records by state."""
    return dict(db.execute("SELECT state, count(*) FROM feed_record WHERE run = ? GROUP BY state", (run,)).fetchall())


class AsideBytes(msgspec.Struct, frozen=True):
    """Bytes of a feed's stored records: those waiting for a decision (`held`, `held_bytes`), and the others by ended
    run, newest first."""

    held: int
    held_bytes: int
    shown: tuple[tuple[int, int], ...]

    def oldest_shown(self, room: int) -> int:
        """The run below which records kept only for display must be deleted to fit into `room` bytes; 0: none."""
        for run, size in self.shown:
            room -= size
            if room < 0:
                return run + 1
        return 0


def aside_bytes(db: Connection, connector: str) -> AsideBytes:
    """Bytes of a feed's held records. It reads all of them, so call it only on the job's thread."""
    rows = db.execute(
        "SELECT run, state = 'held', count(*), sum(octet_length(cells) + octet_length(becomes) + octet_length(reasons)"
        " + octet_length(came) + octet_length(raw_data)) FROM feed_run JOIN feed_record USING (run)"
        " WHERE connector = ? AND ended_us > 0 GROUP BY 1, 2 ORDER BY 1 DESC",
        (connector,),
    ).fetchall()
    held = [(count, size) for _, is_held, count, size in rows if is_held]
    shown = tuple((run, size) for run, is_held, _, size in rows if not is_held)
    return AsideBytes(sum(count for count, _ in held), sum(size for _, size in held), shown)


def forget_shown(db: Connection, connector: str, below_run: int, most: int) -> None:
    """Delete up to `most` records of a feed's ended runs below a number, except those waiting for a decision."""
    db.execute(
        "DELETE FROM feed_record WHERE (run, record) IN (SELECT run, record FROM feed_run JOIN feed_record USING (run)"
        " WHERE connector = ? AND run < ? AND ended_us > 0 AND state <> 'held' LIMIT ?)",
        (connector, below_run, most),
    )


def forget_before(db: Connection, at_us: int, most: int = FORGOTTEN_AT_ONCE) -> None:
    """Delete runs that began before `at_us`, and up to `most` of their records at a time."""
    db.execute(
        "DELETE FROM feed_record WHERE (run, record) IN (SELECT run, record FROM feed_run JOIN feed_record USING (run)"
        " WHERE began_us < ? LIMIT ?)",
        (at_us, most),
    )
    db.execute(
        "DELETE FROM feed_run WHERE began_us < ? AND NOT EXISTS"
        " (SELECT 1 FROM feed_record WHERE feed_record.run = feed_run.run)",
        (at_us,),
    )


def progress(db: Connection, connector: str, at_us: int, why: str = "", detail: str = "") -> None:
    """Record that a connector was contacted, and the reason `why` if that failed."""
    db.execute(
        "INSERT INTO feed_progress (connector, asked_us, why, detail, failed_us, good_us)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (connector) DO UPDATE SET asked_us = ?2, why = ?3, detail = ?4,"
        " failed_us = iif(?3 = '', 0, iif(failed_us > 0, failed_us, ?5)), good_us = max(good_us, ?6)",
        (connector, at_us, why, detail, at_us if why else 0, 0 if why else at_us),
    )


def make_due(db: Connection, connector: str) -> None:
    """Make a previously contacted connector due again, without changing its other state."""
    db.execute("UPDATE feed_progress SET asked_us = 0 WHERE connector = ?", (connector,))


def count_left_out(db: Connection, connector: str) -> int:
    """The number of counts last reported as left out."""
    row = db.execute(
        "SELECT left_out FROM feed_given WHERE connector = ? ORDER BY seq DESC LIMIT 1", (connector,)
    ).fetchone()
    return int(row[0]) if row else 0


def known_marks(db: Connection, connector: str) -> frozenset[str]:
    """The marks of files that a connector has imported."""
    return frozenset(one for (one,) in db.execute("SELECT mark FROM feed_file WHERE connector = ?", (connector,)))


def last_cursor(db: Connection, connector: str) -> str:
    """The cursor for an address, from the last completely imported response; "" if none."""
    row = db.execute(
        "SELECT feed_run.params ->> '$.cursor' FROM feed_run LEFT JOIN job ON job.id = feed_run.job WHERE connector = ?"
        " AND NOT coalesce(feed_run.params ->> '$.dry_run', 0) AND (ended_us > 0 OR job.state = 'done')"
        " ORDER BY run DESC LIMIT 1",
        (connector,),
    ).fetchone()
    return str(row[0] or "") if row else ""


def mark(db: Connection, connector: str, mark: str, at_us: int, most: int) -> None:
    """Record an imported file; the newest `most` are remembered."""
    db.execute("INSERT OR REPLACE INTO feed_file (connector, mark, at_us) VALUES (?, ?, ?)", (connector, mark, at_us))
    db.execute(
        "DELETE FROM feed_file WHERE connector = ?1 AND mark IN (SELECT mark FROM feed_file WHERE connector = ?1"
        " ORDER BY at_us DESC, mark LIMIT -1 OFFSET ?2)",
        (connector, most),
    )


def forget_connector(db: Connection, connector: str) -> None:
    """Delete a connector's progress, so that a new one with the same id starts from the beginning."""
    for table in ("feed_progress", "feed_file"):
        db.execute(f"DELETE FROM {table} WHERE connector = ?", (connector,))
