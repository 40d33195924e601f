"""The leader's side of a commit: its pages go to the follower before they can be read here."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import Protocol

from edge.backoffice.twin.copy.data_files import DataFiles
from edge.backoffice.twin.copy.marks import write_mark
from edge.backoffice.twin.copy.shipment_body import ShippedBody, pack
from edge.backoffice.twin.copy.wal_reader import WalReader
from edge.core.storage.database import Connection, open_writer
from twin.records import Mark, mark_after

UNMARKED = "unmarked"
"""File in the folder `twin` that marks a commit which the next shipment must include."""
SALT_BYTES = 16


class Committer(Protocol):
    """Ships commits to the follower."""

    @property
    def last(self) -> Mark: ...

    @property
    def term(self) -> int: ...

    def ship(self, mark: Mark, body: bytes) -> bool:
        """Send a commit; False if this box no longer leads."""
        ...

    def wait(self, mark: Mark) -> bool:
        """Block until the commit may be released; False if it never may."""
        ...

    def broke(self, why: str) -> None:
        """Called when a shipped commit failed here; this box can no longer lead."""
        ...


class ShippingGate:
    """A `Gate` (edge/core/storage/commit_gate.py). A commit without a mark (of a migration or a disk probe) is shipped
    with the next marked one, as it was never acknowledged."""

    def __init__(self, folder: Path, committer: Committer) -> None:
        self._twin, self._committer = folder / "twin", committer
        self._files = DataFiles(folder)
        self._reader: WalReader | None = None
        self._mark: Mark | None = None
        self._pages: dict[int, bytes] = {}
        self._under_way: Mark | None = None
        self._is_over = self._took_along = False

    def begin(self, ledger: Path) -> None:
        """Start from an empty WAL. In an existing one, only SQLite's checksums would show where it continues."""
        with closing(open_writer(ledger)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._reader = WalReader(ledger.with_name(f"{ledger.name}-wal"))

    def mark(self, db: Connection) -> None:
        last = self._committer.last
        self._mark = mark_after(last, self._committer.term, os.urandom(SALT_BYTES))
        write_mark(db, self._mark)

    def unmark(self) -> None:
        self._mark = None

    def ships(self, wal: Path) -> bool:
        if self._is_over or self._reader is None:
            return False
        found = self._reader.next_commit()
        if found is None:
            return True
        size, pages = found
        if not self._pages and self._mark is None:
            (self._twin / UNMARKED).touch()
        was_empty = not self._pages
        self._pages.update(pages)
        if self._mark is None:
            return True
        body = pack(ShippedBody(size, self._pages, self._files.changes()))
        if not self._committer.ship(self._mark, body):
            self._is_over = True  # its frames stay in the WAL, where they could be mistaken for another commit's
            return False
        self._under_way, self._took_along = self._mark, not was_empty
        return True

    def passes(self, is_synced: bool) -> bool:
        mark, self._under_way = self._under_way, None
        if mark is None:
            return True
        if not is_synced:
            self._committer.broke("the disk did not sync what the other box has")
        if not is_synced or not self._committer.wait(mark):
            self._is_over = True
            return False
        self._pages = {}
        if self._took_along:
            (self._twin / UNMARKED).unlink(missing_ok=True)
        return True

    @property
    def reader(self) -> WalReader | None:
        return self._reader
