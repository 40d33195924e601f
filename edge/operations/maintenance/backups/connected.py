"""Finds backups on the connected disks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from edge.lib.errors import ConfigError, NeedsHuman
from edge.operations.maintenance.backups import encrypted_file
from edge.operations.maintenance.backups.backup import SUFFIX
from edge.runtime.backup_state import destinations
from edge.runtime.backup_state.desk import BackupHere

FILES_SEEN, SHOWN = 2000, 40
DEPTH = 3
"""Maximum folder depth of a backup on its disk."""
OWN_FOLDERS = ("/mnt", "/media", "/run/media", "/var/backups")
"""Folders in which backups may be on the system's own disk."""
SYSTEM = ("/boot", "/efi", "/usr", "/var", "/etc", "/proc", "/sys", "/dev", "/nix", "/snap")


def find_backups(
    mounts: Path = destinations.MOUNTS, own: tuple[str, ...] = OWN_FOLDERS, place: Path | None = None
) -> list[BackupHere]:
    """Backups in the destination `place` and on all mounted disks, newest first. Unreadable files and folders are
    skipped, and so is everything beyond `FILES_SEEN` files and folders on a disk."""
    found: dict[Path, BackupHere] = {}
    for root in (*_mount_points(mounts), *map(Path, own), *([place] if place else [])):
        for path in islice(_walk(root, DEPTH), FILES_SEEN):
            if not path.name.endswith(SUFFIX) or not _is(path, Path.is_file):
                continue
            try:
                label, size = encrypted_file.read_label(path), path.stat().st_size
            except (NeedsHuman, ConfigError, OSError):
                continue
            if label.kind == "ledger":
                shop = f"{label.tenant}/{label.store}/{label.device}"
                found[path.resolve()] = BackupHere(str(path), shop, label.made_at_us, size, label.seq, label.key)
    return sorted(found.values(), key=lambda one: one.made_at_us, reverse=True)[:SHOWN]


def _mount_points(mounts: Path) -> Iterator[Path]:
    """Yield the mount points of disks, except the system's own folders."""
    try:
        found = list(destinations.mounted_devices(mounts))
    except OSError:
        return
    for source, path in found:
        own = path == Path("/") or any(path.is_relative_to(system) for system in SYSTEM)
        if source.startswith("/dev/") and not own and _is(path, Path.is_dir):
            yield path


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Files and folders inside, newest names first."""
    try:
        inside = sorted(folder.iterdir(), reverse=True)
    except OSError:
        return
    for path in inside:
        yield path
        if depth > 1 and not path.name.startswith(".") and _is(path, Path.is_dir) and not path.is_symlink():
            yield from _walk(path, depth - 1)


def _is(path: Path, of_kind: Callable[[Path], bool]) -> bool:
    """Whether a path is of a kind. False if the disk can't be read."""
    try:
        return of_kind(path)
    except OSError:
        return False
