"""Stored status of backups and restore tests: `keeping.json` in the data folder, for the manager's page."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.storage.atomic_write import write_whole

FILE = "keeping.json"
KEPT = "kept"
"""Bus topic: the backup status changed, through the part or the command line. The message is a `BackupStatus`."""


class BackupFault(msgspec.Struct, frozen=True):
    """Why the last attempt failed, in the form of `EdgeError`."""

    what: str
    advice: str
    key: str = ""
    values: dict[str, str | int] = {}


class Drill(msgspec.Struct, frozen=True):
    """A test restore: its time (UTC microseconds; 0: never), the backup, its duration in seconds, and the fault found
    ("": none)."""

    at_us: int = 0
    name: str = ""
    took_s: float = 0.0
    fault: str = ""


class BackupStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Times in UTC microseconds, 0 for never. `drill_fault` is empty if the last restore test succeeded.

    `pictures`: number of product pictures in the newest backup; `fault`: of the last backup attempt; `code_kept_us`:
    when someone confirmed having the recovery code on paper; `began_us`: first check for due backups. `people_mark`
    identifies the personal keys stored with the backups (`backups/people.py`).
    """

    backup_us: int = 0
    backup_name: str = ""
    backup_bytes: int = 0
    backup_seq: int = 0
    backup_s: float = 0.0
    pictures: int = 0
    drill_us: int = 0
    drill_name: str = ""
    drill_s: float = 0.0
    drill_fault: str = ""
    archive_us: int = 0
    code_kept_us: int = 0
    people_mark: str = ""
    began_us: int = 0
    fault: BackupFault | None = None

    @property
    def drill(self) -> Drill:
        return Drill(self.drill_us, self.drill_name, self.drill_s, self.drill_fault)


def note_drill(folder: Path, drill: Drill) -> None:
    """Store the last restore test; see `note`."""
    note(folder, drill_us=drill.at_us, drill_name=drill.name, drill_s=drill.took_s, drill_fault=drill.fault)


def load(folder: Path) -> BackupStatus:
    """Load the status. It is empty if the file is missing or unreadable."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=BackupStatus)
    except (OSError, msgspec.MsgspecError):
        return BackupStatus()


def note(folder: Path, **changes: object) -> BackupStatus:
    """Update stored fields. Only one process at a time may do so: the holder of `keeping.lock` or `edge.lock`."""
    kept = msgspec.structs.replace(load(folder), **changes)
    write_whole(folder / FILE, msgspec.json.format(msgspec.json.encode(kept)), durable=False)
    return kept
