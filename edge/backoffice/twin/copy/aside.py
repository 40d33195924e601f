"""Divergent rows at the end of an old leader's journal: stored as files and never used for sales.

If a follower overtook the former leader, these rows were never acknowledged. If the box continued during a manual
promotion, they may be receipts given to customers. Those are quarantined, in a folder on both boxes, until a manager
imports or discards them.

    twin/aside/before.part    the end of the journal, before another ledger replaces this one
    twin/aside/N.jsonl        rows that were never acknowledged
    twin/aside/N.papers       rows that may be receipts; N.given: the leader has them
    quarantined/N.jsonl       the same, at the leader, and so on both boxes; N.decided: a manager decided on all
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import msgspec
import structlog

from edge.backoffice.twin.limits import ASIDE_ROWS, HANDBACK_RETRY_MS
from edge.core.journal.rows import EpochStarted, read_head, read_rows
from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.core.storage.database import Connection, DatabaseError, open_reader
from edge.lib.errors import EdgeError
from sync.wire import Row

_log = structlog.get_logger(__name__)

FOLDER, QUARANTINE = "aside", "quarantined"
BEFORE, LEFT, PAPERS, GIVEN, DECIDED = "before.part", ".jsonl", ".papers", ".given", ".decided"
PAGE = 1_000
_NAME = re.compile(r"\d{1,20}-\d{1,20}")
_EPOCH = "SELECT body FROM journal WHERE type = 'EpochStarted' AND seq >= ? ORDER BY seq LIMIT 1"


def keep_end(twin: Path, ledger: Path) -> None:
    """Save a ledger's last rows before another ledger replaces it; none if it's empty or unreadable. They're durable on
    return, so an interrupted replacement can continue."""
    place = twin / FOLDER
    if not ledger.exists() or (place / BEFORE).exists():
        return
    try:
        with closing(open_reader(ledger)) as db:
            rows = _lines(_end(db))
    except (DatabaseError, EdgeError, LookupError):
        return
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(place / BEFORE, rows)
    sync_folder(place)


def keep_what_lacks(twin: Path, ledger: Path) -> int:
    """Set aside the saved rows missing from `ledger`, which replaced the old one. Returns how many; durable
    on return."""
    place = twin / FOLDER
    if not (place / BEFORE).exists():
        return 0
    lacking: list[Row] = []
    with closing(open_reader(ledger)) as db:
        kept, first = read_file(place / BEFORE), 0
        while page := list(islice(kept, PAGE)):
            first = first or page[0].seq
            there = {row.hash for row in read_rows(db, page[0].seq, PAGE)}
            lacking += [row for row in page if row.hash not in there]
        if lacking:
            end = PAPERS if _was_promoted(db, lacking[0].seq) else LEFT
            write_whole(place / f"{lacking[0].epoch}-{lacking[0].seq}{end}", _lines(lacking))
            if lacking[0].seq == first > 1:
                _log.warning("this box may have sold more than was set aside", rows=len(lacking))
    (place / BEFORE).unlink()
    sync_folder(place)
    return len(lacking)


def count(twin: Path) -> int:
    """The number of facts set aside here and not delivered to another box."""
    files = (path for path in (twin / FOLDER).glob("*-*") if path.suffix in (LEFT, PAPERS))
    return sum(path.read_bytes().count(b"\n") for path in files)


def take(folder: Path, name: str, content: bytes) -> bool:
    """Quarantine another box's rows; returns whether they're stored. Raises `OSError` if the disk fails."""
    if not _NAME.fullmatch(name):
        return False
    place = folder / QUARANTINE
    place.mkdir(mode=0o700, exist_ok=True)
    if not any((place / f"{name}{end}").exists() for end in (LEFT, DECIDED)):
        write_whole(place / f"{name}{LEFT}", content)
        sync_folder(place)
    return True


def read_file(path: Path) -> Iterator[Row]:
    """The rows of a file."""
    with path.open("rb") as file:
        for line in file:
            yield msgspec.json.decode(line, type=Row)


class AsideCourier:
    """Delivers rows that were set aside here to the leader. `give(leader, name, content)` sends them on the link."""

    def __init__(self, folder: Path, me: str, give: Callable[[str, str, bytes], None]) -> None:
        self._folder, self._place, self._me, self._give = folder, folder / "twin" / FOLDER, me, give
        self._given_ms = -HANDBACK_RETRY_MS

    def look(self, leader: str, now_ms: int) -> None:
        """Send the first unacknowledged file, at intervals."""
        if not leader or now_ms - self._given_ms < HANDBACK_RETRY_MS:
            return
        self._given_ms = now_ms
        path = next(iter(sorted(self._place.glob(f"*{PAPERS}"))), None)
        if path is None:
            return
        if leader != self._me:
            self._give(leader, path.stem, path.read_bytes())
        elif take(self._folder, path.stem, path.read_bytes()):
            self.mark_given(path.stem)

    def mark_given(self, name: str) -> None:
        """Record that the leader has the file."""
        path = self._place / f"{name}{PAPERS}"
        if _NAME.fullmatch(name) and path.exists():
            path.rename(path.with_suffix(GIVEN))
            sync_folder(self._place)


class Quarantine:
    """The leader's quarantine folder. It's read again when a file appears or disappears."""

    def __init__(self, folder: Path) -> None:
        self._place = folder / QUARANTINE
        self._known: tuple[str, ...] = ()
        self._rows: list[Row] = []

    def rows(self) -> list[Row]:
        """All rows, in order of file names."""
        paths = self._paths()
        names = tuple(path.name for path in paths)
        if names != self._known:
            self._rows = [row for path in paths for row in read_file(path)]
            self._known = names
        return self._rows

    def close(self) -> None:
        """Stop reading the files but keep them, as everything was decided."""
        for path in self._paths():
            path.rename(path.with_suffix(DECIDED))
        if self._known:
            sync_folder(self._place)

    def _paths(self) -> list[Path]:
        return sorted(self._place.glob(f"*{LEFT}"))


def _end(db: Connection) -> Iterator[Row]:
    last = read_head(db).seq
    for first in range(max(1, last - ASIDE_ROWS + 1), last + 1, PAGE):
        yield from read_rows(db, first, PAGE)


def _lines(rows: Sequence[Row] | Iterator[Row]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _was_promoted(db: Connection, seq: int) -> bool:
    """Whether a person promoted the other box at row `seq`, where the histories diverge."""
    row = db.execute(_EPOCH, (seq,)).fetchone()
    return row is not None and msgspec.json.decode(row[0], type=EpochStarted).reason == "promoted"
