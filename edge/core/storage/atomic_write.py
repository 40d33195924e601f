"""Atomic writes of small files."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from edge.core.storage.permissions import give_to_account, require_own_way


def write_whole(path: Path, body: bytes, durable: bool = True) -> None:
    """Write `body` to `path`, readable only by its owner. Readers see either the old or the new content.

    `durable`: also across a power cut (fsync(2)). Only one writer may use a path at a time. Raises `OSError` without
    any change.
    """
    require_own_way(path.parent)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            give_to_account(path.parent, file.fileno())
            file.write(body)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def write_once(path: Path, body: bytes) -> bool:
    """Create `path` with `body`, durably and readable only by its owner, unless it exists. Only one of several
    concurrent writers gets True. Raises `OSError`."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    write_whole(part, body)
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make directory entries of `folder` durable (fsync(2) on a file doesn't)."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
