"""Journal storage: append rows, read them back and check their chain."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import msgspec

from edge.core.clock import ClockReading
from edge.core.journal.archive import archived_through, ends_at, read_archived, read_archived_command
from edge.core.limits import FOLLOW_SPAN, REBUILD_ROWS
from edge.core.messages import Event, RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection, DatabaseError
from edge.lib.errors import NeedsHuman
from sync.wire import COLUMNS, Row, hash_of, origin

_COLUMNS = ", ".join(COLUMNS)
INSERT = f"INSERT INTO journal ({_COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS))})"
BLOBS = tuple(COLUMNS.index(name) for name in ("command_id", "command_hash", "boot_id", "body", "prev", "hash"))
"""Indexes of the columns that hold bytes."""
_EPOCHS = "SELECT epoch, seq, prev FROM journal WHERE type = 'EpochStarted' ORDER BY seq"
_READ = f"SELECT {_COLUMNS} FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?"
_READ_AT = f"SELECT {_COLUMNS} FROM journal WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq"
_READ_TYPES = f"""
    SELECT {_COLUMNS} FROM journal WHERE seq >= ?1 AND seq < ?1 + ?2 AND type IN (SELECT value FROM json_each(?3))
    ORDER BY seq LIMIT ?4
"""
_REMEMBERED = "SELECT command_hash FROM remembered_command WHERE command_id = ?"
_KNOWN = """
    SELECT EXISTS (SELECT 1 FROM journal WHERE command_id = ?1)
        OR EXISTS (SELECT 1 FROM remembered_command WHERE command_id = ?1)
        OR EXISTS (SELECT 1 FROM archived_command WHERE command_id = ?1)
"""
_FIND = f"SELECT {_COLUMNS} FROM journal WHERE command_id = ? ORDER BY n"


class EpochStarted(Event, frozen=True):
    """A new stretch of history begins after its parent row (none for the very first).

    `reason` is `opened`, `restored`, `recovered` or `taken across`; the last means that all earlier rows were rewritten
    from a ledger that ended at the same number with the row of `was_epoch` and hash `was_hash`. `takeover`: one of two
    boxes, `box`, leads from here in `term`, with everything that was confirmed before; `promoted`: a person decided it.
    """

    reason: str
    parent_epoch: int = 0
    parent_seq: int = 0
    parent_hash: str = ""
    was_epoch: int = 0
    was_hash: str = ""
    box: str = ""
    term: int = 0


class RightDenied(Event, frozen=True):
    """A user requested something without permission: a command, a read (`query NAME`) or an address (`GET /path`).

    `count`: occurrences including unrecorded ones since the last such row; for reads and addresses, those that need the
    same right. For anonymous requests one row a minute covers everything, with the `networks` they came from. `right`
    is empty if the user has no access anywhere.
    """

    command: str
    right: str
    count: int = 1
    networks: tuple[str, ...] = ()


class Approved(Event, frozen=True):
    """The actor of this row approved a command that `asker` requested."""

    command: str
    asker: str


class Header(msgspec.Struct, frozen=True):
    """Owner of this ledger."""

    tenant: str
    store: str
    device: str


class Head(msgspec.Struct, frozen=True):
    """End of the journal. `seq` 0 means an empty journal; the hash is then the journal's origin."""

    epoch: int
    seq: int
    hash: bytes


def read_header(db: Connection) -> Header | None:
    found = db.execute("SELECT tenant, store, device FROM header").fetchone()
    return Header(*found) if found else None


def write_header(db: Connection, header: Header, at_us: int) -> None:
    """Write the header of a new ledger; reject one that belongs to another store."""
    found = read_header(db)
    if found is None:
        db.execute(
            "INSERT INTO header (one, tenant, store, device, created_at_us) VALUES (1, ?, ?, ?, ?)",
            (header.tenant, header.store, header.device, at_us),
        )
    elif found != header:
        raise NeedsHuman(
            (
                f"The ledger belongs to {found.tenant}/{found.store}/{found.device}, but the configuration "
                f"has {header.tenant}/{header.store}/{header.device}."
            ),
            "Correct [store] in config.toml, or set another data folder.",
        )


