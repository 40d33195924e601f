"""`edge backup now`: write an encrypted copy of the ledger to the backup folder, and read it back."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge import __version__
from edge.core.journal import archive
from edge.core.journal.rows import Header
from edge.core.secrets import keys
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import open_reader
from edge.core.storage.scratch_dir import workplace
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import attachments, encrypted_file, people, snapshot
from edge.operations.maintenance.backups.encrypted_file import BackupLabel
from edge.operations.maintenance.backups.retention import backups_to_keep
from edge.operations.maintenance.backups.verified_write import write_verified
from edge.runtime.backup_state import destinations, status
from edge.runtime.backup_state.limits import FILES_SEEN
from edge.runtime.backup_state.limits import SUFFIX as SUFFIX
from edge.runtime.config import Config


class FoundBackup(msgspec.Struct, frozen=True):
    """A backup in its folder."""

    path: Path
    label: BackupLabel

    @property
    def order(self) -> tuple[int, int, int]:
        """The sort order: newest history first, then furthest row. It uses the content, because clocks may be wrong."""
        return (self.label.epoch, self.label.seq, self.label.made_at_us)


def place_of(config: Config) -> Path:
    """Return the configured backup folder. Raises `NeedsHuman` if there is none, or it is missing."""
    if not config.backup.folder and not config.backup.disk:
        raise NeedsHuman(
            "No backup folder is set.", "Set one: folder in section [backup] of config.toml.", "backup.no_place"
        )
    place = destinations.find(config.backup.folder, config.backup.disk)
    with destinations.explaining_disk(place):
        if not config.backup.disk:
            place.mkdir(exist_ok=True, mode=0o700)
        else:
            place.mkdir(exist_ok=True, parents=True, mode=0o700)
    if not config.backup.same_disk:
        destinations.other_disk(place, config.folder)
    return place


def list_backups(place: Path, header: Header) -> list[FoundBackup]:
    """Return this device's backups, newest first. Invalid files and those of other devices are skipped."""
    with destinations.explaining_disk(place):
        paths = sorted(place.glob(f"*{SUFFIX}"))[-FILES_SEEN:]
    return sorted(_ours(paths, header), key=lambda found: found.order, reverse=True)


def unreadable(place: Path) -> list[str]:
    """Return a sentence per backup file whose owner can't be determined."""
    found = []
    with destinations.explaining_disk(place):
        for path in sorted(place.glob(f"*{SUFFIX}"))[-FILES_SEEN:]:
            try:
                encrypted_file.read_label(path)
            except encrypted_file.Damaged as error:
                found.append(error.what)
    return found


def make(config: Config, now_us: int) -> FoundBackup:
    """Make a backup now, then delete older ones beyond the retention.

    Raises `NeedsHuman` with advice in every language, which is also displayed to the manager. In that case existing
    backups are unchanged.
    """
    try:
        with destinations.explaining_disk(config.folder):
            return _make(config, now_us)
    except NeedsHuman as error:
        with suppress(OSError):  # the requester of the backup reports it anyway
            status.note(config.folder, fault=status.BackupFault(error.what, error.advice, error.key, error.values))
        raise


