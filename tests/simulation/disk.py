"""The appliance's disk: real SQLite files that fill up, fail, are copied, or are cut off during a commit.

A kill leaves the files as they are. A power cut during a commit or a checkpoint leaves any mixture of old and new
sectors of the file being written. Synced data stays: a disk must promise at least that.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pysqlite3

from edge.core.storage.database import Connection, open_writer
from tests.simulation.process import Crashed, Process

SECTOR = 512
LOST = 4096
"""Sector size of larger disks, in bytes. Such a disk may lose this much of a file at once, even if it was synced."""
WAL_HEAD = 32
"""Bytes of a WAL's header (sqlite.org/fileformat2.html#walformat). `sqlite3WalFrames` syncs the header: ticket
ff5be73dee.
"""
WAL_FRAME = 24 + 4096
ENDS_BEHIND = 4
"""Number of commits that must end after a lost sector. With fewer, the loss can't be noticed (docs/disks.md)."""
FULL = 2
"""Value of `PRAGMA synchronous` with which each commit waits for the disk."""
ROOMY_PAGES = 1_000_000
Open = Callable[[Path], Connection]


class Disk:
    """A data folder. `failing`: the probability (0 to 1) that a writing statement fails."""

    def __init__(self, root: Path, chance: Random) -> None:
        self.root = root
        self.folder = root / "data"
        self.chance = chance
        self.failing = 0.0
        self.room_pages: int | None = None
        self._open: list[Any] = []
        self._live: Any = None
        self._synced = b""
        self._torn: tuple[Path, bytes] | None = None

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.db"

    @property
    def wal(self) -> Path:
        return self.folder / "ledger.db-wal"

    @property
    def faulty(self) -> bool:
        return self.failing > 0 or self.room_pages is not None

    def open_writer(self, path: Path, process: Process) -> SimConnection:
        """Open a ledger for writing; replaces `database.open_writer`."""
        real = self.keep(open_writer(path))
        if path == self.ledger:
            self._live = real
            self._limit()
            self._synced = _read(self.wal)
        return SimConnection(real, process, self, path)

    def keep(self, connection: Connection) -> Connection:
        """Register a connection to be closed when the process is gone."""
        self._open.append(connection)
        return connection

    def fill(self, room_pages: int) -> None:
        """Limit the ledger to `room_pages` more pages."""
        self.room_pages = room_pages
        self._limit()

    def make_room(self) -> None:
        self.room_pages = None
        self._limit()

    def _limit(self) -> None:
        if self._live is not None:
            pages = self._live.execute("PRAGMA page_count").fetchone()[0]
            limit = ROOMY_PAGES if self.room_pages is None else pages + self.room_pages
            self._live.execute(f"PRAGMA max_page_count = {limit}")

    def tear(self, file: Path, work: Callable[[], object]) -> None:
        """Do `work`, which writes to `file`, with a power cut in the middle of it."""
        old = _read(file)
        work()
        new = _read(file)
        # a restarted WAL: its header is synced before any frame
        if file == self.wal and old[:WAL_HEAD] != new[:WAL_HEAD]:
            old = new[:WAL_HEAD] + old[WAL_HEAD:]
        self._torn = file, _mixed(old, new, self.chance)

    def power_fails(self) -> None:
        """Cut the power. Commits that didn't wait for the disk may be lost: any mixture of what was written since the
        last sync.
        """
        if self._live is not None and self._live.execute("PRAGMA synchronous").fetchone()[0] < FULL:
            self._torn = self.wal, _mixed(self._synced, _read(self.wal), self.chance)

    def loses_a_sector(self) -> bool:
        """Overwrite a synced sector with zeros, as a disk may do during a power cut. Several commits end after it.

        Returns False if the WAL is too short for that, or if no event would be left.
        """
        db = pysqlite3.connect(self.ledger)
        _, frames, _ = db.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
        db.close()
        wal = _read(self.wal)
        starts = (WAL_HEAD + number * WAL_FRAME for number in range(frames))
        ends = [at for at in starts if any(wal[at + 4 : at + 8])]
        last = (ends[-ENDS_BEHIND] if len(ends) >= ENDS_BEHIND else 0) // LOST - 1
        if last < 1:
            return False
        at = self.chance.randint(1, last) * LOST
        torn = wal[:at] + bytes(LOST) + wal[at + LOST :]
        self._torn = (self.wal, torn) if _facts(_read(self.ledger), torn, self.root) else None
        return self._torn is not None

    def abandon(self) -> None:
        """Leave the files as the next process finds them: as they are now, or torn by a power cut."""
        found = {file: _read(file) for file in (self.ledger, self.wal)}
        if self._torn:
            found |= dict([self._torn])
        self.close()
        for file in self.folder.glob("ledger.db*"):
            file.unlink()
        for file, content in found.items():
            if content:
                file.write_bytes(content)

    def close(self) -> None:
        for connection in self._open:
            connection.close()
        self._open.clear()
        self._live = self._torn = None

    def checkpoint(self) -> None:
        """Run a checkpoint, as the checkpointer next to the writer does."""
        db = pysqlite3.connect(self.ledger)
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        db.close()
        self._synced = _read(self.wal)

    def backup(self, target: Path) -> None:
        """Copy the ledger online, in its current state."""
        source, copy = pysqlite3.connect(self.ledger), pysqlite3.connect(target)
        source.backup(copy)
        copy.close()
        source.close()

    def replace(self, folder: Path) -> None:
        """Replace this data folder with another one."""
        shutil.rmtree(self.folder)
        folder.rename(self.folder)


