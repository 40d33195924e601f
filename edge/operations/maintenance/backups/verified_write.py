"""Write an encrypted file and verify it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from edge.core.storage.atomic_write import sync_folder
from edge.operations.maintenance.backups import encrypted_file
from edge.operations.maintenance.backups.encrypted_file import BackupLabel
from edge.runtime.backup_state import destinations


def write_verified(
    source: BinaryIO, place: Path, label: BackupLabel, secret: bytes, recipients: Sequence[str] = ()
) -> BackupLabel:
    """Encrypt `source` to `place`, also for these recipients, read it back, and then give it its name."""
    part, target = place / f"{label.name}.part", place / label.name
    with destinations.explaining_disk(place):
        for old in (*place.glob(f"{label.store}-{label.device}-*.part"), part):
            old.unlink(missing_ok=True)
        try:
            with part.open("wb") as file:
                label = encrypted_file.seal(source, file, label, secret, recipients)
                file.flush()
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            for _ in encrypted_file.read_sealed_pieces(part, secret):
                pass
            part.replace(target)
            sync_folder(place)
        except BaseException:
            _remove(part)
            raise
    return label


def _remove(part: Path) -> None:
    """Delete a partial file. On an unreachable disk, it remains until the next backup."""
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return
