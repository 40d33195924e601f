"""Explains why a file can't be written, and fixes the ownership of files created by root."""

from __future__ import annotations

import errno
import os
import pwd
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from edge.lib.errors import NeedsHuman

ROOM_BYTES = 64 * 1024
"""Free space that SQLite needs to open a database."""


def explain_not_writable(path: Path, error: Exception) -> NeedsHuman:
    """Return the error for a data file that couldn't be opened or written."""
    what, advice = _disk_advice(path) or _foreign_files(path) or _unknown(error)
    return NeedsHuman(f"{path} can't be opened: {what}.", advice)


def not_made(folder: Path, error: Exception) -> NeedsHuman:
    """Return the error for a data folder that couldn't be created."""
    what, advice = _disk_advice(folder) or _folder_advice(folder) or _unknown(error)
    return NeedsHuman(f"{folder} can't be created: {what}.", advice)


def owner_of(path: Path) -> str:
    """Name of the owning account."""
    return _name(path.stat().st_uid)


def give_to_account(folder: Path, fd: int) -> None:
    """Give a file just created by root in `folder` to the folder's account. The shop can then open it even if root's
    command fails."""
    if os.geteuid() == 0 and (owner := folder.stat()).st_uid:
        os.fchown(fd, owner.st_uid, owner.st_gid)


def require_own_way(path: Path) -> None:
    """Refuse symbolic links created by other accounts when running as root, because they could lead into system
    folders. Raises `OSError` (ELOOP) naming the link. Other users aren't checked, because they can write only their own
    files."""
    if os.geteuid():
        return
    for place in (path, *path.parents):
        with suppress(FileNotFoundError):
            found = place.lstat()
            if stat.S_ISLNK(found.st_mode) and found.st_uid:
                raise OSError(
                    errno.ELOOP, f"{place} is a link owned by {_name(found.st_uid)}, which root doesn't follow"
                )


def chown_to_owner(folder: Path, others: Iterable[Path] = ()) -> None:
    """After root wrote into another account's data folder, give everything in it, and `others`, to that account."""
    if os.geteuid() == 0 and (owner := folder.stat()).st_uid:
        for path in (*folder.rglob("*"), *others):
            with suppress(FileNotFoundError):  # a running shop may have deleted it meanwhile
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _disk_advice(path: Path) -> tuple[str, str] | None:
    """Return the disk's problem and its remedy; None if no problem is visible."""
    disk = os.statvfs(_nearest(path))
    if disk.f_flag & os.ST_RDONLY:
        return (
            "its disk is read-only",
            "This happens when a disk fails or wasn't shut down properly. Restart the machine; if it persists, "
            "replace the disk and restore a backup.",
        )
    if disk.f_bavail * disk.f_frsize < ROOM_BYTES:
        return "its disk is full", "Free up space there. Nothing is lost."
    return None


def _foreign_files(path: Path) -> tuple[str, str] | None:
    """Return the problem and remedy if another account owns the file, its SQLite companion files or its folder."""
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    for place in (path, *beside, path.parent):
        if os.path.exists(place) and not os.access(place, os.W_OK):  # noqa: PTH110 - False also where nobody may look
            return _explain_owner(place)
    return None


def _folder_advice(folder: Path) -> tuple[str, str] | None:
    """Return advice for a system folder, whose owner must not change: create our own folder in it."""
    there, me = _nearest(folder), _name(os.geteuid())
    if os.access(there, os.W_OK):
        return None
    return f"{there} belongs to {owner_of(there)}", f"Make it as root: install -d -o {me} -m 700 {folder}"


def _unknown(error: Exception) -> tuple[str, str]:
    return f"{str(error) or type(error).__name__}", "Check the disk, and who may write there."


def _nearest(path: Path) -> Path:
    """Nearest existing ancestor of a path."""
    return next(place for place in (path, *path.parents) if os.path.exists(place))  # noqa: PTH110


def _explain_owner(place: Path) -> tuple[str, str]:
    me, owner = _name(os.geteuid()), owner_of(place)
    if me == owner:
        return f"{place} is marked as read-only", f"Let {me} write there: chmod u+w {place}"
    # Not "run it as root": the next start uses the shop's own account again.
    other = "As root" if owner == "root" else f"Run it as {owner}, or"
    return f"{place} belongs to {owner}, and this is run by {me}", f"{other}: chown {me} {place}"


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
