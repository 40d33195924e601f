"""`edge journal archive`: move old rows that the hub has from the ledger to files.

This takes two steps. `make` only reads the ledger and writes files, with a checkpoint that names them. Then the process
that has the ledger open adopts them: `enter` records a file, and `take_out` deletes its rows, a few per turn.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.core.journal import archive, archive_manifest
from edge.core.journal.archive import Segment
from edge.core.journal.archive_manifest import Checkpoint
from edge.core.journal.rows import Head, read_head, read_head_before, read_header, read_rows
from edge.core.journal.shadow_rebuild import build, keep
from edge.core.limits import (
    ARCHIVE_DELETE_ROWS,
    ARCHIVE_FORGET_ROWS,
    ARCHIVE_FRAME_ROWS,
    ARCHIVE_LIVE_ROWS,
    ARCHIVE_REMEMBERED_ROWS,
    ARCHIVE_ROWS,
    ARCHIVE_TURN_S,
)
from edge.core.secrets import keys
from edge.core.storage.database import Connection, open_reader
from edge.core.storage.scratch_dir import workplace
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import build_registry
from edge.runtime.backup_state.schedule import DAY_US
from edge.runtime.config import Config
from sync.wire import Row, hash_of

_YOUNG = "SELECT seq FROM journal WHERE seq > ? AND at_us >= ? ORDER BY seq LIMIT 1"
_OUT = """
    SELECT seq FROM journal AS old
    WHERE seq <= ?
      AND type <> 'EpochStarted'
      AND NOT EXISTS (SELECT 1 FROM journal AS next WHERE next.seq = old.seq + 1 AND next.type = 'EpochStarted')
    ORDER BY seq LIMIT ?
"""
_REMEMBER = """
    INSERT INTO archived_command (first_seq, last_seq, command_id)
    SELECT min(seq), max(seq), command_id FROM journal WHERE seq BETWEEN ? AND ? GROUP BY command_id
    ON CONFLICT (command_id) DO UPDATE SET last_seq = excluded.last_seq
"""
_FORGET = """
    DELETE FROM archived_command WHERE first_seq IN (
        SELECT first_seq FROM archived_command WHERE first_seq <= ? ORDER BY first_seq LIMIT ?
    )
"""


def goes_through(db: Connection, now_us: int, days: int) -> int:
    """Return the last row that may be archived: stored at the hub, old enough, and not among the newest."""
    done = archive.archived_through(db)
    young = db.execute(_YOUNG, (done, now_us - days * DAY_US)).fetchone()
    head = read_head(db).seq
    return int(min(_hub_position(db), head - ARCHIVE_LIVE_ROWS, young[0] - 1 if young else head))


def _hub_position(db: Connection) -> int:
    """The last row of this journal that the hub has, checked by its hash."""
    found = db.execute("SELECT through, hash FROM sync_position").fetchone()
    rows = read_rows(db, found[0], 1) if found else []
    return int(found[0]) if rows and rows[0].seq == found[0] and rows[0].hash == found[1] else 0


def worth_it(db: Connection, now_us: int, days: int) -> bool:
    """Whether there are enough rows to archive for a file."""
    return goes_through(db, now_us, days) - archive.archived_through(db) >= ARCHIVE_ROWS


def make(config: Config, now_us: int, rows: int = ARCHIVE_ROWS) -> list[Segment]:
    """Write rows to archive into files of this many rows each, followed by a checkpoint; return the new files.

    Raises `NeedsHuman` if the ledger or the existing archive is damaged. In that case no checkpoint names the new
    files.
    """
    db = open_reader(config.ledger)
    try:
        key = _key(config, db)
        folder = archive.folder_of(db)
        known = waiting(db)
        at = max([archive.archived_through(db), *(segment.last for segment in known)])
        through = goes_through(db, now_us, config.backup.archive_after_days)
        made = []
        while through - at >= rows:
            made.append(_write_segment(db, folder, at + 1, at + rows))
            at += rows
        if made:
            _sign(config, db, key, (*archive.segments(db), *known, *made), now_us)
        return made
    finally:
        db.close()


def waiting(db: Connection) -> list[Segment]:
    """Return files in the newest checkpoint that haven't been adopted yet."""
    found = archive_manifest.read(archive.folder_of(db), archive_manifest.trusted_key(db))
    if found is None or found.header != read_header(db):
        return []
    done = archive.archived_through(db)
    rows = read_rows(db, found.seq, 1)
    if not rows or rows[0].hash.hex() != found.hash:
        return []  # from an abandoned history
    return [segment for segment in found.segments if segment.first > done]


