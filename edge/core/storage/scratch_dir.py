"""Temporary folders in the data folder for tasks that need the space of a whole ledger: backups, backup tests,
restores, upgrade tests, rebuilt tables. On many systems /tmp is memory, and has no room for them.

Each is locked by its process (flock(2)), and the lock ends with the process. The next task recognises folders left by a
power cut or crash by the missing lock, and deletes them.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from edge.core.storage.database import Connection, path_of

Kind = Literal["backup", "drill", "restore", "rehearse", "rebuild"]
_NAME = re.compile(r"(backup|drill|restore|rehearse|rebuild)-[a-z0-9_]{8}")
"""Names that only `tempfile` creates."""


@contextmanager
def workplace(folder: Path, kind: Kind) -> Iterator[Path]:
    """A temporary folder in the data folder `folder`. Raises `OSError`."""
    with _lock_folder(folder):  # so that a new one isn't mistaken for an abandoned one before it's locked
        for left in folder.iterdir():
            if _NAME.fullmatch(left.name) and left.is_dir():
                _remove(left)
        work = TemporaryDirectory(prefix=f"{kind}-", dir=folder)
        held = _open(Path(work.name))
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        with work:
            yield Path(work.name)
    finally:
        os.close(held)


@contextmanager
def workplace_beside(db: Connection) -> Iterator[Path]:
    """A temporary folder on the disk of the database `db`; the system's own if that can't be written to, or if the
    database is in memory."""
    folder = path_of(db).parent
    if not path_of(db).is_file() or not os.access(folder, os.W_OK):
        with TemporaryDirectory(prefix="edge-rebuild-") as name:
            yield Path(name)
    elif _NAME.fullmatch(folder.name):  # a workplace, which is locked and will be deleted as a whole
        with TemporaryDirectory(prefix="rebuild-", dir=folder) as name:
            yield Path(name)
    else:
        with workplace(folder, "rebuild") as place:
            yield place


def _remove(left: Path) -> None:
    fd = _open(left)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # in use
    else:
        shutil.rmtree(left, ignore_errors=True)  # a folder that can't be removed does no harm
    finally:
        os.close(fd)


@contextmanager
def _lock_folder(folder: Path) -> Iterator[None]:
    fd = _open(folder)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
