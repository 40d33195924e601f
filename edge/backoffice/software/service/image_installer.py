"""Installer for boxes written from a disk image (`setup/image.py`). It replaces the whole system.

A release has a version's root file system and kernel. They're written to the inactive slot, and the box restarts from
it. If a version doesn't sell within five minutes, it isn't started again: the boot loader starts the previous one
(systemd/image/).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from pathlib import Path
from typing import Final

import msgspec

from edge.backoffice.software.service.installer import COPY_BYTES, TRIES, Installer
from edge.backoffice.software.service.update_files import Previous, UpdateOutcome, UpdateRequest
from sync.releases import Release

OS_RELEASE = Path("/usr/lib/os-release")
MARK: Final = "IMAGE_ID=edge"
KERNELS = Path("/efi/EFI/Linux")
"""The boot loader's kernel folder. `+0-1` in a name means that its only try failed."""
FOLDER = "image"
"""The installer's folder, where systemd-sysupdate looks for versions (systemd/image/sysupdate)."""
WRITTEN = "image.json"
"""File next to it with the size and SHA-256 of each part by name, as in the release."""
SLOTS = Path("/dev/disk/by-partlabel")
REHEARSE = "/usr/lib/edge-image/rehearse"
UPDATE = ("/usr/lib/systemd/systemd-sysupdate", "--definitions=/usr/lib/edge-image/sysupdate", "update")
RESTART = ("systemctl", "reboot")
UNPACK_TIMES, SPARE_BYTES = 2, 256 * 1024 * 1024
"""Space needed for unpacking, in multiples of an update's size (its private copy and its content); and space to leave
for the shop, as a full disk would stop sales."""


def is_image(os_release: Path = OS_RELEASE) -> bool:
    """Whether this box runs one of our disk images."""
    try:
        return MARK in os_release.read_text().splitlines()
    except OSError:
        return False


class ImageInstaller(Installer):
    """Installs releases of disk images: writes the inactive slot and restarts the box from it."""

    kernels = KERNELS
    slots = SLOTS

    def _prepare(self, release: Release) -> str:
        folder = self._places.own / FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        if shutil.disk_usage(self._places.own).free < UNPACK_TIMES * release.size_bytes + SPARE_BYTES:
            return "no_room"
        folder.mkdir()
        names = (f"edge_{release.version}.squashfs", f"edge_{release.version}.efi")
        if reason := self._take(release, lambda copy: _unpack(copy, folder, names), folder):
            shutil.rmtree(folder, ignore_errors=True)
            return reason
        return "" if self._run((REHEARSE, str(folder / names[0]), str(self._config))) else "rehearsal"

    def _swap(self, request: UpdateRequest, release: Release) -> UpdateOutcome | None:
        begun = self._begin(request)
        if begun.tries == 1 and not self._is_quiet():
            return UpdateOutcome(request.id, "waits", "selling")
        if self._own == release.version:
            well = self._is_well_with(release)
            shutil.rmtree(self._places.own / FOLDER, ignore_errors=True)
            if not well:
                return UpdateOutcome(request.id, "stuck", "unwell")
            self._keep_way_back(begun, request, release)
            return UpdateOutcome(request.id, "swapped")
        if any(self.kernels.glob(f"edge_{release.version}+0*.efi")):
            # the previous version is running again; the shop can sell if this version can read the data
            return UpdateOutcome(request.id, "went_back" if request.schema == release.schema else "stuck", "unwell")
        if begun.tries > TRIES:
            return UpdateOutcome(request.id, "went_back", "cut_off")
        if not self._run(UPDATE):
            return UpdateOutcome(request.id, "went_back", "not_installed")
        if not self._is_on_disk(release):
            self._forget_kernels(release.version)
            return UpdateOutcome(request.id, "went_back", "disk_faulty")
        self._run(RESTART)
        return None

    def _go_back(self, request: UpdateRequest, previous: Previous) -> UpdateOutcome | None:
        """Restart with the previous version. Returns None if the restart has begun; otherwise the reason: its kernel is
        gone, its test failed, or the shop isn't idle."""
        if not any(self.kernels.glob(f"edge_{previous.version}*.efi")):
            return UpdateOutcome(request.id, "refused", "no_way_back")
        if not self._run((REHEARSE, str(self.slots / f"edge_{previous.version}"), str(self._config))):
            return UpdateOutcome(request.id, "refused", "rehearsal")
        if not self._is_quiet():
            return UpdateOutcome(request.id, "waits", "selling")
        self._forget_kernels(previous.replaced_by)
        self._run(RESTART)
        return None

    def _forget_kernels(self, version: str) -> None:
        """Delete a version's kernels: without them, the boot loader starts the other version."""
        for kernel in self.kernels.glob(f"edge_{version}*.efi"):
            kernel.unlink()

    def _is_on_disk(self, release: Release) -> bool:
        """Whether the slot and kernel, read back from the disk, are those of the release. A failing disk may have lost
        data without reporting an error, and a box can't start from half a kernel."""
        system, kernel = f"edge_{release.version}.squashfs", f"edge_{release.version}.efi"
        places = {system: self.slots / f"edge_{release.version}"}
        if found := next(self.kernels.glob(f"edge_{release.version}*.efi"), None):
            places[kernel] = found
        try:
            parts = msgspec.json.decode((self._places.own / WRITTEN).read_bytes(), type=dict[str, tuple[int, str]])
            return all(_digest_on_disk(places[name], size) == digest for name, (size, digest) in parts.items())
        except (OSError, KeyError, msgspec.MsgspecError):
            return False


def _digest_on_disk(file: Path, size: int) -> str:
    """SHA-256 of the first `size` bytes of a file or partition, read from the disk and not from memory."""
    known, left = hashlib.sha256(), size
    with file.open("rb") as source:
        os.fsync(source.fileno())
        os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while left and (part := source.read(min(left, COPY_BYTES))):
            known.update(part)
            left -= len(part)
    return known.hexdigest()


def _unpack(file: Path, folder: Path, names: tuple[str, str]) -> None:
    """Unpack exactly these files, and store their sizes and digests. Raises `TarError` if the file isn't an image
    release."""
    found: dict[str, tuple[int, str]] = {}
    with tarfile.open(file, "r:*") as packed:
        for member in packed:
            content = packed.extractfile(member) if member.isfile() and member.name in names else None
            if content is None:
                raise tarfile.ReadError(f"{member.name} isn't a part of an image")
            known = hashlib.sha256()
            with content, (folder / member.name).open("xb") as out:
                while part := content.read(COPY_BYTES):
                    known.update(part)
                    out.write(part)
            found[member.name] = (member.size, known.hexdigest())
    if found.keys() != set(names):
        raise tarfile.ReadError("A part of the image is missing")
    (folder.parent / WRITTEN).write_bytes(msgspec.json.encode(found))
