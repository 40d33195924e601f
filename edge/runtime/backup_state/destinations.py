"""Backup destination: a folder, optionally on a USB disk identified by its label."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from edge.core.storage.database import DatabaseError
from edge.lib.errors import NeedsHuman
from edge.runtime.backup_state.limits import SPARE_BYTES, SPARE_LEAST_BYTES

LABELS = Path("/dev/disk/by-label")
MOUNTS = Path("/proc/self/mounts")
DISKS_LISTED = 20
"""Disk labels to choose from."""
_GONE = {errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.ENOTCONN, errno.ESTALE, errno.ESHUTDOWN}
_NO_FOLDER = {errno.EEXIST, errno.ENOTDIR}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class PlaceFault(NeedsHuman):
    """The backup destination can't be used; `key` names the reason's translation."""

    again_s = None


def labels_of_disks(labels: Path = LABELS) -> list[str]:
    """Labels of the connected disks, as candidates for backups."""
    try:
        return sorted(path.name for path in labels.iterdir())[:DISKS_LISTED]
    except OSError:
        return []


def mounted_devices(mounts: Path = MOUNTS) -> Iterator[tuple[str, Path]]:
    """Yield each mounted device with its mount point. Raises OSError."""
    for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        source, where, *_ = line.split(" ")
        yield source, Path(where.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))


def find(folder: str, disk: str = "", labels: Path = LABELS, mounts: Path = MOUNTS) -> Path:
    """Find the folder for backups. Raises `PlaceFault` if the disk is missing or not mounted."""
    if not disk:
        return Path(folder)
    # udev writes other characters of a label as \\x20 (systemd, encode_devnode_name).
    device = labels / quote(disk, safe="-_.+=:@ ").replace("%", "\\x").replace(" ", "\\x20")
    if not device.exists():
        raise PlaceFault(f"The backup disk {disk} isn't plugged in.", "Plug it in.", "backup.no_disk", {"disk": disk})
    for source, where in mounted_devices(mounts):
        if source.startswith("/") and Path(source).exists() and Path(source).samefile(device):
            return where / folder.lstrip("/")
    raise PlaceFault(
        f"The backup disk {disk} is plugged in but not mounted.",
        "Let the system mount it, as described in systemd/README.md.",
        *("backup.not_mounted", {"disk": disk}),
    )


def other_disk(folder: Path, ledger: Path) -> None:
    """Raise `PlaceFault` if both are on one disk, for example because the intended disk isn't mounted."""
    with explaining_disk(folder):
        same = folder.stat().st_dev == ledger.stat().st_dev
    if same:
        raise PlaceFault(
            f"{folder} is on the ledger's own disk.",
            "Mount another disk there; or allow it: same_disk = true in [backup].",
            *("backup.same_disk", {"place": str(folder)}),
        )


def room(folder: Path, need_bytes: int) -> None:
    """Raise `PlaceFault` if `folder` has less free space than that."""
    with explaining_disk(folder):
        free = shutil.disk_usage(folder).free
    if free < need_bytes:
        raise full(folder, need_bytes - free)


def spare(ledger_bytes: int) -> int:
    """Return the bytes to keep free on the shop's disk next to a copy of a ledger of that size. A small ledger, which
    grows slowly, needs fewer."""
    return min(SPARE_BYTES, max(SPARE_LEAST_BYTES, ledger_bytes))


def full(folder: Path, lacking_bytes: int = 0) -> PlaceFault:
    lacking_mb = max(1, -(-lacking_bytes // 2**20))
    return PlaceFault(
        f"There isn't enough space for a backup in {folder}: {lacking_mb} MiB more is needed.",
        "Free up space there, or use a larger disk.",
        "backup.full",
        {"place": str(folder), "mb": lacking_mb},
    )


@contextmanager
def explaining_disk(folder: Path) -> Iterator[None]:
    """Translate disk errors while working in `folder`."""
    try:
        yield
    except DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
            raise full(folder) from error
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise full(folder) from error
        if error.errno in _GONE:
            raise PlaceFault(
                f"The backup folder {folder} isn't available.",
                "Plug the disk in again, or correct [backup] in config.toml.",
                *("backup.gone", {"place": str(folder)}),
            ) from error
        if error.errno in _NO_FOLDER:
            raise PlaceFault(
                f"The backup folder {folder} is a file, or is inside one.",
                "Set a folder: folder in section [backup] of config.toml.",
                *("backup.no_folder", {"place": str(folder)}),
            ) from error
        why = error.strerror or str(error)
        raise PlaceFault(
            f"{folder} can't be written: {why}.",
            "Give the shop's user write access.",
            *("backup.unwritable", {"place": str(folder), "why": why}),
        ) from error
