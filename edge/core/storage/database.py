"""Opens the ledger: one writing connection, any number of readers, one process.

Use SQLite only through `pysqlite3`, because two copies of SQLite in a process break each other's file locks
(sqlite.org, "How To Corrupt An SQLite Database File", 2.2.1). Every connection loads `sqlite-vec`, because the schema
has tables of its type.
"""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3

from edge.core.storage.commit_gate import Gate, gate_address
from edge.core.storage.permissions import explain_not_writable, give_to_account
from edge.lib.errors import NeedsHuman
from edge.lib.i18n.sort_key import sort_key

Connection = Any
"""A `pysqlite3.Connection` (the package has no types)."""

ConnectionClass: type[Any] = pysqlite3.Connection
DatabaseError = pysqlite3.DatabaseError

blob = bytearray
"""Wraps bytes for a statement. pysqlite3 first offers `bytes`, None and bool to adapters (`_need_adapt` in its
statement.c), at a microsecond each; this avoids it for thousands of rows."""

PRIVATE = 0o600
"""Permissions of database files: only the owner can read them."""

BEHIND = "behind"
"""Schema name of the second database of `read_behind`."""

APPLICATION_ID = 0x65646765
"""`edge` in ASCII, by which file(1) and this software recognise the file (sqlite.org, pragma application_id)."""

_SHARED = """
    PRAGMA busy_timeout = 5000;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16384;
"""

OVERWRITE_ROWS = "PRAGMA secure_delete = FAST;"
"""Overwrites deleted content with zeros when its page is written anyway (sqlite.org, pragma secure_delete), so that
replaced PIN hashes, codes and tokens don't stay in the file. It costs no extra write. Freed pages are overwritten only
when people are forgotten (`people.forgetting.overwriting`)."""

_WRITER = f"""
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0;
    {OVERWRITE_ROWS}
"""


def open_writer(path: Path | str, gate: Gate | None = None) -> Connection:
    """Open the writing connection. A commit returns once it is durable, and readers see it only after `gate`, if given,
    releases it.

    Raises `NeedsHuman` if the file can't be opened for writing, isn't a database, or belongs to another application; it
    is left unchanged.
    """
    _create_private_file(Path(path))
    try:
        db = _connect(f"file:{quote(str(path))}?mode=rwc{gate_address(Path(path), gate) if gate else ''}")
        check_ours(db, path)
        db.executescript(_WRITER)
    except DatabaseError as error:
        raise explain_not_writable(Path(path), error) from error
    return db


def open_reader(
    path: Path | str, cut_off: bool = False, behind: Path | None = None, kind: type[Any] = ConnectionClass
) -> Connection:
    """Open a read-only connection, of class `kind`, that never blocks the writer. `cut_off`: read what remains of a
    file that is shorter than its header says, which SQLite otherwise refuses (btree.c, lockBtree). `behind`: as in
    `read_behind`."""
    db = _connect(f"file:{quote(str(path))}?mode=ro", "PRAGMA writable_schema = ON;" if cut_off else "", kind)
    if behind:
        read_behind(db, behind)
    db.execute("PRAGMA query_only = ON")
    return db


def read_behind(db: Connection, behind: Path, name: str = BEHIND) -> None:
    """Attach another database read-only for tables that this one lacks. SQLite looks unqualified names up in attached
    databases last (sqlite.org, lang_naming)."""
    db.execute(f"ATTACH ? AS {name}", (f"file:{quote(str(behind))}?mode=ro",))


def path_of(db: Connection) -> Path:
    """The file of a connection."""
    return Path(next(file for _, name, file in db.execute("PRAGMA database_list") if name == "main"))


def open_scratch(path: Path | str = ":memory:") -> Connection:
    """Open a private scratch database for a rebuild: fast, not crash-safe."""
    if path != ":memory:":
        _create_private_file(Path(path))
    db = _connect(f"file:{quote(str(path))}?mode=rwc" if path != ":memory:" else "file::memory:")
    db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF;")
    return db


def check_ours(db: Connection, path: Path | str) -> None:
    """Raise `NeedsHuman` if the database belongs to another application. An empty one is accepted."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    empty = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if application != APPLICATION_ID and not (application == 0 and empty):
        db.close()
        raise NeedsHuman(
            f"{path} is a database, but not an edge ledger.",
            "Set another data folder. If it was a ledger, its first page is damaged: restore a backup.",
        )


def _create_private_file(path: Path) -> None:
    """Create the file privately, or restrict an existing one; SQLite would create it world-readable.

    The WAL copies the file's mode (os_unix.c, findCreateFileMode). An existing file isn't opened, because closing it
    would drop this process's locks on it (fcntl_locking(2)).
    """
    with suppress(OSError):  # SQLite runs into the same error, and it is explained then
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
            give_to_account(path.parent, fd)
            os.close(fd)
        except FileExistsError:
            for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                if file.exists() and stat.S_IMODE(file.stat().st_mode) & ~PRIVATE:
                    file.chmod(PRIVATE)


def _connect(uri: str, first: str = "", kind: type[Any] = ConnectionClass) -> Connection:
    ways = {"isolation_level": None, "check_same_thread": False, "cached_statements": 512}
    db = pysqlite3.connect(uri, uri=True, factory=kind, **ways)
    try:
        db.executescript(first + _SHARED)
    except UnicodeDecodeError as error:  # SQLite's message quotes the damaged schema and may not be UTF-8
        db.close()
        raise DatabaseError(f"malformed database schema ({error})") from error
    db.enable_load_extension(True)
    db.load_extension(_vectors())
    db.enable_load_extension(False)
    db.create_function("sort_key", 1, sort_key, deterministic=True)
    return db


@cache
def _vectors() -> str:
    """Path of the extension `sqlite-vec`. Its Python module isn't imported because it loads numpy, which is slow."""
    found = find_spec("sqlite_vec")
    if found is None or found.origin is None:
        raise NeedsHuman("The extension sqlite-vec isn't installed.", "Run the setup again.")
    return str(Path(found.origin).with_name("vec0"))


class ProcessLock:
    """`edge.lock` (flock(2)), held by the one process that may write in a data folder."""

    def __init__(self, folder: Path, name: str = "edge.lock") -> None:
        self.path = folder / name
        self._fd: int | None = None

    def take(self) -> bool:
        """Acquire the lock; False if another process holds it. Raises `OSError`, naming the file, if it can't be
        created or opened."""
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE)
        give_to_account(self.path.parent, fd)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        said = f"{os.getpid()}\n".encode()
        with suppress(OSError):  # a full disk: the lock works even if its owner can't be recorded
            os.pwrite(fd, said, 0)  # overwrites the old text, so needs no new block
            os.ftruncate(fd, len(said))
        return True

    def is_held(self) -> bool:
        """Whether a process holds the lock. Creates no file; an inaccessible file counts as free."""
        try:
            fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        return False

    def require(self) -> None:
        """Acquire the lock or raise `NeedsHuman`, naming its holder."""
        if not self.take():
            pid = self.path.read_text().strip() or "unknown"
            raise NeedsHuman(
                f"Another edge process (pid {pid}) has the ledger in {self.path.parent} open.",
                "Stop it first, or use another data folder.",
            )

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
