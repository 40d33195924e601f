"""A sealed file is put in its place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from edge.keeping.backups import places, sealed
from edge.keeping.backups.sealed import Label


def written(source: BinaryIO, place: Path, label: Label, secret: bytes) -> Label:
    """Seal `source` into `place`, then read it from the disk again; only then it has its name."""
    part, target = place / f"{label.name}.part", place / label.name
    with places.explained(place):
        for old in (*place.glob(f"{label.store}-{label.device}-*.part"), part):
            old.unlink(missing_ok=True)
        try:
            with part.open("wb") as file:
                label = sealed.seal(source, file, label, secret)
                file.flush()
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            for _ in sealed.opened(part, secret):
                pass
            part.replace(target)
            sync_folder(place)
        except BaseException:
            _remove(part)
            raise
    return label


def sync_folder(folder: Path) -> None:
    """Make names in `folder` durable (fsync(2): a file's does not cover its folder)."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _remove(part: Path) -> None:
    """What was begun; on a disk that is gone it stays until the next backup."""
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return
