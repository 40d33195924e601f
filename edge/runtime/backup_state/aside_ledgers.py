"""Ledgers that a restore replaced, each in its own folder in the data folder, until they are deleted."""

from __future__ import annotations

import re
import shutil
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from edge.core.journal.rows import Header, read_head, read_header, read_rows
from edge.core.storage.atomic_write import sync_folder
from edge.core.storage.database import DatabaseError, open_reader
from edge.lib.errors import NeedsHuman
from edge.runtime.backup_state import waiting_rows

_NAME = re.compile(r"aside-(\d{1,12})")
_DELETING = "deleting-"
DAY_US = 86_400_000_000


class AsideLedger(msgspec.Struct, frozen=True):
    """A replaced ledger: its folder's name, when it was replaced, and its size in bytes with its archive.

    `entries`, `last_us`: its last entry (0: it can't be read). `waits`: a restore left out entries that weren't
    added again or written off. `written_off`: entries are only here, and someone has written them off. Times are UTC
    microseconds.
    """

    folder: str
    replaced_us: int
    size_bytes: int
    entries: int = 0
    last_us: int = 0
    waits: bool = False
    written_off: bool = False

    @property
    def facts(self) -> tuple[str, int, int, int, int, bool]:
        """The facts of its deletion (`AsideLedgerDeleted`)."""
        return self.folder, self.replaced_us, self.entries, self.last_us, self.size_bytes, self.written_off

    def age_days(self, now_us: int) -> int:
        return max(0, (now_us - self.replaced_us) // DAY_US)


def list_all(folder: Path, header: Header) -> list[AsideLedger]:
    """List the replaced ledgers in the data folder `folder`, newest first. Reads the disk."""
    waiting = {one.folder for one in waiting_rows.load(folder)}
    written_off = {one.folder for one in waiting_rows.load_written_off(folder)}
    found = []
    for path in folder.iterdir():
        if (named := _NAME.fullmatch(path.name)) and path.is_dir():
            entries, last_us = _last_entry(path / "ledger.db", header)
            facts = (path.name, int(named[1]) * 1_000_000, _size(path), entries, last_us)
            found.append(AsideLedger(*facts, path.name in waiting, path.name in written_off))
    return sorted(found, key=lambda one: one.replaced_us, reverse=True)


def _last_entry(ledger: Path, header: Header) -> tuple[int, int]:
    """Number and time of the last entry of one of this shop's ledgers, otherwise zeros."""
    with suppress(DatabaseError, NeedsHuman), closing(open_reader(ledger, cut_off=True)) as db:
        if read_header(db) == header:
            seq = read_head(db).seq
            return seq, read_rows(db, seq, 1)[0].at_us if seq else 0
    return 0, 0


def _size(path: Path) -> int:
    return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())


def is_due(one: AsideLedger, now_us: int, days: int) -> bool:
    """Whether to delete a ledger automatically after `days` (0: never): only if every entry in it was restored."""
    return bool(days and one.entries) and not one.waits and not one.written_off and one.age_days(now_us) >= days


def delete(folder: Path, name: str) -> None:
    """Delete a replaced ledger. Interrupted by a power cut, `sweep` completes it. Raises `OSError`."""
    (folder / name).replace(folder / f"{_DELETING}{name}")
    sync_folder(folder)
    waiting_rows.forget(folder, name)
    sweep(folder)


def sweep(folder: Path) -> None:
    """Complete interrupted deletions."""
    for path in folder.glob(f"{_DELETING}aside-*"):
        shutil.rmtree(path, ignore_errors=True)