def read_head(db: Connection) -> Head:
    found = db.execute("SELECT epoch, seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    if found:
        return Head(*found)
    header = read_header(db)
    if header is None:
        raise NeedsHuman("The ledger has no header.", "Run `edge check`.")
    return Head(0, 0, origin(header.tenant, header.store, header.device))


def read_last_trusted(db: Connection) -> tuple[ClockReading | None, str | None]:
    """Newest trusted clock reading and newest business date, for `clock.ClockValidator`."""
    trusted = db.execute(
        "SELECT at_us, mono_us, boot_id FROM journal WHERE clock = 'ok' ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    date = db.execute("SELECT business_date FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return (ClockReading(*trusted) if trusted else None, date[0] if date else None)


def epochs_begun(db: Connection) -> list[tuple[int, int, bytes]]:
    """Each epoch with its first row and the preceding hash, oldest first."""
    found: list[tuple[int, int, bytes]] = db.execute(_EPOCHS).fetchall()
    return found


def read_rows(db: Connection, from_seq: int, limit: int, max_bytes: int = 2**62) -> list[Row]:
    """Return up to `limit` rows from `from_seq`, stopping after the row that exceeds `max_bytes` in total. Returns
    fewer where archived rows end.

    Raises `NeedsHuman` if they are archived and the file can't be read.
    """
    rows, size = [], 0
    for values in db.execute(_READ, (from_seq, limit)):
        row = _row(values)
        rows.append(row)
        size += len(row.body)
        if size > max_bytes:
            break
    if rows and rows[0].seq == from_seq and rows[-1].seq - from_seq == len(rows) - 1:
        return rows
    return read_archived(db, from_seq, limit) or rows


def read_rows_at(db: Connection, seqs: Iterable[int]) -> list[Row]:
    """Return the rows with these numbers, in order, leaving out archived ones."""
    wanted = msgspec.json.encode(list(seqs)).decode()
    return [_row(values) for values in db.execute(_READ_AT, (wanted,))]


def _row(values: tuple[object, ...]) -> Row:
    row = Row(*values)  # type: ignore[arg-type]
    if not isinstance(row.body, bytes):  # only in a damaged file, which SQLite reads as if it were intact
        raise DatabaseError(f"row #{row.seq} has no body")
    return row


def read_rows_of(db: Connection, types: Iterable[str], from_seq: int, span: int, limit: int) -> tuple[list[Row], int]:
    """Return up to `limit` rows of these types among the next `span` rows from `from_seq`, and the row where reading
    stopped."""
    if from_seq <= archived_through(db):
        return _read_archived_of(db, set(types), from_seq, span, limit)
    names = msgspec.json.encode(list(types)).decode()
    # Read the end first, so that rows committed meanwhile aren't skipped.
    (last,) = db.execute("SELECT max(seq) FROM journal").fetchone()
    rows = [Row(*values) for values in db.execute(_READ_TYPES, (from_seq, span, names, limit))]
    if len(rows) == limit:
        return rows, rows[-1].seq
    return rows, min(from_seq + span - 1, max(last or 0, rows[-1].seq if rows else 0))


def _read_archived_of(db: Connection, types: set[str], from_seq: int, span: int, limit: int) -> tuple[list[Row], int]:
    """Read rows of these types (`read_rows_of`) from one frame of the archive."""
    page = read_archived(db, from_seq, span)
    rows = [row for row in page if row.type in types][:limit]
    return rows, rows[-1].seq if len(rows) == limit else page[-1].seq


def find_hash(db: Connection, command_id: bytes) -> bytes | None:
    """Return the hash of a command that was executed before, otherwise None; usually a single lookup."""
    if not db.execute(_KNOWN, (command_id,)).fetchone()[0]:
        return None
    rows = find_command(db, command_id)
    remembered = None if rows else db.execute(_REMEMBERED, (command_id,)).fetchone()
    return rows[0].command_hash if rows else remembered[0] if remembered else None


def find_command(db: Connection, command_id: bytes) -> list[Row]:
    """Rows written by a command, in order; empty if there are none."""
    rows = {row.seq: row for row in read_archived_command(db, command_id)}
    rows |= {row.seq: row for row in (Row(*values) for values in db.execute(_FIND, (command_id,)))}
    return [rows[seq] for seq in sorted(rows)]


def facts(db: Connection, registry: Registry, from_seq: int = 1, through: int | None = None) -> Iterator[RecordedEvent]:
    """Yield all events from `from_seq` up to `through`, reading page by page. Raises `LookupError` for an unknown
    event."""
    while rows := read_rows(db, from_seq, REBUILD_ROWS):
        for row in rows:
            if through is not None and row.seq > through:
                return
            yield fact_of(registry, row)
        from_seq = rows[-1].seq + 1


def facts_of_types(
    db: Connection, registry: Registry, types: Iterable[str], first: int, through: int, said: bytes = b""
) -> Iterator[RecordedEvent]:
    """Yield events of these types from row `first` to row `through`, reading page by page. If `said` is given, only
    events whose JSON contains it are decoded."""
    names = tuple(types)
    while first <= through:
        rows, looked = read_rows_of(db, names, first, min(FOLLOW_SPAN, through - first + 1), REBUILD_ROWS)
        yield from (fact_of(registry, row) for row in rows if row.seq <= through and said in row.body)
        if looked < first:
            return
        first = looked + 1


def fact_of(registry: Registry, row: Row) -> RecordedEvent:
    """Decode a row's event and upgrade it to the current version."""
    event = registry.decode(row.type, row.version, row.body)
    return RecordedEvent(
        row.epoch,
        row.seq,
        row.command_id,
        row.register,
        row.actor,
        row.surface,
        row.business_date,
        row.at_us,
        event,
        row.clock,
    )


def read_fact(db: Connection, registry: Registry, seq: int) -> RecordedEvent:
    """Return the event at a row of the journal. The row must exist; it may be archived."""
    return fact_of(registry, read_rows(db, seq, 1)[0])


def check_chain(db: Connection, from_seq: int = 1, through: int | None = None) -> Iterator[tuple[int, str]]:
    """Yield faults of the chain from row `from_seq` to `through` (None: its end) as (seq, sentence). Continues after a
    fault."""
    previous = read_head_before(db, from_seq)
    limit = REBUILD_ROWS
    while through is None or from_seq <= through:
        if through is not None:
            limit = min(limit, through - from_seq + 1)
        try:
            rows = read_rows(db, from_seq, limit)
        except DatabaseError as error:
            if limit == 1:
                yield from_seq, f"row #{from_seq} and later rows can't be read: {error}"
                return
            limit = 1  # one of these is unreadable: find it row by row
            continue
        if not rows:
            return
        for row in rows:
            yield from _faults(row, previous)
            previous = Head(row.epoch, row.seq, row.hash)
        from_seq = max(from_seq, rows[-1].seq) + 1  # in a damaged file, numbers may run backwards


def valid_rows(db: Connection) -> Iterator[list[Row]]:
    """Yield the readable part of the journal with a valid chain, page by page from its first row."""
    previous, limit = read_head_before(db, 1), REBUILD_ROWS
    while True:
        try:
            rows = read_rows(db, previous.seq + 1, limit)
        except (DatabaseError, NeedsHuman):
            if limit == 1:
                return
            limit = 1  # one of these is unreadable: read those before it one by one
            continue
        sound = []
        for row in rows:
            if next(_faults(row, previous), None):
                break
            sound.append(row)
            previous = Head(row.epoch, row.seq, row.hash)
        if sound:
            yield sound
        if not rows or len(sound) < len(rows):
            return


def read_head_before(db: Connection, seq: int) -> Head:
    """End of the journal just before row `seq`."""
    # Look it up by number: in a damaged file it may be the last readable row.
    if found := db.execute("SELECT epoch, seq, hash FROM journal WHERE seq = ?", (seq - 1,)).fetchone():
        return Head(*found)
    if segment := ends_at(db, seq - 1):
        return Head(segment.epoch, segment.last, bytes.fromhex(segment.hash))
    if archived := read_archived(db, seq - 1, 1):
        return Head(archived[0].epoch, archived[0].seq, archived[0].hash)
    found = db.execute(
        "SELECT epoch, seq, hash FROM journal WHERE seq < ? ORDER BY seq DESC LIMIT 1", (seq,)
    ).fetchone()
    if found:
        return Head(*found)
    header = read_header(db)
    names = (header.tenant, header.store, header.device) if header else ()
    # In a damaged file a name may not be text; treat that like a missing header.
    return Head(0, 0, origin(*names) if names and all(isinstance(name, str) for name in names) else b"")


def _faults(row: Row, previous: Head) -> Iterator[tuple[int, str]]:
    if row.seq != previous.seq + 1:
        yield row.seq, f"rows #{previous.seq + 1} to #{row.seq - 1} are missing"
    if row.prev != previous.hash:
        yield row.seq, f"row #{row.seq} doesn't continue row #{previous.seq}: one of them was changed"
    if _hash_of(row) != row.hash:
        yield row.seq, f"row #{row.seq} ({row.type}) was changed after it was written"
    if row.epoch != previous.epoch and row.type != EpochStarted.__name__:
        yield row.seq, f"row #{row.seq} is in epoch {row.epoch}, which was never started"


def _hash_of(row: Row) -> bytes | None:
    """Return the hash of a row; None if damage has left a value of the wrong type."""
    try:
        return hash_of(row)
    except (TypeError, ValueError, AttributeError, OverflowError, struct.error):
        return None
