"""Files exchanged between the shop's process and the privileged installer.

The shop's account can write only to the `inbox`. The installer trusts only signed content there, and answers in a
folder that only it can write to.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import msgspec

from edge.core.storage.atomic_write import write_whole
from sync.releases import ReleaseVersion, SignedRelease

KEYS = Path("/etc/edge-software/keys")
"""Public keys of accepted publishers: one Ed25519 key in hexadecimal per line. Root owns the file, as these keys decide
what root runs."""
IMAGE_KEYS = Path("/usr/lib/edge-image/keys")
"""The publisher keys that came with a disk image, whose boxes have no command line. An update may replace them."""
INSTALLERS = Path("/var/lib/edge-software")
"""The installer's files and status."""
FOLDER = "software"
"""The inbox, a folder inside the data folder."""
SMALL_FILE_BYTES = 64 * 1024
"""Maximum size of requests, results and keys."""
Work = Literal["prepare", "swap", "return"]
T = TypeVar("T", bound=msgspec.Struct)


class UpdatePlaces(msgspec.Struct, frozen=True):
    """File locations: the `inbox`, the installer's `own` folder, the `keys`, and the keys that came with a
    disk image."""

    inbox: Path
    own: Path = INSTALLERS
    keys: Path = KEYS
    image_keys: Path = IMAGE_KEYS

    def file_of(self, version: str) -> Path:
        """The file of a release."""
        return self.inbox / f"{version}.tar.gz"

    def offline_of(self, version: str) -> Path:
        """The packages that came with a release on a stick."""
        return self.inbox / f"{version}-offline.tar"

    def said_of(self, version: str) -> Path:
        """A release's signed manifest."""
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
    def previous(self) -> Path:
        return self.own / "previous.json"

    @property
    def outcome(self) -> Path:
        return self.own / "outcome.json"

    def trusted_keys(self) -> tuple[str, ...]:
        """The trusted keys, if any."""
        found: list[str] = []
        for file in (self.keys, self.image_keys):
            with suppress(OSError):
                found += file.read_text().split()
        return tuple(found)


class UpdateRequest(msgspec.Struct, frozen=True):
    """A request to the installer. `id` identifies an update and a task; `schema`: the ledger's current
    schema version."""

    id: str
    work: Work
    release: ReleaseVersion
    schema: int


class UpdateOutcome(msgspec.Struct, frozen=True):
    """The result of a request. `reason`: why it failed, a text key of `[software]`."""

    id: str
    outcome: Literal["prepared", "swapped", "went_back", "stuck", "refused", "waits"]
    reason: str = ""


class Previous(msgspec.Struct, frozen=True):
    """The version before the latest update: its `folder` and ledger schema, the version that replaced it, and when
    (seconds since 1970)."""

    version: str
    folder: str
    schema: int
    replaced_by: str
    at_s: float


class Quiet(msgspec.Struct, frozen=True):
    """The shop reports that it is idle at this time (seconds since boot), so the update may be installed."""

    at_s: float


class Well(msgspec.Struct, frozen=True):
    """The shop reports that it is healthy with this release."""

    release: str


def open_own(path: Path) -> BinaryIO:
    """Open a file of the inbox safely, also as root: regular files only, no links. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "It isn't a file", str(path))
    return os.fdopen(descriptor, "rb")


def read(path: Path, kind: type[T]) -> T | None:
    """The content of a file; None if it's missing or invalid."""
    try:
        with open_own(path) as file:
            return msgspec.json.decode(file.read(SMALL_FILE_BYTES), type=kind)
    except (OSError, msgspec.MsgspecError):
        return None


def write(path: Path, said: msgspec.Struct) -> None:
    """Write a file atomically."""
    write_whole(path, msgspec.json.encode(said))


def trusted_release(places: UpdatePlaces, version: str) -> SignedRelease | None:
    """The manifest of a release in the inbox; None unless one of the box's keys signed it and the version matches."""
    signed = read(places.said_of(version), SignedRelease)
    if signed is None or not signed.is_signed_by(places.trusted_keys()):
        return None
    return signed if signed.release.version == version else None
