"""Picture files: reference pictures of bays, stored while a planogram uses them, and temporary snapshots."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Collection
from pathlib import Path

import msgspec

from edge.core.storage.atomic_write import write_whole

REFERENCES, SNAPSHOTS = "references", "snapshots"
SNAPSHOT_S = 7 * 24 * 3600
SNAPSHOTS_KEPT = 30
UNUSED_S = 24 * 3600
"""Seconds after which a reference picture in no planogram counts as unused."""
_NAME = re.compile(r"[0-9a-f]{20}")


class StoredPicture(msgspec.Struct, frozen=True):
    """A stored picture: its name, kind and time."""

    name: str
    kind: str
    at_us: int


class ShelfPictures:
    """The picture folder of a shop's shelves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes, kind: str = REFERENCES, name: str = "") -> str:
        """Store a picture; the default name is a hash of its content. Raises OSError."""
        made = name or hashlib.sha256(data).hexdigest()[:20]
        folder = self._folder / kind
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / f"{made}.jpg").exists():
            write_whole(folder / f"{made}.jpg", data)
        return made

    def keep_snapshot(self, name: str) -> None:
        """Store a snapshot as a reference, if it still exists. Raises OSError."""
        if not self.path(name).exists() and (data := self.read(name, SNAPSHOTS)) is not None:
            self.keep(data, REFERENCES, name)

    def path(self, name: str, kind: str = REFERENCES) -> Path:
        """The path of a picture; an invalid name gives a path that doesn't exist."""
        return self._folder / kind / f"{name if _NAME.fullmatch(name) else 'none'}.jpg"

    def read(self, name: str, kind: str = REFERENCES) -> bytes | None:
        """Return a picture, or None if it never existed or was deleted."""
        try:
            return self.path(name, kind).read_bytes()
        except FileNotFoundError:
            return None

    def list_stored(self, since_s: float, until_s: float) -> list[StoredPicture]:
        """All files stored in a time span (seconds since 1970), oldest first."""
        found = []
        for kind in (SNAPSHOTS, REFERENCES):
            for path in (self._folder / kind).glob("*.jpg"):
                try:
                    at_s = path.stat().st_mtime
                except FileNotFoundError:
                    continue  # it has just expired and was deleted
                if since_s <= at_s < until_s:
                    found.append(StoredPicture(path.stem, kind, round(at_s * 1e6)))
        return sorted(found, key=lambda one: one.at_us)

    def forget(self, used: Collection[str]) -> None:
        """Delete outdated files. `used`: references to keep."""
        now = time.time()
        snapshots = sorted((self._folder / SNAPSHOTS).glob("*.jpg"), key=lambda path: -path.stat().st_mtime)
        for number, path in enumerate(snapshots):
            if number >= SNAPSHOTS_KEPT or now - path.stat().st_mtime > SNAPSHOT_S:
                path.unlink(missing_ok=True)
        for path in (self._folder / REFERENCES).glob("*.jpg"):
            if path.stem not in used and now - path.stat().st_mtime > UNUSED_S:
                path.unlink(missing_ok=True)
