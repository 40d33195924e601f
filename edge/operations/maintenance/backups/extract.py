"""Open a backup in a separate folder: its ledger, archive, and included files."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.journal import archive, archive_manifest
from edge.core.storage.scratch_dir import workplace
from edge.lib.errors import NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.operations.maintenance.backups import attachments, encrypted_file
from edge.operations.maintenance.backups.attachments import Enclosed
from edge.operations.maintenance.backups.backup import SUFFIX
from edge.operations.maintenance.backups.encrypted_file import BackupLabel
from edge.runtime.backup_state import destinations
from edge.runtime.backup_state.destinations import PlaceFault


class Unsealed(msgspec.Struct, frozen=True):
    """A backup's label, and the files included with its ledger."""

    label: BackupLabel
    beside: Enclosed


def unseal(path: Path, secret: bytes, folder: Path) -> Unsealed:
    """Extract a backup to the empty `folder`: `ledger.db` and `archive/`. Raises `Damaged`, `WrongKey` or
    `PlaceFault`."""
    with destinations.explaining_disk(path.parent):
        label = encrypted_file.read_label(path)
    try:
        destinations.room(folder, label.bytes + destinations.spare(label.bytes))
    except PlaceFault as fault:
        raise worded_error(PlaceFault, "backup.restore_full", mb=fault.values["mb"]) from fault
    with destinations.explaining_disk(folder), (folder / "ledger.db").open("wb") as target:
        for plain in encrypted_file.read_sealed_pieces(path, secret):
            target.write(plain)
    for name in label.archives:
        _unseal_archive(path.parent / archive.FOLDER / (name + SUFFIX), secret, folder / archive.FOLDER / name)
    with destinations.explaining_disk(folder):
        found = attachments.take_out(folder / "ledger.db")
        if found.word:
            (folder / archive.FOLDER / archive_manifest.FILE).write_bytes(found.word)
    return Unsealed(label, found)


def configuration(path: Path, secret: bytes, folder: Path) -> bytes:
    """Return the configuration in a backup, extracted temporarily to `folder`. Raises `NeedsHuman` if there is none."""
    with workplace(folder, "restore") as place:
        found = unseal(path, secret, place).beside.settings
    if not found:
        raise NeedsHuman(
            f"{path.name} contains no configuration.", "Write a new config.toml, and set its path: --config"
        )
    return found


def _unseal_archive(path: Path, secret: bytes, target: Path) -> None:
    if not path.exists():
        raise encrypted_file.Damaged(path.name, "it is missing; it must be in the folder “archive” next to the backup")
    with destinations.explaining_disk(target.parent):
        target.parent.mkdir(exist_ok=True, mode=0o700)
        with target.open("wb") as file:
            for plain in encrypted_file.read_sealed_pieces(path, secret):
                file.write(plain)