class SimConnection:
    """The writer's connection. Each writing statement passes two points, and may fail like on a broken disk."""

    def __init__(self, real: Connection, process: Process, disk: Disk, path: Path) -> None:
        self._wal = path.with_name(f"{path.name}-wal")
        self._real = real
        self._process = process
        self._disk = disk
        self._names: dict[str, str] = {}

    def execute(self, sql: str, values: Sequence[object] = ()) -> Any:
        return self._do(sql, lambda: self._real.execute(sql, values))

    def executemany(self, sql: str, values: Any) -> Any:
        return self._do(sql, lambda: self._real.executemany(sql, values))

    def executescript(self, sql: str) -> Any:
        self._process.point("before script")
        return self._between("script", lambda: self._real.executescript(sql))

    def close(self) -> None:
        self._live()
        self._real.close()

    def __getattr__(self, name: str) -> Any:
        self._live()
        return getattr(self._real, name)

    def _do(self, sql: str, work: Callable[[], Any]) -> Any:
        name = self._names.get(sql)
        if name is None:
            name = self._names[sql] = _name(sql)
        if not name:
            self._live()
            return work()
        self._process.point(f"before {name}")
        if self._disk.failing and self._disk.chance.random() < self._disk.failing:
            self._fail(name)
        return self._between(name, work)

    def _between(self, name: str, work: Callable[[], Any]) -> Any:
        """Do the work; if it commits, there may be a power cut in the middle of it."""
        during = f"during {name}"
        if name in ("COMMIT", "script") and self._process.due(during):
            self._disk.tear(self._wal, work)
            self._process.kill(during)
            raise Crashed(during)
        found = work()
        self._process.point(f"after {name}")
        return found

    def _live(self) -> None:
        if not self._process.alive:
            raise Crashed("the connection of a dead process")

    def _fail(self, name: str) -> None:
        """Fail like SQLite on a broken disk: with or without its own ROLLBACK, before or after the write."""
        chance = self._disk.chance
        if name == "COMMIT" and chance.random() < 0.5:
            self._real.execute("COMMIT")
        elif self._real.in_transaction and chance.random() < 0.5:
            self._real.execute("ROLLBACK")
        error = pysqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC" if name == "COMMIT" else "SQLITE_IOERR_WRITE"
        raise error


def _name(sql: str) -> str:
    """A statement's name, such as `INSERT journal` or `COMMIT`; "" if it writes nothing."""
    words = sql.replace("(", " ").split()
    verb = words[0].upper()
    match verb:
        case "INSERT":
            return f"INSERT {words[words.index('INTO') + 1]}"
        case "UPDATE":
            return f"UPDATE {words[1]}"
        case "DELETE":
            return f"DELETE {words[2]}"
        case "COMMIT":
            return verb
    return ""


def _facts(ledger: bytes, wal: bytes, root: Path) -> int:
    """Return the number of events that SQLite would find in these files; 0 if they are damaged elsewhere too."""
    folder = root / "looked-at"
    folder.mkdir()
    (folder / "ledger.db").write_bytes(ledger)
    (folder / "ledger.db-wal").write_bytes(wal)
    db = pysqlite3.connect(folder / "ledger.db")
    try:
        sound = db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return int(db.execute("SELECT count(*) FROM journal").fetchone()[0]) if sound else 0
    except pysqlite3.DatabaseError:  # the table is damaged too
        return 0
    finally:
        db.close()
        shutil.rmtree(folder)


def _read(file: Path) -> bytes:
    return file.read_bytes() if file.exists() else b""


def _mixed(old: bytes, new: bytes, chance: Random) -> bytes:
    """Mix two versions of a file: some sectors are new, in no particular order, and the others are still old."""
    size = chance.choice([len(old), len(new)])
    longest = max(len(old), len(new))
    old, new = old.ljust(longest, b"\0"), new.ljust(longest, b"\0")
    reached = chance.random()
    sectors = [(new if chance.random() < reached else old)[at : at + SECTOR] for at in range(0, longest, SECTOR)]
    return b"".join(sectors)[:size]
