"""Files of runs as received, so that they can be checked later. They're compressed, and kept as long as the records
staged from them."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import structlog

from edge.backoffice.feeds.settings import KEPT_DAYS

_log = structlog.get_logger(__name__)
FOLDER = "feed-files"
KEPT_BYTES = 1024 * 1024 * 1024
"""Maximum compressed size of all files. Beyond it, the oldest are deleted early."""
FILE_BYTES = 256 * 1024 * 1024
"""Maximum size of a file; larger ones aren't kept."""
BLOCK_BYTES = 256 * 1024
NAME_CHARS = 80
DAY_US = 24 * 3600 * 1_000_000
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
_KEPT = re.compile(r"^(\d{17})-(\d{1,18})-(.+)\.gz$")


class RawFiles:
    """The files of a shop with its data in `data`, for use in threads. Names contain the time, job and
    original name."""

    def __init__(self, data: Path, now_us: Callable[[], int]) -> None:
        self._folder, self._now_us = data / FOLDER, now_us

    def keep(self, job: int, path: Path) -> None:
        """Keep a copy of a job's file. If the disk is full, the job continues without it."""
        name = _SAFE.sub("_", path.name).strip("._")[-NAME_CHARS:] or "file"
        place = self._folder / f"{self._now_us():017d}-{job}-{name}.gz"
        part = place.with_name(f".{place.name}.part")
        try:
            if path.stat().st_size > FILE_BYTES:
                return
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with path.open("rb") as came, gzip.open(part, "wb", compresslevel=4) as kept:
                shutil.copyfileobj(came, kept, BLOCK_BYTES)
            part.chmod(0o600)
            part.replace(place)
        except OSError as error:
            _log.warning("a received file couldn't be stored", job=job, why=error.strerror or str(error))
            with suppress(OSError):
                part.unlink(missing_ok=True)
        self.expire()

    def find(self, job: int) -> tuple[Path, str] | None:
        """A job's file and its original name; None if there is none or it's deleted."""
        oldest_us = self._now_us() - KEPT_DAYS * DAY_US
        for at_us, of, name, path in self._all():
            if of == job and at_us > oldest_us:
                return path, name
        return None

    @staticmethod
    def digest_of(path: Path) -> str:
        """The SHA-256 of a kept file's original content; "" if it can't be decompressed."""
        digest = hashlib.sha256()
        try:
            with gzip.open(path) as packed:
                while block := packed.read(BLOCK_BYTES):
                    digest.update(block)
        except (OSError, EOFError, zlib.error):
            return ""
        return digest.hexdigest()

    def expire(self) -> None:
        """Delete files that are too old or exceed the size limit, and partial files left by a crash."""
        oldest_us, left = self._now_us() - KEPT_DAYS * DAY_US, KEPT_BYTES
        for at_us, _, _, path in self._all():
            with suppress(OSError):
                left -= path.stat().st_size
                if at_us <= oldest_us or left < 0:
                    path.unlink()
        for half in self._folder.glob(".*.part") if self._folder.is_dir() else ():
            with suppress(OSError):
                if half.stat().st_mtime * 1e6 < self._now_us() - DAY_US:
                    half.unlink()

    def _all(self) -> Iterator[tuple[int, int, str, Path]]:
        """All files, newest first."""
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.iterdir(), key=lambda one: one.name, reverse=True):
            if said := _KEPT.match(path.name):
                yield int(said[1]), int(said[2]), said[3], path
