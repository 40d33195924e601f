"""What a page asks of backups: one now, or a trial of the newest; and where they go, as the file says at the moment."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import msgspec

from edge.core.services import Service
from edge.runtime.backup_state import destinations
from edge.runtime.backup_state.limits import SUFFIX
from edge.runtime.backup_state.schedule import Task
from edge.runtime.config import CONFIG, Config
from edge.runtime.config.backup import Backup
from edge.runtime.configuration import config_in_file

LISTED = 20


class StoredBackup(msgspec.Struct, frozen=True):
    """A file in the place for backups: when it was written (UTC microseconds), and how large it is."""

    name: str
    at_us: int
    size: int


class BackupDesk:
    """Between the page that asks and the part that does it. Used on the event loop's thread, but for `list_files`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._asked: list[Task] = []
        self._news = asyncio.Event()
        self._settings = config.backup
        self._read_ns = 0
        self.running: Task | None = None

    @property
    def settings(self) -> Backup:
        """Where they go, and when: a page may have changed that since the start."""
        with suppress(OSError):
            if (written_ns := self._config.file.stat().st_mtime_ns) != self._read_ns:
                self._settings, self._read_ns = config_in_file(self._config).backup, written_ns
        return self._settings

    def ask(self, task: Task) -> None:
        """Have it done as soon as nothing else of the kind is being done; twice asked is once done."""
        if task not in self._asked:
            self._asked.append(task)
        self._news.set()

    def next_asked(self) -> Task | None:
        """What was asked first; None: nothing."""
        return self._asked.pop(0) if self._asked else None

    async def wait(self, most_s: float) -> None:
        """Until something is asked, or for so long."""
        self._news.clear()
        if not self._asked:
            with suppress(TimeoutError):
                async with asyncio.timeout(most_s):
                    await self._news.wait()

    def list_files(self) -> list[StoredBackup]:
        """The newest files in the place for backups; none, where it is not there. It reads a disk."""
        settings = self.settings
        if not settings.wanted:
            return []
        with suppress(destinations.PlaceFault, OSError):
            return _files_in(destinations.find(settings.folder, settings.disk))
        return []


def _files_in(place: Path) -> list[StoredBackup]:
    found = []
    for path in place.glob(f"*{SUFFIX}"):
        seen = path.stat()
        found.append(StoredBackup(path.name, seen.st_mtime_ns // 1000, seen.st_size))
    return sorted(found, key=lambda one: one.at_us, reverse=True)[:LISTED]


BACKUPS: Service[BackupDesk] = Service("backups", lambda site: BackupDesk(site.services.of(CONFIG)))
"""What the page of backups asks."""
