"""The installer of a box that runs a disk image: both parts of a release, the slot that is free, and the restart."""

from __future__ import annotations

import io
import shutil
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from edge.backoffice.software.service import image_installer as imaging
from edge.backoffice.software.service import installer as installing
from edge.backoffice.software.service.image_installer import REHEARSE, RESTART, UPDATE, ImageInstaller, is_image
from edge.backoffice.software.service.update_files import (
    Quiet,
    UpdateOutcome,
    UpdatePlaces,
    UpdateRequest,
    Well,
    write,
)
from sync.directive_signing import Signer, new_key
from sync.releases import Release, digest_of, sign_release

OLD, NEW, SCHEMA = "1.0.0", "1.1.0", 100
PARTS = {f"edge_{NEW}.squashfs": b"the system", f"edge_{NEW}.efi": b"its kernel"}


class ImageBox:
    """What the installer is told and does; `fails` are commands that come to a bad end."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kernels, self.fails = folder, folder / "kernels", set[str]()
        self.slots, self.lost = folder / "slots", ""
        self.places = UpdatePlaces(folder / "inbox", folder / "own", folder / "keys", folder / "image-keys")
        for made in (self.places.inbox, self.places.own, self.kernels, self.slots):
            made.mkdir()
        (self.kernels / f"edge_{OLD}.efi").touch()
        (key := folder / "releases.pem").write_bytes(new_key())
        self.signer = Signer.load(key)
        self.places.image_keys.write_text(self.signer.public + "\n")
        self.ran: list[str] = []
        self.schema = SCHEMA

    def release(self, parts: dict[str, bytes] | None = None) -> None:
        file = self.places.file_of(NEW)
        with tarfile.open(file, "w:gz") as packed:
            for name, body in (PARTS if parts is None else parts).items():
                info = tarfile.TarInfo(name)
                info.size = len(body)
                packed.addfile(info, io.BytesIO(body))
        said = Release(NEW, digest_of(file), file.stat().st_size, self.schema)
        write(self.places.said_of(NEW), sign_release(self.signer, said))

    def runs(self, argv: Sequence[str]) -> bool:
        self.ran.append(argv[0])
        if argv == UPDATE:  # as systemd/image/sysupdate says; the disk loses a part without a word
            for name, body in PARTS.items():
                part = Path(name)
                place = self.slots / part.stem if part.suffix == ".squashfs" else self.kernels / f"{part.stem}+1.efi"
                kept = bytes(len(body)) if self.lost == name else body
                place.write_bytes(kept + (b"what was there before" if part.suffix == ".squashfs" else b""))
        return argv[0] not in self.fails

    def start(self, version: str) -> UpdateOutcome | None:
        """The installer at a start of the system, or where the shop asks for something."""
        installer = ImageInstaller(
            self.places, Path("/opt/edge-store"), self.folder / "config.toml", version, (), self.runs, lambda _: None
        )
        installer.kernels, installer.slots = self.kernels, self.slots
        return installer.work()

    def ask(self, work: str, version: str = OLD) -> UpdateOutcome | None:
        write(self.places.quiet, Quiet(time.monotonic()))
        write(self.places.request, UpdateRequest(f"7-{work}", work, NEW, SCHEMA))  # type: ignore[arg-type]
        return self.start(version)

    def swapping(self) -> None:
        """As far as the restart."""
        self.release()
        assert self.ask("prepare") == UpdateOutcome("7-prepare", "prepared")
        assert self.ask("swap") is None
        assert self.ran == [REHEARSE, UPDATE[0], RESTART[0]]


@pytest.fixture
def box(tmp_path: Path) -> ImageBox:
    return ImageBox(tmp_path)


def test_a_version_that_sells_stays(box: ImageBox) -> None:
    box.swapping()
    assert {one.name: one.read_bytes() for one in (box.places.own / imaging.FOLDER).iterdir()} == PARTS
    write(box.places.well, Well(NEW))
    assert box.start(NEW) == UpdateOutcome("7-swap", "swapped")
    assert box.start(NEW) is None, "once"
    assert not (box.places.own / imaging.FOLDER).exists(), "its room is free again"


@pytest.mark.parametrize("lost", PARTS)
def test_a_disk_that_loses_a_part_is_not_started_from_it(box: ImageBox, lost: str) -> None:
    box.release()
    box.lost = lost
    assert box.ask("prepare") == UpdateOutcome("7-prepare", "prepared")
    assert box.ask("swap") == UpdateOutcome("7-swap", "went_back", "disk_faulty")
    assert box.ran == [REHEARSE, UPDATE[0]], "it doesn't restart"
    assert [one.name for one in box.kernels.iterdir()] == [f"edge_{OLD}.efi"]


def test_a_version_that_does_not_sell_is_left_and_said(box: ImageBox) -> None:
    box.swapping()
    (box.kernels / f"edge_{NEW}+0-1.efi").touch()  # as the loader names what it tried in vain
    assert box.start(OLD) == UpdateOutcome("7-swap", "went_back", "unwell")
    assert box.start(OLD) is None


def test_a_newer_ledger_is_not_called_gone_back(box: ImageBox) -> None:
    box.schema = SCHEMA + 1
    box.swapping()
    (box.kernels / f"edge_{NEW}+0-1.efi").touch()
    assert box.start(OLD) == UpdateOutcome("7-swap", "stuck", "unwell")


def test_the_power_goes_before_the_slot_is_written(box: ImageBox) -> None:
    box.swapping()
    for _ in range(installing.TRIES - 1):
        assert box.start(OLD) is None, "it is done again"
    assert box.start(OLD) == UpdateOutcome("7-swap", "went_back", "cut_off")


def test_a_manager_takes_an_update_back(box: ImageBox) -> None:
    """The previous system is still in its slot: the box starts from it, as there is no other kernel."""
    box.swapping()
    write(box.places.well, Well(NEW))
    (box.kernels / f"edge_{NEW}+1.efi").rename(box.kernels / f"edge_{NEW}.efi")  # as the loader names what sold
    assert box.start(NEW) == UpdateOutcome("7-swap", "swapped")
    box.ran.clear()
    write(box.places.quiet, Quiet(time.monotonic()))
    write(box.places.request, UpdateRequest("7-return", "return", NEW, SCHEMA))
    assert box.start(NEW) is None
    assert box.ran == [REHEARSE, RESTART[0]], "tried with the ledger as it is now"
    assert [one.name for one in box.kernels.iterdir()] == [f"edge_{OLD}.efi"]
    assert box.start(OLD) == UpdateOutcome("7-return", "went_back", "asked_back")
    assert box.start(OLD) is None


def test_an_update_whose_ledger_is_newer_is_not_taken_back(box: ImageBox) -> None:
    box.schema = SCHEMA + 1
    box.swapping()
    write(box.places.well, Well(NEW))
    assert box.start(NEW) == UpdateOutcome("7-swap", "swapped")
    write(box.places.request, UpdateRequest("7-return", "return", NEW, SCHEMA + 1))
    assert box.start(NEW) == UpdateOutcome("7-return", "refused", "no_way_back")
    assert len(list(box.kernels.iterdir())) == 2


def test_someone_sells(box: ImageBox) -> None:
    box.release()
    write(box.places.request, UpdateRequest("7-swap", "swap", NEW, SCHEMA))
    assert box.start(OLD) == UpdateOutcome("7-swap", "waits", "selling")
    assert box.ran == []


@pytest.mark.parametrize(
    "parts",
    [
        {f"edge_{NEW}.efi": b"its kernel"},
        {**PARTS, "run": b"a release of a folder"},
        {**PARTS, "../own/outcome.json": b"elsewhere"},
        {name.replace(NEW, "9.0.0"): body for name, body in PARTS.items()},
    ],
)
def test_what_is_no_image_of_that_version(box: ImageBox, parts: dict[str, bytes]) -> None:
    box.release(parts)
    assert box.ask("prepare") == UpdateOutcome("7-prepare", "refused", "damaged")
    assert box.ran == [] and not (box.places.own / imaging.FOLDER).exists()


def test_a_file_that_no_one_signed(box: ImageBox) -> None:
    box.release()
    box.places.file_of(NEW).write_bytes(b"another file")
    assert box.ask("prepare") == UpdateOutcome("7-prepare", "refused", "damaged")


def test_a_key_that_came_with_no_image(box: ImageBox) -> None:
    box.release()
    box.places.image_keys.write_text(Signer.load(box.folder / "releases.pem").public[::-1] + "\n")
    assert box.ask("prepare") == UpdateOutcome("7-prepare", "refused", "unsigned")
    box.places.image_keys.unlink()
    assert box.places.trusted_keys() == ()


def test_an_update_leaves_the_shop_its_room(box: ImageBox, monkeypatch: pytest.MonkeyPatch) -> None:
    box.release()
    usage = shutil.disk_usage(box.folder)._replace(free=imaging.SPARE_BYTES)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage)
    assert box.ask("prepare") == UpdateOutcome("7-prepare", "refused", "no_room")
    assert box.ran == [] and not (box.places.own / imaging.FOLDER).exists(), "nothing was written"


def test_a_rehearsal_that_fails(box: ImageBox) -> None:
    box.release()
    box.fails.add(REHEARSE)
    assert box.ask("prepare") == UpdateOutcome("7-prepare", "refused", "rehearsal")


def test_only_an_image_is_one(tmp_path: Path) -> None:
    (file := tmp_path / "os-release").write_text("ID=debian\nIMAGE_ID=edge\nIMAGE_VERSION=1.0.0\n")
    assert is_image(file)
    file.write_text("ID=debian\n")
    assert not is_image(file)
    assert not is_image(tmp_path / "none")
    assert msgspec.json.encode(UPDATE)  # plain words, for systemd's journal
