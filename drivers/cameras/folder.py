"""A picture file, or the newest one in a folder: from a recorder, a script, or a camera's FTP upload."""

from __future__ import annotations

import asyncio
import errno
import time
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.os_errors import device_error
from drivers.roles import Frame

PICTURE_BYTES = 16 * 1024 * 1024
ENDINGS = frozenset({".jpg", ".jpeg", ".png"})
FILES = 10_000
"""Maximum files of a folder to search."""


class FolderCamera:
    """A camera that takes pictures from a file or folder. Its pictures are as old as their files."""

    class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
        """Options of the folder camera."""

        path: Annotated[str, Meta(min_length=1, description="a JPEG or PNG file, or a folder of them")]

    def __init__(self, config: Config) -> None:
        self._path = Path(config.path)

    @property
    def lives(self) -> bool:
        return False

    async def frame(self) -> Frame:
        """The newest file. See Camera."""
        try:
            return await asyncio.to_thread(self._read)
        except OSError as err:
            raise device_error(err, f"picture {self._path}") from err

    async def close(self) -> None:
        """Do nothing, as no state is kept between pictures."""

    def _read(self) -> Frame:
        path = _newest(self._path) if self._path.is_dir() else self._path
        changed = path.stat()
        if changed.st_size > PICTURE_BYTES:
            raise OSError(errno.EFBIG, "the picture is too large")
        return Frame(path.read_bytes(), time.monotonic_ns() // 1000, changed.st_mtime_ns // 1000)


def _newest(folder: Path) -> Path:
    found: list[tuple[int, Path]] = []
    for number, path in enumerate(folder.iterdir()):
        if number >= FILES:
            raise OSError(errno.EMFILE, f"the folder has more than {FILES} files")
        if path.suffix.lower() in ENDINGS and not path.name.startswith("."):
            found.append((path.stat().st_mtime_ns, path))
    if not found:
        raise OSError(errno.ENOENT, "the folder has no JPEG or PNG file")
    return max(found)[1]
