"""Fetch a model's files from an address: resumed after interruptions, verified, and moved into place complete."""

from __future__ import annotations

import errno
import http
import http.client
import os
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.errors import FetchError
from models.limits import FETCH_BYTES, FETCH_FREE_BYTES, FETCH_TIMEOUT_S, FETCH_TRIES
from models.manifest import Entry
from models.manifest.availability import sha256_of
from models.manifest.unpacking import unpack

_READ_BYTES = 256 * 1024
Progress = Callable[[str, int, int], None]
"""Called with the file's name, the bytes received, and the total (0: unknown)."""


def fetch(entry: Entry, folder: Path, progress: Progress, pause: Callable[[float], None] = time.sleep) -> Path:
    """Fetch a model into `folder`/NAME, which is returned. Raises FetchError; complete files stay."""
    if not entry.address:
        what = f"No download address is set for {entry.name}."
        raise FetchError(what, 'Set one in config.toml: [[models.model]] name = "..." address = "https://..."')
    if not (entry.archive_sha256 or (entry.files and all(entry.files.values()))):
        what = f"No checksums are set for the files of {entry.name}."
        raise FetchError(what, "Set their SHA-256 in config.toml, so that the files can be verified.")
    place = folder / entry.name
    try:
        place.mkdir(parents=True, exist_ok=True)
        if entry.archive_sha256:
            archive = place / "archive.zip"
            _Download(entry.address, archive, entry.archive_sha256, progress, pause).run()
            unpack(archive, place)
            archive.unlink()
        for name, sha256 in entry.files.items() if not entry.archive_sha256 else ():
            _Download(f"{entry.address.rstrip('/')}/{name}", place / name, sha256, progress, pause).run()
    except OSError as error:
        raise FetchError(f"{place} can't be written: {error.strerror or error}.", "Check the disk.") from error
    missing = [name for name in entry.files if not (place / name).exists()]
    if missing:
        raise FetchError(f"The download from {entry.address} lacks {', '.join(missing)}.", "Use another address.")
    return place


class _Download:
    """The download of a file into NAME.part, with NAME.tag identifying the file's version."""

    def __init__(
        self, address: str, target: Path, sha256: str, progress: Progress, pause: Callable[[float], None]
    ) -> None:
        self._address = address
        self._target = target
        self._sha256 = sha256
        self._progress = progress
        self._pause = pause
        self._part = target.with_name(target.name + ".part")
        self._tag = target.with_name(target.name + ".tag")

    def run(self) -> None:
        if self._target.exists() and sha256_of(self._target) == self._sha256:
            return
        self._target.parent.mkdir(parents=True, exist_ok=True)
        tries = 0
        while not self._attempt(last=tries + 1 >= FETCH_TRIES):
            tries += 1
            self._pause(2.0**tries)
        if sha256_of(self._part) != self._sha256:
            self._drop()
            what = f"The file from {self._address} has a different checksum."
            raise FetchError(what, "Ask whoever gave you the address and the SHA-256, and try again.")
        self._part.replace(self._target)
        self._tag.unlink(missing_ok=True)

    def _attempt(self, last: bool) -> bool:
        """Try to download the file. Returns whether it's complete; False if it was interrupted and can be retried."""
        try:
            whole = self._receive()
            if last and not whole:
                raise self._fetch_error(f"was interrupted {FETCH_TRIES} times")
            return whole
        except urllib.error.HTTPError as error:
            if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and self._have():
                self._drop()  # the part is longer than the file: start over
                return False
            if error.code < 500 or last:
                raise self._fetch_error(f"answered {error.code} ({error.reason})") from error
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            if last:
                raise self._fetch_error(f"can't be reached ({getattr(error, 'reason', None) or error})") from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                self._drop()  # a full disk stops the till
                raise self._full() from error
            raise
        return False

    def _receive(self) -> bool:
        have = self._have()
        headers = {"Range": f"bytes={have}-", "If-Range": self._tag.read_text()} if have else {}
        request = urllib.request.Request(self._address, headers=headers)
        with urllib.request.urlopen(request, timeout=FETCH_TIMEOUT_S) as response:  # nosec B310
            if response.status != http.HTTPStatus.PARTIAL_CONTENT:
                have = 0  # another version, or a server without range support
            total = have + int(response.headers.get("Content-Length") or 0)
            self._room_for(total - have, total)
            self._tag.write_text(response.headers.get("ETag") or response.headers.get("Last-Modified") or "")
            with self._part.open("ab" if have else "wb") as part:
                have = self._copy(response, part, have, total)
                part.flush()
                os.fsync(part.fileno())
        return have >= total

    def _copy(self, response: Any, part: Any, have: int, total: int) -> int:
        while data := response.read(_READ_BYTES):
            part.write(data)
            have += len(data)
            self._progress(self._target.name, have, total)
            if have > FETCH_BYTES:
                raise self._fetch_error(f"sends more than {FETCH_BYTES >> 30} GiB")
        return have

    def _have(self) -> int:
        """The number of bytes already received, if the file's version is known."""
        known = self._tag.exists() and self._tag.read_text() and self._part.exists()
        return self._part.stat().st_size if known else 0

    def _room_for(self, size: int, total: int) -> None:
        if total > FETCH_BYTES:
            raise self._fetch_error(f"has {total >> 30} GiB, above the limit")
        if shutil.disk_usage(self._part.parent).free < size + FETCH_FREE_BYTES:
            raise self._full()

    def _drop(self) -> None:
        self._part.unlink(missing_ok=True)
        self._tag.unlink(missing_ok=True)

    def _fetch_error(self, why: str) -> FetchError:
        return FetchError(
            f"{self._address} {why}.", "Check the address and the network. The download resumes from there."
        )

    def _full(self) -> FetchError:
        spare = FETCH_FREE_BYTES >> 20
        what = f"Not enough space for {self._target.name}: {spare} MiB must stay free for sales."
        return FetchError(what, "Make room, or keep the models on another disk.")