def enter(db: Connection, segment: Segment) -> None:
    """Record a file, so that its rows may be deleted. Call it on the writer."""
    db.execute(
        "INSERT INTO archive (name, first_seq, last_seq, epoch, hash, bytes, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)",
        msgspec.structs.astuple(segment),
    )


def take_out(db: Connection, now_s: Callable[[], float] = time.monotonic) -> bool:
    """Delete archived rows for one writer turn, recording the people they concern. Returns True if there are more. Call
    it on the writer."""
    ends_s = now_s() + ARCHIVE_TURN_S
    while _take_out_some(db):
        if now_s() >= ends_s:
            return True
    return False


def _take_out_some(db: Connection) -> bool:
    through = archive.archived_through(db)
    db.execute(_FORGET, (through - ARCHIVE_REMEMBERED_ROWS, ARCHIVE_FORGET_ROWS))
    seqs = [seq for (seq,) in db.execute(_OUT, (through, ARCHIVE_DELETE_ROWS))]
    if seqs:
        db.execute(_REMEMBER, (seqs[0], seqs[-1]))
        db.executemany("DELETE FROM journal WHERE seq = ?", [(seq,) for seq in seqs])
    return len(seqs) == ARCHIVE_DELETE_ROWS


def _write_segment(db: Connection, folder: Path, first: int, last: int) -> Segment:
    """Write a file, then read it back and compare it with the ledger."""
    segment = archive.write(folder, _pages(db, first, last))
    at = first
    for page in archive.read_all(folder / segment.name):
        if page != read_rows(db, at, len(page)):
            raise NeedsHuman(f"The archive {segment.name} doesn't match what was written.", "Check the disk.")
        at += len(page)
    if at != last + 1 or (fault := archive.file_fault(folder, segment)):
        raise NeedsHuman(f"The archive {segment.name} is incomplete: {fault}.", "Check the disk.")
    return segment


def _pages(db: Connection, first: int, last: int) -> Iterator[list[Row]]:
    """Rows of the ledger in frames, while their chain is intact."""
    head: Head = read_head_before(db, first)
    for at in range(first, last + 1, ARCHIVE_FRAME_ROWS):
        rows = read_rows(db, at, min(ARCHIVE_FRAME_ROWS, last - at + 1))
        for row in rows:
            if row.seq != head.seq + 1 or row.prev != head.hash or hash_of(row) != row.hash:
                raise NeedsHuman(f"Row #{row.seq} is damaged, so nothing is archived.", "Run `edge verify`.")
            head = Head(row.epoch, row.seq, row.hash)
        yield rows


def _sign(config: Config, db: Connection, key: Ed25519PrivateKey, segments: tuple[Segment, ...], now_us: int) -> None:
    """Build the tables as of the last file's end, starting from the previous checkpoint, and sign everything."""
    registry, folder = build_registry(config), archive.folder_of(db)
    exact = [projector for projector in registry.projectors if projector.exact]
    last = segments[-1]
    with workplace(config.folder, "rehearse") as place:
        before = archive_manifest.open_base(db, place / "before.db")
        beside = build(place / "base.db", db, registry, exact, before, last.last)
        keep(beside, db, exact, last.last)
        beside.execute("VACUUM")
        beside.close()
        base, digest = archive_manifest.pack_base(place / "base.db", folder, last.last)
    (row,) = read_rows(db, last.last, 1)
    word = Checkpoint(config.header, row.epoch, last.last, last.hash, now_us, segments, base, digest)
    archive_manifest.write(folder, word, key)


def _key(config: Config, db: Connection) -> Ed25519PrivateKey:
    """Return the signing key of this ledger. Raises `NeedsHuman` if the recovery code isn't the one it started with."""
    key = keys.signing_key(keys.stored_or_made(config.folder))
    if archive_manifest.trusted_key(db) not in ("", archive_manifest.public(key)):
        raise NeedsHuman(
            f"The recovery code in {config.folder} doesn't match this ledger's archive.",
            (
                f"Put the printed code into {config.folder / keys.FILE}. If it is lost, stop the "
                "shop and start over with this one: edge restore --as-is"
            ),
        )
    return key


def pin(config: Config, db: Connection) -> None:
    """Record the archive's signing key in the ledger, unless there is one. Call it on the writer."""
    key = keys.signing_key(keys.stored_or_made(config.folder))
    db.execute("INSERT OR IGNORE INTO checkpoint_key (one, key) VALUES (1, ?)", (archive_manifest.public(key),))
