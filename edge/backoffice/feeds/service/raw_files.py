"""Files of runs as they came, so that it can be looked up later what somebody sent: packed, for as long as the records
that were staged of them."""

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
"""Of all of them, packed; beyond that the oldest are let go of before their days are over."""
FILE_BYTES = 256 * 1024 * 1024
"""A larger one is not kept."""
BLOCK_BYTES = 256 * 1024
NAME_CHARS = 80
DAY_US = 24 * 3600 * 1_000_000
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")
_KEPT = re.compile(r"^(\d{17})-(\d{1,18})-(.+)\.gz$")


class RawFiles:
    """Those of a shop whose data lies in `data`; used in threads. A file is named by when it was kept, its job, and how
    it was called."""

    def __init__(self, data: Path, now_us: Callable[[], int]) -> None:
        self._folder, self._now_us = data / FOLDER, now_us

    def keep(self, job: int, path: Path) -> None:
        """Keep what a job reads. Where the disk does not take it the job goes on: it is a copy."""
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
        """Where the file of a job is, and how it was called; None: it is not kept, or not any more."""
        oldest_us = self._now_us() - KEPT_DAYS * DAY_US
        for at_us, of, name, path in self._all():
            if of == job and at_us > oldest_us:
                return path, name
        return None

    @staticmethod
    def digest_of(path: Path) -> str:
        """SHA-256 of what came, of a file that is kept; "": it cannot be unpacked any more."""
        digest = hashlib.sha256()
        try:
            with gzip.open(path) as packed:
                while block := packed.read(BLOCK_BYTES):
                    digest.update(block)
        except (OSError, EOFError, zlib.error):
            return ""
        return digest.hexdigest()

    def expire(self) -> None:
        """Let go of what is too old, or too much; of halves that a kill left, too."""
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
        """The newest first."""
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.iterdir(), key=lambda one: one.name, reverse=True):
            if said := _KEPT.match(path.name):
                yield int(said[1]), int(said[2]), said[3], path