def _make(config: Config, now_us: int) -> FoundBackup:
    began = time.monotonic()
    place, secret, header = place_of(config), keys.stored_or_made(config.folder), config.header
    if not config.ledger.exists():
        raise NeedsHuman(f"No ledger found at {config.ledger}.", "Start the shop once: edge run")
    with workplace(config.folder, "backup") as folder:
        plain = folder / "ledger.db"
        head, schema = snapshot.copy(config.ledger, plain)
        base = attachments.enclose(config, plain)
        size, digest = snapshot.size_and_hash(plain)
        name = f"{header.store}-{header.device}-{_stamp(now_us)}-{head.seq}{SUFFIX}"
        label = BackupLabel(
            kind="ledger",
            name=name,
            tenant=header.tenant,
            store=header.store,
            device=header.device,
            made_at_us=now_us,
            bytes=size,
            sha256=digest,
            epoch=head.epoch,
            seq=head.seq,
            hash=head.hash.hex(),
            schema=schema,
            app=__version__,
            archives=(*_archives(plain), *([base] if base else [])),
        )
        destinations.room(place, size // 4)
        _keep_archive(config, place, label, secret)
        _keep_identity(place, header, secret)
        people.keep(config, place, secret, now_us)  # first: it covers everyone in the backup who wasn't forgotten since
        with plain.open("rb") as source:
            found = FoundBackup(place / name, write_verified(source, place, label, secret, config.backup.recipients))
    _drop(list_backups(place, header), config.backup.keep_daily, config.backup.keep_weekly)
    _drop_bases(place, header)
    status.note(
        config.folder,
        backup_us=now_us,
        backup_name=name,
        backup_seq=head.seq,
        backup_bytes=found.path.stat().st_size,
        backup_s=round(time.monotonic() - began, 1),
        fault=None,
    )
    return found


def _archives(plain: Path) -> tuple[str, ...]:
    """The archive files referenced by a copied ledger."""
    db = open_reader(plain)
    try:
        return tuple(segment.name for segment in archive.segments(db))
    finally:
        db.close()


def _keep_archive(config: Config, place: Path, label: BackupLabel, secret: bytes) -> None:
    """Encrypt the archive files too, each once, because they never change."""
    target = place / archive.FOLDER
    for name in label.archives:
        if (target / (name + SUFFIX)).exists():
            continue
        with destinations.explaining_disk(target):
            target.mkdir(exist_ok=True, mode=0o700)
        source = config.folder / archive.FOLDER / name
        with destinations.explaining_disk(source.parent):
            size, digest = snapshot.size_and_hash(source)
        of_it = msgspec.structs.replace(
            label, kind="archive", name=name + SUFFIX, bytes=size, sha256=digest, archives=()
        )
        with source.open("rb") as file:
            write_verified(file, target, of_it, secret, config.backup.recipients)


def identity_name(header: Header, secret: bytes) -> str:
    """Return the name of the key file that opens backups with any age program (docs/open-a-backup.md). It identifies
    the recovery code."""
    return f"{header.store}-{header.device}-{keys.key_id(secret)}.agekey"


def _keep_identity(place: Path, header: Header, secret: bytes) -> None:
    """Write the key file next to the backups, once, because it is derived from the code and never changes."""
    path = place / identity_name(header, secret)
    with destinations.explaining_disk(place):
        if not path.exists():
            body = io.BytesIO()
            encrypted_file.write_identity(body, secret)
            write_whole(path, body.getvalue())


def make_way(config: Config, found: FoundBackup, name: str) -> bool:
    """Delete the damaged archive file `name` next to `found`, so that the next backup encrypts it again. Returns False
    if this box has no source for it, or it isn't part of that backup."""
    plain = name.removesuffix(SUFFIX)
    if plain not in found.label.archives or not (config.folder / archive.FOLDER / plain).exists():
        return False
    with destinations.explaining_disk(found.path.parent):
        (found.path.parent / archive.FOLDER / name).unlink(missing_ok=True)
    return True


def _drop(found: list[FoundBackup], daily: int, weekly: int) -> None:
    days = [datetime.fromtimestamp(one.label.made_at_us / 1e6, UTC).date() for one in found]
    keep = backups_to_keep(days, daily, weekly)
    for place, one in enumerate(found):
        if place not in keep:
            with destinations.explaining_disk(one.path.parent):
                one.path.unlink(missing_ok=True)


def _drop_bases(place: Path, header: Header) -> None:
    """Delete checkpoint tables that no backup references. The rows themselves aren't deleted."""
    named = {name + SUFFIX for one in list_backups(place, header) for name in one.label.archives}
    for one in _ours(sorted((place / archive.FOLDER).glob(f"base-*{SUFFIX}")), header):
        if one.path.name not in named:
            with destinations.explaining_disk(one.path.parent):
                one.path.unlink(missing_ok=True)


def _ours(paths: list[Path], header: Header) -> Iterator[FoundBackup]:
    for path in paths:
        try:
            label = encrypted_file.read_label(path)
        except encrypted_file.Damaged:
            continue
        if (label.tenant, label.store, label.device) == (header.tenant, header.store, header.device):
            yield FoundBackup(path, label)


def _stamp(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6, UTC).strftime("%Y%m%dT%H%M%SZ")
