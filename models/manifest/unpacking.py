"""Unpack a zip file of a model's files within limits."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from models.errors import FetchError
from models.limits import FETCH_BYTES, FETCH_FREE_BYTES


def unpack(archive: Path, place: Path) -> None:
    """Extract its contents, without a common top folder. Raises FetchError, OSError."""
    try:
        with zipfile.ZipFile(archive) as pack:
            members = [member for member in pack.infolist() if not member.is_dir()]
            if sum(member.file_size for member in members) > FETCH_BYTES:
                raise FetchError(f"{archive.name} unpacks to more than {FETCH_BYTES >> 30} GiB.", "Use another file.")
            if shutil.disk_usage(place).free < sum(member.file_size for member in members) + FETCH_FREE_BYTES:
                raise FetchError(f"There isn't enough space to unpack {archive.name}.", "Free up space and try again.")
            tops = {PurePosixPath(member.filename).parts[0] for member in members}
            strip = 1 if len(tops) == 1 and all("/" in member.filename for member in members) else 0
            for member in members:
                parts = PurePosixPath(member.filename).parts[strip:]
                if member.filename.startswith("/") or ".." in parts or not parts:
                    raise FetchError(f"{archive.name} has a file with an impossible name.", "Use another file.")
                target = place.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with pack.open(member) as source, target.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
    except zipfile.BadZipFile as error:
        raise FetchError(f"{archive.name} isn't a zip file ({error}).", "Use the address of a zip file.") from error
