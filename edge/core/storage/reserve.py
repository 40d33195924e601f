"""Disk space reserved next to the ledger, so that a shop opens on a full disk and can report it.

To open a ledger, SQLite creates the index of its WAL (`-shm`, 32 KiB, sqlite.org/walformat.html), which a clean stop
had removed. On a disk without a free block, that fails, and the appliance couldn't report anything.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from edge.core.limits import PROBE_BYTES, RESERVE_BYTES
from edge.core.storage.permissions import ROOM_BYTES, give_to_account

NAME = "ledger.reserve"


def keep(folder: Path) -> bool:
    """Reserve the space if missing and possible. Returns whether it is reserved."""
    path = folder / NAME
    if path.exists():
        return True
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        return False
    try:
        give_to_account(folder, fd)
        os.posix_fallocate(fd, 0, RESERVE_BYTES)
    except OSError:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(fd)
    return True


def spend_if_full(folder: Path) -> None:
    """Release the space if the disk is full: the ledger is about to be opened."""
    if _free(folder) < ROOM_BYTES:
        with suppress(OSError):  # read-only: opening the ledger reports it
            (folder / NAME).unlink(missing_ok=True)


def is_short(folder: Path) -> bool:
    """Whether the disk has less space than a writer needs to count as writable."""
    return _free(folder) < PROBE_BYTES


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free
