"""The lock of the folder `past`: its files are built by one process or thread at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.core.storage.database import PRIVATE
from edge.core.storage.permissions import give_to_account

FILE = "lock"


@contextmanager
def build_lock(folder: Path, wait: bool = True) -> Iterator[bool]:
    """Hold the lock (flock(2)), which ends with the process; yield whether it is held. With `wait` False, continue
    without the lock if another process holds it. Don't use it on the event loop, or nested: it would deadlock."""
    fd = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE)
    try:
        give_to_account(folder, fd)
        yield _is_taken(fd, wait)
    finally:
        os.close(fd)


def _is_taken(fd: int, wait: bool) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
