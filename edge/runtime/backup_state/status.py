"""What is remembered of backups and drills: `keeping.json` in the data folder, for the manager's page."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.storage.atomic_write import write_whole

FILE = "keeping.json"
KEPT = "kept"
"""Bus topic: something is new about backups, by the part or from the command line; the message is `BackupStatus`."""


class BackupFault(msgspec.Struct, frozen=True):
    """Why the last attempt failed, as `EdgeError` has it."""

    what: str
    advice: str
    key: str = ""
    values: dict[str, str | int] = {}


class Drill(msgspec.Struct, frozen=True):
    """A backup that was restored to see whether that works: when (UTC microseconds; 0: never), which, how long it took
    (seconds), and what is wrong with it ("": nothing)."""

    at_us: int = 0
    name: str = ""
    took_s: float = 0.0
    fault: str = ""


class BackupStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Times in UTC microseconds, 0 for never. `drill_fault` is empty where the last drill went well.

    `pictures` is how many of products the newest backup has beside it, `fault` that of the last attempt at a backup,
    `code_kept_us` when somebody had the recovery code on paper, `began_us` when it was first looked whether a backup
    is due. `people_mark` says which keys of people lie beside the backups (`backups/people.py`).
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
    """Remember it as the last one; see `note`."""
    note(folder, drill_us=drill.at_us, drill_name=drill.name, drill_s=drill.took_s, drill_fault=drill.fault)


def load(folder: Path) -> BackupStatus:
    """What is remembered; nothing, where the file is not there or cannot be read."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=BackupStatus)
    except (OSError, msgspec.MsgspecError):
        return BackupStatus()


def note(folder: Path, **changes: object) -> BackupStatus:
    """Remember something more. One process at a time does this: it holds `keeping.lock`, or `edge.lock`."""
    kept = msgspec.structs.replace(load(folder), **changes)
    write_whole(folder / FILE, msgspec.json.format(msgspec.json.encode(kept)), durable=False)
    return kept
