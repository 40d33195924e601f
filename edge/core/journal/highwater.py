"""A small file with the journal's length, used to detect lost rows.

The hash chain reveals changes but not missing rows at its end. These can be lost by a faulty disk, a deleted WAL, or an
old copy of the ledger. The mark is written now and then without fsync, so it may lag behind the journal but is never
ahead of the durable rows.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog

from edge.core.journal.rows import Head, read_head, read_rows
from edge.core.limits import MARK_BYTES, MARK_EVERY_S
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection

_log = structlog.get_logger(__name__)

NAME = "ledger.highwater"


class Mark(msgspec.Struct, frozen=True):
    """A row that the journal contained: its number, hash (hexadecimal) and time."""

    seq: int
    hash: str
    at_us: int

    @property
    def day(self) -> str:
        return day(self.at_us)


def day(at_us: int) -> str:
    """Format a row's time for people."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%d %H:%M UTC")


class Marker:
    """Saves the journal's position, at most every MARK_EVERY_S."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._put: Mark | None = None
        self._looked_s = 0.0

    def look(self, db: Connection, now_s: float) -> None:
        """Save the position if it is due by the monotonic clock and the journal has grown."""
        if now_s - self._looked_s < MARK_EVERY_S:
            return
        self._looked_s = now_s
        mark = mark_of(db)
        if mark is None or mark == self._put:
            return
        try:
            write(self._folder, mark)
            self._put = mark
        except OSError as error:
            _log.warning("the journal's position couldn't be saved; retrying", why=str(error))


def mark_of(db: Connection) -> Mark | None:
    """Return the journal's last row; None if it is empty."""
    head: Head = read_head(db)
    rows = read_rows(db, head.seq, 1) if head.seq else []
    return Mark(rows[0].seq, rows[0].hash.hex(), rows[0].at_us) if rows else None


def write(folder: Path, mark: Mark) -> None:
    """Save the mark. Raises `OSError`."""
    write_whole(folder / NAME, encode(mark), durable=False)


def encode(mark: Mark) -> bytes:
    """Contents of the file."""
    return msgspec.json.encode(mark)


def remove(folder: Path) -> None:
    """Remove the mark after a known loss, so that it isn't reported again."""
    (folder / NAME).unlink(missing_ok=True)


def read(folder: Path) -> Mark | None:
    """Return the mark, or None if it is missing or unreadable; without one, losses go undetected and sales continue."""
    try:
        with (folder / NAME).open("rb") as file:
            return msgspec.json.decode(file.read(MARK_BYTES), type=Mark)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("the journal's saved position can't be read", file=str(folder / NAME), why=str(error))
        return None


def missing(db: Connection, mark: Mark) -> str | None:
    """Describe what is missing from the journal; None if it still has the marked row."""
    last = mark_of(db)
    if last is None or last.seq < mark.seq:
        ends = f"ends at #{last.seq} from {last.day}" if last else "is empty"
        return f"it {ends}, but had already reached #{mark.seq} on {mark.day}: later entries are missing"
    rows = read_rows(db, mark.seq, 1)
    if rows and rows[0].seq == mark.seq and rows[0].hash.hex() != mark.hash:
        return f"its row #{mark.seq} differs from {mark.day}: it was replaced by an older copy"
    return None
