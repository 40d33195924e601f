"""How far the journal once was, in a small file beside it: so that facts which are gone are missed.

The chain shows what was changed, but not that its end was cut off: by a disk that forgot what it had promised, a
WAL that was deleted, or an old copy put in the ledger's place. The mark is written now and then beside the hot path
and never synced, so it may lag behind the journal, but is never ahead of what was durable.
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
    """A row that the journal had: its number, its hash (hexadecimal) and its time."""

    seq: int
    hash: str
    at_us: int

    @property
    def day(self) -> str:
        return day(self.at_us)


def day(at_us: int) -> str:
    """A row's time, for people."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y-%m-%d %H:%M UTC")


class Marker:
    """Puts down how far the journal is, at most every MARK_EVERY_S."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._put: Mark | None = None
        self._looked_s = 0.0

    def look(self, db: Connection, now_s: float) -> None:
        """Put it down if it is time, by the monotonic clock, and the journal has grown."""
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
    """The journal's last row; None while there is none."""
    head: Head = read_head(db)
    rows = read_rows(db, head.seq, 1) if head.seq else []
    return Mark(rows[0].seq, rows[0].hash.hex(), rows[0].at_us) if rows else None


def write(folder: Path, mark: Mark) -> None:
    """Put the mark down. `OSError`: the disk does not take it."""
    write_whole(folder / NAME, encode(mark), durable=False)


def encode(mark: Mark) -> bytes:
    """What is in the file."""
    return msgspec.json.encode(mark)


def remove(folder: Path) -> None:
    """What is gone is known to be gone: nothing is missed any more."""
    (folder / NAME).unlink(missing_ok=True)


def read(folder: Path) -> Mark | None:
    """The mark, or None where there is none that can be read: without one nothing is missed, and selling goes on."""
    try:
        with (folder / NAME).open("rb") as file:
            return msgspec.json.decode(file.read(MARK_BYTES), type=Mark)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("the journal's saved position can't be read", file=str(folder / NAME), why=str(error))
        return None


def missing(db: Connection, mark: Mark) -> str | None:
    """What is missing of the journal, in a sentence; None when it still has the row of the mark."""
    last = mark_of(db)
    if last is None or last.seq < mark.seq:
        ends = f"ends at #{last.seq} of {last.day}" if last else "is empty"
        return f"it {ends}, and it was at #{mark.seq} of {mark.day} already: the facts behind are gone"
    rows = read_rows(db, mark.seq, 1)
    if rows and rows[0].seq == mark.seq and rows[0].hash.hex() != mark.hash:
        return f"its row #{mark.seq} is another than it was on {mark.day}: an older copy was put in its place"
    return None
