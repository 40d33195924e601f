"""Product pictures next to the backups: each is encrypted once, under the hash of its content.

    pictures/KEY/BACKUP.edgebackup    which pictures the shop had when that backup was made
    pictures/KEY/ab/ab....edgebackup  one picture

KEY identifies the recovery code that opens them, so boxes may share a folder. A backup is complete without pictures:
they are encrypted after it, leave room for the next backup, and are restored after the ledger.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import structlog

from edge.core.secrets import keys
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import open_reader
from edge.goods.catalog.queries import picture_names
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import encrypted_file, snapshot
from edge.operations.maintenance.backups.backup import SUFFIX, FoundBackup, list_backups
from edge.operations.maintenance.backups.verified_write import write_verified
from edge.runtime.backup_state import destinations, status
from edge.runtime.backup_state.limits import PICTURE_BYTES, PICTURES_MOST, ROOM_FOR_BACKUPS, SPARE_BYTES
from edge.runtime.config import Config

FOLDER = "pictures"
_log = structlog.get_logger(__name__)


class Picture(msgspec.Struct, frozen=True, array_like=True):
    """A file in the shop's picture folder: its name, and the SHA-256 of its content."""

    name: str
    sha256: str


class KeptPicture(msgspec.Struct, frozen=True):
    """The number of pictures in a backup, and how many were newly encrypted."""

    all: int
    new: int


class Brought(msgspec.Struct, frozen=True):
    """The number of restored pictures, and of those still `lacking`, with `why` these weren't restored."""

    put: int
    lacking: int
    why: str = ""


def keep(config: Config, found: FoundBackup) -> KeptPicture:
    """Encrypt missing product pictures next to the backup `found`, and delete those that no backup has. Raises
    `NeedsHuman`, displayed to the manager, if some are still missing; the next backup adds them."""
    secret = keys.stored_or_made(config.folder)
    folder = _folder(found.path, keys.key_id(secret))
    here = list(_here(config))
    new = 0
    try:
        _drop(folder, {one.path.name for one in list_backups(found.path.parent, config.header)}, here, secret)
        if here:
            list_of = msgspec.json.encode(here)
            _seal(config, found, found.path.name, list_of, hashlib.sha256(list_of).hexdigest(), folder, secret)
        with destinations.explaining_disk(folder):
            there = {path.name for path in folder.glob(f"??/*{SUFFIX}")}
        for picture in here:
            if picture.sha256 + SUFFIX not in there and (body := _read(config, picture)):
                there.add(picture.sha256 + SUFFIX)
                inside = folder / picture.sha256[:2]
                _seal(config, found, picture.sha256 + SUFFIX, body, picture.sha256, inside, secret)
                new += 1
    except NeedsHuman as error:
        why: dict[str, str | int] = {"why": error.what}
        what = f"The ledger is backed up, but some product images aren't: {error.what}"
        fault = status.BackupFault(what, "The next backup brings the rest.", "backup.pictures", why)
        with destinations.explaining_disk(config.folder):
            status.note(config.folder, fault=fault)
        raise NeedsHuman(fault.what, fault.advice, fault.key, fault.values) from error
    with destinations.explaining_disk(config.folder):
        status.note(config.folder, pictures=len(here))
    return KeptPicture(len(here), new)


def faults(path: Path, secret: bytes) -> tuple[str, ...]:
    """Return faults of the pictures of the backup at `path`. Damaged pictures are deleted, so that the next backup
    encrypts them again."""
    folder = _folder(path, keys.key_id(secret))
    if not (folder / path.name).exists():
        return ()  # it has no pictures, or predates this feature
    pictures, bad = _list(folder / path.name, secret), 0
    for picture in pictures:
        one = _sealed_path(folder, picture)
        try:
            for _ in encrypted_file.read_sealed_pieces(one, secret):
                pass
        except FileNotFoundError:
            bad += 1
        except encrypted_file.Damaged:
            bad += 1
            one.unlink(missing_ok=True)
    return (f"{bad} of {len(pictures)} product images in it are missing or damaged",) if bad else ()


