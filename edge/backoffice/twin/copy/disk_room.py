"""Check whether a follower's disk has room for shipments."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from edge.backoffice.twin.limits import FULL_BYTES, FULL_S

PROBE = "room.part"
PROBE_BYTES = 1024 * 1024


class DiskRoom:
    """Free space on the disk of `folder`. `has_failed`: the last write failed there, for example due to a quota that
    free space doesn't show. Then the disk counts as full until a write succeeds."""

    def __init__(self, folder: Path, has_failed: bool, now_s: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._has_failed, self._now_s = folder, has_failed, now_s
        self._probed_s = now_s()

    def is_full(self) -> bool:
        """Whether to refuse shipments. Raises `OSError` if the folder no longer exists."""
        if free_bytes(self._folder) < FULL_BYTES:
            return True
        if self._has_failed and self._now_s() - self._probed_s >= FULL_S:
            self._probed_s = self._now_s()
            self._has_failed = not self._takes_a_file()
        return self._has_failed

    def _takes_a_file(self) -> bool:
        path = self._folder / PROBE
        try:
            with path.open("wb") as file:
                file.write(bytes(PROBE_BYTES))
                file.flush()
                os.fdatasync(file.fileno())
        except OSError:
            return False
        finally:
            path.unlink(missing_ok=True)
        return True


def free_bytes(folder: Path) -> int:
    """The free space for this account."""
    return shutil.disk_usage(folder).free
