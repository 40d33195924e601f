"""A backup opened into a folder of its own: the ledger in it, its archive, and what was enclosed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.journal import archive, archive_manifest
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import attachments, encrypted_file
from edge.operations.maintenance.backups.attachments import Enclosed
from edge.operations.maintenance.backups.backup import SUFFIX
from edge.operations.maintenance.backups.encrypted_file import BackupLabel
from edge.operations.maintenance.scratch_dir import workplace
from edge.runtime.backup_state import destinations


class Unsealed(msgspec.Struct, frozen=True):
    """What a backup says of itself, and what came with its ledger."""

    label: BackupLabel
    beside: Enclosed


def unseal(path: Path, secret: bytes, folder: Path) -> Unsealed:
    """Write what is in a backup into the empty `folder`: `ledger.db` and `archive/`. `Damaged`, `WrongKey`,
    `PlaceFault`."""
    with destinations.explaining_disk(path.parent):
        label = encrypted_file.read_label(path)
    destinations.room(folder, label.bytes + destinations.spare(label.bytes))
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
    """The configuration that is in a backup, opened in `folder` for as long as this takes. `NeedsHuman`: none is."""
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
