"""Installer of updates, with root's rights: unpacks a release next to the running one, swaps them, and can swap back.

systemd starts it on the shop's request (`systemd/edge-software.path`). It accepts only signed releases, and runs the
steps that a person would: `./run setup`, a test on a copy of the ledger, `./run install`. To go back, it runs `./run
install` of the previous folder, on its own or at a manager's request within a day. After a power cut it resumes.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from edge.backoffice.software.service.update_files import (
    Previous,
    Quiet,
    UpdateOutcome,
    UpdatePlaces,
    UpdateRequest,
    Well,
    open_own,
    read,
    trusted_release,
    write,
)
from edge.core.storage.atomic_write import write_whole
from sync.releases import Release, digest_of, order_of

FOLDER = "edge-store-"
"""Prefix of a release's folder, before the version."""
WORK_S = 3 * 3600.0
"""Time limit for a step of a release. A test with ten million facts takes an hour on a busy box (docs/growth.md)."""
WELL_S = 600.0
"""The shop must be healthy within this time, or the update is rolled back."""
OFFLINE, OFFLINE_FOLDERS = "offline", ("wheels", "npm")
"""Folders of packages next to a release, for a shop without internet (`setup/offline.py`)."""
OFFLINE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,250}")
LOOK_S = 2.0
COPY_BYTES = 1024 * 1024
QUIET_S = 6.0
"""How long the shop's reported idle status is valid, in seconds."""
QUIET_WAIT_S = 60.0
"""Seconds to wait until the shop is idle; then the update is postponed and requested again."""
WAY_BACK_S = 25 * 3600.0
"""How long a manager can return to the previous version: a day, and an hour for the clock that changes. No longer, as a
fixed vulnerability must not come back."""
TRIES = 2
"""Maximum attempts to install a release if the machine loses power during each."""
Run = Callable[[Sequence[str]], bool]


class Swapping(msgspec.Struct, frozen=True):
    """Work in progress: the request, the previous folder and version, and the number of attempts."""

    id: str
    before: str
    tries: int
    version: str = ""


