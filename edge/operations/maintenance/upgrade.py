"""`edge upgrade`: upgrade an older ledger to this version, optionally testing it on a copy first.

The slow step is to rebuild the tables of changed exact projectors from the whole journal. It runs while the shop is
still open with the previous version. Afterwards, only sales made meanwhile remain to be read.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from edge.backoffice.twin.copy.follower_files import copy_followed, does_follow
from edge.backoffice.twin.membership.members import is_there
from edge.core.clock import Clock
from edge.core.journal import archive
from edge.core.journal.projections import prepare, rebuild_stale, stale
from edge.core.journal.rows import Head
from edge.core.journal.verify import verify
from edge.core.storage.atomic_write import sync_folder
from edge.core.storage.database import Connection, ProcessLock, open_reader, open_scratch
from edge.core.storage.migrate import migrate, require_migratable, version
from edge.core.storage.scratch_dir import workplace
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import PREPARED, Ledger, build_registry
from edge.operations.maintenance.backups import backup, snapshot
from edge.runtime.backup_state import destinations
from edge.runtime.config import Config

BEFORE = "before-upgrade.db"
"""File in the data folder with the ledger before the last upgrade, if no backup folder is configured."""
TIMES_TRIED = 4
"""Free disk space to try an upgrade, in multiples of the ledger's size: its copy, that copy's WAL, and rebuilt tables
(`bench upgrade` measures it: 5 with a kept copy)."""


class Rehearsed(msgspec.Struct, frozen=True):
    """The result of upgrading a copy, with its duration (seconds). `does_follow`: another box leads."""

    seq: int
    from_schema: int
    to_schema: int
    files: tuple[str, ...]
    tables: tuple[str, ...]
    faults: tuple[str, ...]
    migrate_s: float
    rebuild_s: float
    verify_s: float
    does_follow: bool = False


class Upgraded(msgspec.Struct, frozen=True):
    """The result of an upgrade.

    `kept`: the copy of the old ledger (None: the leading box has all data). `done`: whether the ledger was upgraded. It
    is only prepared if the shop is running, or if this is a standby box, which upgrades when it leads.
    """

    kept: Path | None
    done: bool
    seconds: float


def rehearse(config: Config) -> Rehearsed:
    """Upgrade a copy, verify it, and discard it. The ledger is unchanged, and the shop may be selling."""
    _require_room(config, TIMES_TRIED)
    return _try_on_copy(config, keeps_tables=False)


def prepare_upgrade(config: Config, clock: Clock) -> tuple[Path | None, Rehearsed]:
    """Like `rehearse`, after a backup. If the copy has no faults, keep the tables it needed, so that the shop opens
    soon with this version. Returns the backup, too (None: the leading box has all data)."""
    kept = _keep_first(config, clock)
    return kept, _try_on_copy(config, keeps_tables=True)


def upgrade(config: Config, clock: Clock) -> Upgraded:
    """Keep a copy, do the slow step, and open the ledger once with this version, unless the shop has it open."""
    began = time.monotonic()
    kept = _keep_first(config, clock)
    _prepare(config)
    lock = ProcessLock(config.folder)
    free = not is_there(config.folder) and lock.take()
    lock.release()
    if free:
        Ledger(config, clock).close()
    return Upgraded(kept, free, time.monotonic() - began)


def _try_on_copy(config: Config, keeps_tables: bool) -> Rehearsed:
    registry = build_registry(config)
    with workplace(config.folder, "rehearse") as folder:
        shadow, base = folder / "ledger.db", folder / PREPARED
        head, schema = _copy_ledger(config, shadow)
        db = _open_copy(shadow)
        try:
            began = time.monotonic()
            files = migrate(db)
            migrated = time.monotonic()
            if keeps_tables and any(projector.exact for projector in stale(db, registry)):
                prepare(db, registry, base)
            tables = rebuild_stale(db, registry, base)
            rebuilt = time.monotonic()
            faults = verify(db, registry).faults
            if base.exists() and not faults:
                _put(base, config.folder)
            return Rehearsed(
                head.seq,
                schema,
                version(db),
                tuple(files),
                tuple(tables),
                faults,
                migrated - began,
                rebuilt - migrated,
                time.monotonic() - rebuilt,
                does_follow(config.folder),
            )
        finally:
            db.close()


def _keep_first(config: Config, clock: Clock) -> Path | None:
    """Check that the upgrade can be done, then keep a copy of the ledger, unless another box leads."""
    _require_migratable(config)
    _require_room(config, TIMES_TRIED + (not config.backup.is_wanted))
    return None if does_follow(config.folder) else _keep(config, clock)


def _require_room(config: Config, times: int) -> None:
    """Raise `NeedsHuman` unless the disk has room for so many copies of the ledger. It's asked before anything is
    copied, because a full disk stops sales."""
    if not config.ledger.exists():
        return
    ledger_bytes = snapshot.with_wal_bytes(config.ledger)
    need = times * ledger_bytes + destinations.spare(ledger_bytes)
    free = shutil.disk_usage(config.folder).free
    if free < need:
        raise NeedsHuman(
            f"An upgrade needs {_mb(need)} of free space in {config.folder} for a while, and {_mb(free)} are free.",
            f"Free up {_mb(need - free)}, or use a larger disk.",
        )


def _mb(size: int) -> str:
    return f"{-(-size // 10**6):,} MB"


def _require_migratable(config: Config) -> None:
    """Raise `NeedsHuman` for a ledger that this version can't open, before copying it."""
    if config.ledger.exists():
        with closing(open_reader(config.ledger)) as db:
            require_migratable(db)


def _keep(config: Config, clock: Clock) -> Path:
    """Make a backup, or a copy next to the ledger if backups are off, so that the upgrade can be undone."""
    if config.backup.is_wanted:
        return backup.make(config, clock.read().at_us).path
    with workplace(config.folder, "backup") as folder:
        _copy_ledger(config, folder / BEFORE)
        _put(folder / BEFORE, config.folder)
    return config.folder / BEFORE


def _prepare(config: Config) -> None:
    """Build the tables of changed exact projectors from a copy of the ledger, for `Ledger` to continue from."""
    registry = build_registry(config)
    with workplace(config.folder, "rehearse") as folder:
        shadow, base = folder / "ledger.db", folder / PREPARED
        _copy_ledger(config, shadow)
        db = _open_copy(shadow)
        try:
            migrate(db)
            if any(projector.exact for projector in stale(db, registry)):
                prepare(db, registry, base)
                _put(base, config.folder)
        finally:
            db.close()


def _open_copy(shadow: Path) -> Connection:
    """Open a copy that is discarded after use, or if anything fails: without a WAL and syncs, which would double its
    size and hold up the till's commits."""
    db = open_scratch(shadow)
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _put(made: Path, folder: Path) -> None:
    """Move a file into the data folder `folder` once it's on the disk: after a power cut, half a file would keep the
    shop from opening, or be no copy of the ledger."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(folder / made.name)
    sync_folder(folder)


def _copy_ledger(config: Config, target: Path) -> tuple[Head, int]:
    if not config.ledger.exists():
        raise NeedsHuman(f"No ledger found at {config.ledger}.", "A new shop needs no upgrade: edge run")
    rows = config.folder / archive.FOLDER
    if rows.exists() and target.parent != config.folder:
        (target.parent / archive.FOLDER).symlink_to(rows)
    if not does_follow(config.folder):
        return snapshot.copy(config.ledger, target)
    with TemporaryDirectory(dir=target.parent) as place:
        copy_followed(config.folder, Path(place))
        return snapshot.copy(Path(place, config.ledger.name), target)
