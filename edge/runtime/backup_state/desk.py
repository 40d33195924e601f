"""Requests from pages to the backup part: back up now, test the newest backup, look into one, or restore one. Also has
the current destination."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from edge.core.services import Service
from edge.runtime.backup_state import aside_ledgers, destinations, restore_request
from edge.runtime.backup_state.aside_ledgers import AsideLedger
from edge.runtime.backup_state.limits import SUFFIX
from edge.runtime.backup_state.restore_request import RestorePreview, RestoreRequest
from edge.runtime.backup_state.schedule import Task
from edge.runtime.config import CONFIG, Config
from edge.runtime.config.backup import Backup
from edge.runtime.configuration import config_in_file

LISTED = 20
RESTART_S = 1.0
"""Time for the answer to reach the page before the process restarts."""


class StoredBackup(msgspec.Struct, frozen=True):
    """A file in the backup destination: the time it was written (UTC microseconds), and its size in bytes."""

    name: str
    at_us: int
    size: int


class BackupHere(msgspec.Struct, frozen=True):
    """A backup on a connected disk or in the destination: its shop (tenant/store/device), UTC microseconds, size in
    bytes, last entry, and the id of its recovery code."""

    path: str
    shop: str
    made_at_us: int
    bytes: int
    seq: int = 0
    key: str = ""


def _find_none(_place: Path | None) -> list[BackupHere]:
    return []


class BackupDesk:
    """Connects pages with the backup part. For the event loop's thread, except the lists and `store`.

    `find` lists backups on the connected disks and in the destination; `begin_anew` restarts this process after
    seconds, usually `RESTART_S`. Both are supplied by the appliance.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._asked: list[Task] = []
        self._news = asyncio.Event()
        self._settings = config.backup
        self._read_ns = 0
        self.running: Task | None = None
        self.find: Callable[[Path | None], list[BackupHere]] = _find_none
        self.begin_anew: Callable[[float], object] = lambda _seconds: None
        self.looking = ("", "")
        """Path and recovery code of the backup to look into."""
        self.preview: RestorePreview | None = None

    @property
    def settings(self) -> Backup:
        """The current backup settings, because a page may have changed them since the start."""
        with suppress(OSError):
            if (written_ns := self._config.file.stat().st_mtime_ns) != self._read_ns:
                self._settings, self._read_ns = config_in_file(self._config).backup, written_ns
        return self._settings

    def ask(self, task: Task) -> None:
        """Queue a task. A task that is already queued isn't added again."""
        if task not in self._asked:
            self._asked.append(task)
        self._news.set()

    def look(self, path: str, code: str) -> None:
        """Open and verify a backup, without restoring it. The result becomes `preview`."""
        self.looking, self.preview = (path, code), None
        self.ask("look")

    def store(self, request: RestoreRequest) -> None:
        """Store a request, durably. May block on disk access; raises `OSError`."""
        restore_request.put(self._config.folder, request)

    def next_asked(self) -> Task | None:
        """Remove and return the oldest request, or None."""
        return self._asked.pop(0) if self._asked else None

    async def wait(self, most_s: float) -> None:
        """Wait for a request, at most `most_s`."""
        self._news.clear()
        if not self._asked:
            with suppress(TimeoutError):
                async with asyncio.timeout(most_s):
                    await self._news.wait()

    def list_files(self) -> list[StoredBackup]:
        """List the newest files in the destination; empty if it is missing. Reads the disk."""
        with suppress(OSError):
            if place := self._destination():
                return _files_in(place)
        return []

    def _destination(self) -> Path | None:
        """The destination, or None if there is none, or it can't be reached."""
        settings = self.settings
        with suppress(destinations.PlaceFault, OSError):
            return destinations.find(settings.folder, settings.disk) if settings.is_wanted else None
        return None

    def list_restorable(self) -> list[BackupHere]:
        """List this shop's backups in the destination and on connected disks, newest first. Reads the disks."""
        place = self._destination()
        header = self._config.header
        ours = f"{header.tenant}/{header.store}/{header.device}"
        return [one for one in self.find(place) if one.shop == ours]

    def list_replaced(self) -> list[AsideLedger]:
        """List the ledgers that a restore replaced, newest first. Reads the disk."""
        return aside_ledgers.list_all(self._config.folder, self._config.header)


def _files_in(place: Path) -> list[StoredBackup]:
    found = []
    for path in place.glob(f"*{SUFFIX}"):
        seen = path.stat()
        found.append(StoredBackup(path.name, seen.st_mtime_ns // 1000, seen.st_size))
    return sorted(found, key=lambda one: one.at_us, reverse=True)[:LISTED]


BACKUPS: Service[BackupDesk] = Service("backups", lambda site: BackupDesk(site.services.of(CONFIG)))
"""The interface of the backup page."""
