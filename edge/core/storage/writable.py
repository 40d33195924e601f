"""Why a file of ours cannot be written, as its owner would say it; and whose files are that root has made."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from edge.core.errors import NeedsHuman

ROOM_BYTES = 64 * 1024
"""With less room than this, SQLite cannot even begin."""


def refused(path: Path, error: Exception) -> NeedsHuman:
    """What to tell of a ledger or a data folder at `path` that could not be opened or written because of `error`."""
    what, advice = _why(path) or (f"{str(error) or type(error).__name__}", "Check the disk, and who may write there.")
    return NeedsHuman(f"{path} cannot be opened: {what}.", advice)


def hand_over(folder: Path, others: Iterable[Path] = ()) -> None:
    """Where root has put something into a data folder of another account: give all in it, and `others`, to that one, or
    the shop could not open it."""
    if os.geteuid() == 0 and (owner := folder.stat()).st_uid:
        for path in (*folder.rglob("*"), *others):
            with suppress(FileNotFoundError):  # the shop may run, and be done with it
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _why(path: Path) -> tuple[str, str] | None:
    """What is wrong, and what to do; None if nothing of it is to be seen."""
    there = next(place for place in (path, *path.parents) if place.exists())
    disk = os.statvfs(there)
    if disk.f_flag & os.ST_RDONLY:
        return (
            "its disk is read-only",
            "A disk becomes so when it fails or was not shut down well: restart the machine, and if it stays so, "
            "replace the disk and restore a backup.",
        )
    if disk.f_bavail * disk.f_frsize < ROOM_BYTES:
        return "its disk is full", "Make room there; nothing is lost."
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    for place in (there, *beside, there.parent):
        if place.exists() and not os.access(place, os.W_OK):
            return _owned(place)
    return None


def _owned(place: Path) -> tuple[str, str]:
    me, owner = _name(os.geteuid()), _name(place.stat().st_uid)
    if me == owner:
        return f"{place} is marked as read-only", f"Let {me} write there: chmod u+w {place}"
    return f"{place} belongs to {owner}, and this is run by {me}", f"Run it as {owner}, or: chown {me} {place}"


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
