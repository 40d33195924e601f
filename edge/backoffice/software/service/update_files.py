"""What the shop's process and the installer, which has the rights that this takes, tell each other: small files.

The shop's account writes the `inbox` alone; the installer believes of it only what a key has signed, and answers in
a folder that nobody else writes.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import msgspec

from edge.core.storage.atomic_write import write_whole
from sync.releases import ReleaseVersion, SignedRelease

KEYS = Path("/etc/edge-software/keys")
"""Whose releases this box takes: a public key (Ed25519, hexadecimal) a line. Root's, as it says what root runs."""
INSTALLERS = Path("/var/lib/edge-software")
"""What the installer keeps, and says."""
FOLDER = "software"
"""In the data folder: the inbox."""
SAID_BYTES = 64 * 1024
"""The most that one of the small files is."""
T = TypeVar("T", bound=msgspec.Struct)


class UpdatePlaces(msgspec.Struct, frozen=True):
    """Where things are: `inbox`, the installer's `own` folder, the `keys`."""

    inbox: Path
    own: Path = INSTALLERS
    keys: Path = KEYS

    def file_of(self, version: str) -> Path:
        """The file of a release."""
        return self.inbox / f"{version}.tar.gz"

    def offline_of(self, version: str) -> Path:
        """The packages that came on a stick beside a release."""
        return self.inbox / f"{version}-offline.tar"

    def said_of(self, version: str) -> Path:
        """What a release says of itself, signed."""
        return self.inbox / f"{version}.json"

    @property
    def request(self) -> Path:
        return self.inbox / "request.json"

    @property
    def well(self) -> Path:
        return self.inbox / "well.json"

    @property
    def quiet(self) -> Path:
        return self.inbox / "quiet.json"

    @property
    def outcome(self) -> Path:
        return self.own / "outcome.json"

    def trusted(self) -> tuple[str, ...]:
        """The keys, where there are any."""
        try:
            return tuple(self.keys.read_text().split())
        except OSError:
            return ()


class UpdateRequest(msgspec.Struct, frozen=True):
    """What the shop asks of the installer. `id` names one update and one piece of work; `schema`: of the ledger now."""

    id: str
    work: Literal["prepare", "swap"]
    release: ReleaseVersion
    schema: int


class UpdateOutcome(msgspec.Struct, frozen=True):
    """What became of a request; `reason`, where it did not go well, is a word of `[software]`."""

    id: str
    outcome: Literal["prepared", "swapped", "went_back", "stuck", "refused", "waits"]
    reason: str = ""


class Quiet(msgspec.Struct, frozen=True):
    """Nobody sells: it may be exchanged, as of this second of the machine since it was started."""

    at_s: float


class Well(msgspec.Struct, frozen=True):
    """The shop is well with this release."""

    release: str


def open_own(path: Path) -> BinaryIO:
    """A file of the inbox to be read, also by root: no link that leads elsewhere, and nothing but a file. `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "It isn't a file", str(path))
    return os.fdopen(descriptor, "rb")


def read(path: Path, kind: type[T]) -> T | None:
    """What a file says; None: it is not there, or says nothing that makes sense."""
    try:
        with open_own(path) as file:
            return msgspec.json.decode(file.read(SAID_BYTES), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None


def write(path: Path, said: msgspec.Struct) -> None:
    """Say it, whole or not at all."""
    write_whole(path, msgspec.json.encode(said))


def trusted_release(places: UpdatePlaces, version: str) -> SignedRelease | None:
    """What the inbox has of a release, where one of the box's keys signed it and it is of that version."""
    signed = read(places.said_of(version), SignedRelease)
    if signed is None or not signed.is_signed_by(places.trusted()):
        return None
    return signed if signed.release.version == version else None
