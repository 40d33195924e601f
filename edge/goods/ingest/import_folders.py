"""Permitted import locations: uploads (data/imports), and the folders in `[ingest] folders`.

A manager's PIN must not open every file of the appliance's account: keys, passwords, other programs' data.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from edge.goods.ingest.commands import UPLOADS
from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.lib.errors import NeedsHuman
from edge.lib.i18n import ENGLISH, translate
from edge.lib.tables import refusal

NAME_CHARS = 120
"""Maximum length of an imported file's name; longer names keep their end, with the suffix."""

CHECKSUM_CHARS = 16
"""Number of characters of the digest shown with a file."""
KEPT = 20
"""Maximum imported files stored; a new one replaces the oldest."""


def readable(asked: str, settings: ImportSettings) -> Path:
    """Return a file's path with links resolved.

    Raises `NeedsHuman` if it can't be resolved, isn't in a permitted folder, or is a folder, pipe or device.
    """
    path = Path(asked)
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a NUL character
        raise refusal("missing", file=path.name) from None
    if settings.data and not _is_offered(real, settings):
        raise refusal("private", file=path.name)
    if real.exists() and not real.is_file():
        raise refusal("not_a_file", file=path.name)
    return real


def _is_offered(real: Path, settings: ImportSettings) -> bool:
    data = Path(settings.data).resolve()
    if real.is_relative_to(data):
        return real.is_relative_to(data / UPLOADS)
    return any(real.is_relative_to(Path(folder).resolve()) for folder in settings.folders)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, to detect changes since its upload."""
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def corrupt(file: str) -> NeedsHuman:
    """Error for a file that has changed since its upload; none of it is imported."""
    key, values = "feeds.data_corrupt", {"file": file}
    return NeedsHuman(translate(ENGLISH, key, **values), "", key, dict(values))


def new_place(data: Path, name: str) -> Path:
    """Create a path for an upload in its own folder, because the file's name identifies the source.

    Deletes the oldest earlier uploads.
    """
    folder = data / UPLOADS
    folder.mkdir(mode=0o700, exist_ok=True)
    _forget_old(folder)
    return Path(tempfile.mkdtemp(dir=folder), name[-NAME_CHARS:])


def bring(data: Path, file: Path) -> Path:
    """Copy a file to a folder that the import may read."""
    place = new_place(data, file.name)
    try:
        shutil.copyfile(file, place)
    except BaseException:
        take_away(place)
        raise
    return place


def take_away(place: Path) -> None:
    """Delete an upload."""
    shutil.rmtree(place.parent, ignore_errors=True)


def _forget_old(folder: Path) -> None:
    places = []
    for place in folder.iterdir():
        with suppress(FileNotFoundError):  # another process has just removed it
            if place.is_dir():
                places.append((place.stat().st_mtime, place))
    for _, place in sorted(places, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(place, ignore_errors=True)
