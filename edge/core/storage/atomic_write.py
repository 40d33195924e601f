"""A small file, written whole or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from edge.core.storage.permissions import made_for, require_own_way


def write_whole(path: Path, body: bytes, durable: bool = True) -> None:
    """Put `body` at `path`, for its owner alone: whoever looks finds all of it, or what was there before.

    `durable`: so it is also after a power cut (fsync(2)). One writer of a path at a time. `OSError`: the disk does not
    take it, and nothing has changed.
    """
    require_own_way(path.parent)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            made_for(path.parent, file.fileno())
            file.write(body)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def write_once(path: Path, body: bytes) -> bool:
    """Put `body` at `path`, durably and for its owner alone, unless something is there: of several writers at a time,
    in this process or others, one does it and is told True. `OSError`: the disk does not take it."""
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
    """Make names in `folder` durable (fsync(2): a file's does not cover its folder)."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
