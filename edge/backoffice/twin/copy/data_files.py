"""Tracks the files next to the ledger that a standby box needs: detects changes, and applies them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from edge.backoffice.twin.copy.shipment_body import FileChange
from edge.backoffice.twin.limits import FRAME_BYTES
from edge.core.storage.atomic_write import sync_folder, write_whole

FILES = ("people-keys", "secrets.json", "secrets-key", "recovery-code", "keeping.json")
FOLDERS = (
    "archive",
    "pictures",
    "papers",
    "tls",
    "fiscal",
    "head-office",
    "hooks",
    "feed-files",
    "invoices-in",
    "counts",
    "recommend",
    "quarantined",
)
"""Folders of the data folder to copy. Each box downloads models itself; all other files stay on their box."""
DEEPEST = 4

Stamp = tuple[int, int, int]


class DataFiles:
    """The files as last seen. Files are only ever replaced or removed, which changes their folder's time, so a check
    costs one system call per folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._times: dict[str, int] = {}
        self._known: dict[str, Stamp] = {}
        self._look()

    def changes(self) -> tuple[FileChange, ...]:
        """The changes since the last call. Their contents are durable."""
        if not self._has_changed():
            return ()
        before = dict(self._known)
        self._look()
        gone = tuple(FileChange(path, None) for path in before.keys() - self._known.keys())
        changed = (path for path, stamp in self._known.items() if before.get(path) != stamp)
        return (*gone, *_read(self._folder, changed))

    def all(self) -> tuple[str, ...]:
        return tuple(self._known)

    def _has_changed(self) -> bool:
        return any(_time(self._folder / name) != at for name, at in self._times.items())

    def _look(self) -> None:
        folders = ["", *FOLDERS, *(name for name in self._times if "/" in name)]
        self._times = {name: _time(self._folder / name) for name in folders}
        self._known = {}
        for path in list_files(self._folder):
            found = path.stat()
            self._known[str(path.relative_to(self._folder))] = (found.st_mtime_ns, found.st_size, found.st_ino)
            inside = str(path.parent.relative_to(self._folder))
            if "/" in inside:
                self._times.setdefault(inside, _time(path.parent))


def list_files(folder: Path) -> Iterator[Path]:
    """All files present."""
    yield from (folder / name for name in FILES if (folder / name).is_file())
    for name in FOLDERS:
        yield from _within(folder / name, DEEPEST)


def apply(folder: Path, changes: Iterable[FileChange]) -> None:
    """Apply changes durably. Replaced or removed files are overwritten, as they may contain the key of a forgotten
    person."""
    for change in changes:
        path = _inside(folder, change.path)
        if path is None:
            continue
        old = os.open(path, os.O_RDWR | os.O_CLOEXEC) if path.is_file() else -1
        try:
            if change.body is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(path, change.body)
            if old >= 0:
                _overwrite(old)
        finally:
            if old >= 0:
                os.close(old)
        if path.parent.exists():
            sync_folder(path.parent)


def destroy_keys(folder: Path) -> None:
    """Overwrite and delete the keys of people's names, secrets and backups."""
    apply(folder, (FileChange(name, None) for name in FILES))


def _overwrite(fd: int) -> None:
    left = os.fstat(fd).st_size
    os.pwrite(fd, bytes(left), 0)
    os.fsync(fd)


def _inside(folder: Path, name: str) -> Path | None:
    """The path of a copied file by name; None if the name isn't one."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        return None
    return folder / path if name in FILES or (path.parts and path.parts[0] in FOLDERS) else None


def _within(folder: Path, deep: int) -> Iterator[Path]:
    if not deep or not folder.is_dir():
        return
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _within(Path(entry.path), deep - 1)
        elif entry.is_file(follow_symlinks=False) and not entry.name.endswith(".part"):
            yield Path(entry.path)


def _read(folder: Path, names: Iterable[str]) -> Iterator[FileChange]:
    for name in names:
        try:
            body = (folder / name).read_bytes()
        except FileNotFoundError:
            continue  # deleted in the meantime, which will be the next change
        if len(body) < FRAME_BYTES // 2:
            yield FileChange(name, body)


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