class Installer:
    """Installs releases, and goes back to the previous one if the shop isn't healthy.

    `current`: the folder of the running version; releases are in the same parent folder. `own`: its version; older ones
    are never installed. `account`: the command prefix to run a command as the shop's account. `wait` sleeps.
    """

    def __init__(
        self,
        places: UpdatePlaces,
        current: Path,
        config: Path,
        own: str,
        account: tuple[str, ...] = (),
        run: Run | None = None,
        wait: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places, self._current, self._programs = places, current, current.parent
        self._config, self._own, self._account = config, own, account
        self._run, self._wait, self._monotonic = run or run_command, wait, monotonic
        self._marker = places.own / "swapping.json"

    def work(self) -> UpdateOutcome | None:
        """Carry out the request and record the result; None if nothing new is requested."""
        request = read(self._places.request, UpdateRequest)
        done = read(self._places.outcome, UpdateOutcome)
        if request is None or (done is not None and done.id == request.id):
            return None
        signed = trusted_release(self._places, request.release)
        outcome: UpdateOutcome | None
        if request.work == "return":
            outcome = self._return(request)
        elif signed is None:
            outcome = UpdateOutcome(request.id, "refused", "unsigned")
        elif order_of(signed.release.version) < order_of(self._own):
            outcome = UpdateOutcome(request.id, "refused", "older")  # a fixed vulnerability must not come back
        elif request.work == "prepare":
            reason = self._prepare(signed.release)
            outcome = UpdateOutcome(request.id, "refused" if reason else "prepared", reason)
        else:
            outcome = self._swap(request, signed.release)
        if outcome is not None:
            write_whole(self._places.outcome, msgspec.json.encode(outcome))
            self._places.outcome.chmod(0o644)
            self._marker.unlink(missing_ok=True)
        return outcome

    def _prepare(self, release: Release) -> str:
        """Unpack from a private copy, install dependencies, and test on a copy of the ledger. Returns the reason if
        that fails, else ""."""
        folder = self._folder_of(release.version)

        def unpack(copy: Path) -> None:
            self._unpack(copy, folder)
            _unpack_offline(self._places.offline_of(release.version), folder)

        if reason := self._take(release, unpack, self._programs):
            return reason
        if not self._run((str(folder / "run"), "setup", "--like", str(self._current))):
            return "not_set_up"
        shutil.rmtree(folder / OFFLINE, ignore_errors=True)
        return "" if self._is_tried(folder) else "rehearsal"

    def _take(self, release: Release, unpack: Callable[[Path], None], room: Path) -> str:
        """Unpack a private copy of the file to `room` if its signature is valid. Returns the reason if not, else ""."""
        copy = self._places.own / "release.tar.gz"
        try:
            _copy_release(self._places.file_of(release.version), copy, release.size_bytes)
            if digest_of(copy) != release.digest:
                return "damaged"
            unpack(copy)
        except (OSError, tarfile.TarError):
            return "no_room" if _is_full(room, release) else "damaged"
        finally:
            copy.unlink(missing_ok=True)
        return ""

    def _unpack(self, file: Path, folder: Path) -> None:
        if folder == self._current:
            return
        part = folder.with_name(f".{folder.name}.part")
        for one in (part, folder):
            shutil.rmtree(one, ignore_errors=True)
        with tarfile.open(file, "r:gz") as packed:
            packed.extractall(part, filter="data")
        part.rename(folder)

    def _begin(self, request: UpdateRequest) -> Swapping:
        """Count the attempt, so that a power cut is noticed."""
        begun = read(self._marker, Swapping)
        if begun is None or begun.id != request.id:
            begun = Swapping(request.id, str(self._current), 0, self._own)
        begun = msgspec.structs.replace(begun, tries=begun.tries + 1)
        write(self._marker, begun)
        return begun

    def _swap(self, request: UpdateRequest, release: Release) -> UpdateOutcome | None:
        """Swap the versions, and swap back if the shop isn't healthy. Returns None if the work continues after a
        restart."""
        begun = self._begin(request)
        before, folder = Path(begun.before), self._folder_of(release.version)
        if begun.tries == 1 and not self._is_quiet():
            return UpdateOutcome(request.id, "waits", "selling")
        reason = "cut_off" if begun.tries > TRIES else self._install_release(folder, release)
        if not reason:
            self._forget(keep=(before, folder))
            self._keep_way_back(begun, request, release)
            return UpdateOutcome(request.id, "swapped")
        if request.schema != release.schema and reason != "not_installed":
            return UpdateOutcome(request.id, "stuck", reason)  # can't go back: newer sales use the new schema
        return UpdateOutcome(
            request.id, "went_back" if self._run((str(before / "run"), "install")) else "stuck", reason
        )

    def _keep_way_back(self, begun: Swapping, request: UpdateRequest, release: Release) -> None:
        """Note the version before, for a day."""
        wall_s = time.time()
        write(self._places.previous, Previous(begun.version, begun.before, request.schema, release.version, wall_s))
        self._places.previous.chmod(0o644)

    def _return(self, request: UpdateRequest) -> UpdateOutcome | None:
        """Return to the version before the latest update, at a manager's request. Only that version, only within a day,
        and only with the same ledger schema."""
        previous = read(self._places.previous, Previous)
        if previous is None or previous.replaced_by != request.release or previous.schema != request.schema:
            return UpdateOutcome(request.id, "refused", "no_way_back")
        if previous.version == self._own:  # after a restart, or a power cut
            self._places.previous.unlink()
            return UpdateOutcome(request.id, "went_back", "asked_back")
        if self._own != previous.replaced_by or abs(time.time() - previous.at_s) > WAY_BACK_S:
            return UpdateOutcome(request.id, "refused", "no_way_back")
        return self._go_back(request, previous)

    def _go_back(self, request: UpdateRequest, previous: Previous) -> UpdateOutcome | None:
        """Install the previous version, which is first tried on a copy. Returns None if the work continues after a
        restart."""
        folder = Path(previous.folder)
        if not self._is_tried(folder):
            return UpdateOutcome(request.id, "refused", "rehearsal")
        if not self._is_quiet():
            return UpdateOutcome(request.id, "waits", "selling")
        if not self._run((str(folder / "run"), "install", "--prepared")):
            return UpdateOutcome(request.id, "refused", "not_installed")
        self._places.previous.unlink()
        return UpdateOutcome(request.id, "went_back", "asked_back")

    def _is_tried(self, folder: Path) -> bool:
        """Whether the version in a folder works on a copy of the ledger. Keeps a backup, and what its start needs."""
        python = (str(folder / ".venv/bin/python"), "-m", "edge", "--config", str(self._config))
        return self._run((*self._account, *python, "upgrade", "--prepare"))

    def _is_quiet(self) -> bool:
        """Wait up to `QUIET_WAIT_S` until the shop reports that it is idle. Returns whether it did."""
        waited_s = 0.0
        while True:
            said = read(self._places.quiet, Quiet)
            if said is not None and 0 <= self._monotonic() - said.at_s <= QUIET_S:
                return True
            if waited_s >= QUIET_WAIT_S:
                return False
            self._wait(LOOK_S)
            waited_s += LOOK_S

    def _install_release(self, folder: Path, release: Release) -> str:
        """Install the new version; returns why the shop isn't healthy with it, else ""."""
        if not self._run((str(folder / "run"), "install", "--prepared")):
            return "not_installed"
        return "" if self._is_well_with(release) else "unwell"

    def _is_well_with(self, release: Release) -> bool:
        """Whether the shop reports in time that it is healthy."""
        waited_s = 0.0
        while waited_s < WELL_S:
            if read(self._places.well, Well) == Well(release.version):
                return True
            self._wait(LOOK_S)
            waited_s += LOOK_S
        return False

    def _folder_of(self, version: str) -> Path:
        return self._programs / f"{FOLDER}{version}"

    def _forget(self, keep: Sequence[Path]) -> None:
        """Delete the folders of releases other than the running and previous ones."""
        for folder in self._programs.glob(f"{FOLDER}[0-9]*"):
            if folder not in keep:
                shutil.rmtree(folder, ignore_errors=True)


def _unpack_offline(source: Path, folder: Path) -> None:
    """Copy the packages next to a release, if any, into its folder. They're unsigned: `setup` checks each against the
    hash in the release's lock file. So only plain files with plain names are written."""
    if not source.exists() or (folder / OFFLINE).exists():
        return
    with open_own(source) as file, tarfile.open(fileobj=file, mode="r|") as packed:
        for member in packed:
            top, _, name = member.name.removeprefix(f"{OFFLINE}/").partition("/")
            if not member.isfile() or top not in OFFLINE_FOLDERS or not OFFLINE_NAME.fullmatch(name):
                raise tarfile.ReadError(f"{member.name} isn't a package")
            target, content = folder / OFFLINE / top / name, packed.extractfile(member)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                shutil.copyfileobj(content or io.BytesIO(), out, COPY_BYTES)


def _copy_release(source: Path, copy: Path, size: int) -> None:
    """Copy exactly the signed number of bytes, readable by root only. The shop's account could have put
    anything there."""
    copy.unlink(missing_ok=True)
    with open_own(source) as file, os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        left = size
        while left and (piece := file.read(min(left, COPY_BYTES))):
            out.write(piece)
            left -= len(piece)


def _is_full(folder: Path, release: Release) -> bool:
    return shutil.disk_usage(folder).free < release.size_bytes


def run_command(argv: Sequence[str]) -> bool:
    """Run a command of a release; returns whether it succeeded in time."""
    try:
        return subprocess.run(argv, cwd="/", timeout=WORK_S, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
