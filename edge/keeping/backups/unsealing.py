"""A backup opened into a folder of its own: the ledger in it, its archive, and what was enclosed."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.errors import NeedsHuman
from edge.core.journal import archive, checkpoint
from edge.keeping.backups import enclosed, places, sealed
from edge.keeping.backups.backup import SUFFIX
from edge.keeping.backups.enclosed import Enclosed
from edge.keeping.backups.sealed import Label
from edge.keeping.workplace import workplace


class Unsealed(msgspec.Struct, frozen=True):
    """What a backup says of itself, and what came with its ledger."""

    label: Label
    beside: Enclosed


def unseal(path: Path, secret: bytes, folder: Path) -> Unsealed:
    """Write what is in a backup into the empty `folder`: `ledger.db` and `archive/`. `Damaged`, `WrongKey`,
    `PlaceFault`."""
    with places.explained(path.parent):
        label = sealed.read_label(path)
    places.room(folder, label.bytes + places.spare(label.bytes))
    with places.explained(folder), (folder / "ledger.db").open("wb") as target:
        for plain in sealed.opened(path, secret):
            target.write(plain)
    for name in label.archives:
        _unseal_archive(path.parent / archive.FOLDER / (name + SUFFIX), secret, folder / archive.FOLDER / name)
    with places.explained(folder):
        found = enclosed.take_out(folder / "ledger.db")
        if found.word:
            (folder / archive.FOLDER / checkpoint.FILE).write_bytes(found.word)
    return Unsealed(label, found)


def configuration(path: Path, secret: bytes, folder: Path) -> bytes:
    """The configuration that is in a backup, opened in `folder` for as long as this takes. `NeedsHuman`: none is."""
    with workplace(folder, "restore") as place:
        found = unseal(path, secret, place).beside.settings
    if not found:
        raise NeedsHuman(f"{path.name} has no configuration in it.", "Write config.toml anew, and name it: --config")
    return found


def _unseal_archive(path: Path, secret: bytes, target: Path) -> None:
    if not path.exists():
        raise sealed.Damaged(path.name, "it is not there; it must lie in the folder archive beside the backup")
    with places.explained(target.parent):
        target.parent.mkdir(exist_ok=True, mode=0o700)
        with target.open("wb") as file:
            for plain in sealed.opened(path, secret):
                file.write(plain)