def put_back(config: Config, path: Path, secret: bytes) -> Brought:
    """Restore this ledger's product pictures from those next to the backup at `path`, unless they exist. The shop may
    be selling meanwhile."""
    folder = _folder(path, keys.key_id(secret))
    known = _backup_pictures(folder, path.name, secret)
    with closing(open_reader(config.ledger)) as db:
        wanted = [name for name in sorted(picture_names(db)) if not (config.pictures / name).exists()]
    put, why = 0, ""
    for name in wanted:
        if name in known:
            try:
                config.pictures.mkdir(exist_ok=True, mode=0o700)
                body = b"".join(encrypted_file.read_sealed_pieces(_sealed_path(folder, known[name]), secret))
                destinations.room(config.pictures, len(body) + SPARE_BYTES)
                write_whole(config.pictures / name, body)
                put += 1
            except (OSError, NeedsHuman) as error:
                why = str(error)
    return Brought(put, len(wanted) - put, why)


def _folder(backup: Path, key: str) -> Path:
    return backup.parent / FOLDER / key


def _sealed_path(folder: Path, picture: Picture) -> Path:
    """The path, in subfolders, as some disks limit the files per folder."""
    return folder / picture.sha256[:2] / (picture.sha256 + SUFFIX)


def _here(config: Config) -> Iterator[Picture]:
    with closing(open_reader(config.ledger)) as db:
        names = sorted(picture_names(db))[:PICTURES_MOST]
    for name in names:
        path = config.pictures / name
        try:
            if path.is_file() and path.stat().st_size <= PICTURE_BYTES:
                yield Picture(name, snapshot.size_and_hash(path)[1])
        except OSError as error:
            _log.warning("an image can't be read and isn't in any backup", name=name, why=str(error))


def _read(config: Config, picture: Picture) -> bytes | None:
    """Return a picture's content; None if it was changed or removed meanwhile."""
    try:
        body = (config.pictures / picture.name).read_bytes()
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest() == picture.sha256 else None


def _seal(config: Config, found: FoundBackup, name: str, body: bytes, digest: str, folder: Path, secret: bytes) -> None:
    """Encrypt a picture, leaving room for further backups, which have priority."""
    with destinations.explaining_disk(folder.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        need = ROOM_FOR_BACKUPS * found.path.stat().st_size + len(body)
    destinations.room(folder, need)
    label = msgspec.structs.replace(
        found.label, kind="picture", name=name, bytes=len(body), sha256=digest, archives=(), key="", salt=""
    )
    write_verified(io.BytesIO(body), folder, label, secret, config.backup.recipients)


def _drop(folder: Path, backups: set[str], here: Iterable[Picture], secret: bytes) -> None:
    """Delete the lists of deleted backups, then pictures neither listed nor `here`."""
    with destinations.explaining_disk(folder):
        lists = list(folder.glob(f"*{SUFFIX}"))
        for path in lists:
            if path.name not in backups:
                path.unlink(missing_ok=True)
        try:
            kept = [picture for path in lists if path.name in backups for picture in _list(path, secret)]
        except encrypted_file.Damaged as error:
            _log.warning("no image is removed from the backup folder", why=error.what)
            return
        named = {picture.sha256 + SUFFIX for picture in (*kept, *here)}
        for path in folder.glob("??/*"):
            if path.name not in named:
                path.unlink(missing_ok=True)


def _backup_pictures(folder: Path, backup: str, secret: bytes) -> dict[str, Picture]:
    """Return pictures by name: the backup's own, otherwise those of other backups, newest first."""
    labels = {path: encrypted_file.read_label(path) for path in folder.glob(f"*{SUFFIX}")}
    known: dict[str, Picture] = {}
    for path in sorted(labels, key=lambda path: (path.name == backup, labels[path].made_at_us)):
        try:
            known |= {picture.name: picture for picture in _list(path, secret)}
        except encrypted_file.Damaged as error:
            _log.warning("a list of images is skipped", why=error.what)
    return known


def _list(path: Path, secret: bytes) -> list[Picture]:
    return msgspec.json.decode(b"".join(encrypted_file.read_sealed_pieces(path, secret)), type=list[Picture])
