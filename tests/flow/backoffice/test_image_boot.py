"""A box written from a disk image: it starts in QEMU, is set up, sells and prints, takes an update, and goes back from
one that does not sell.

`EDGE_TEST_IMAGES` names a folder with what `./run image` made of three versions, each in a folder of its own: `first`,
`newer`, and `broken`, which does not sell (.ci/nightly makes them).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import IO, Any

import msgspec
import pytest

from edge.core.storage.migrate import newest
from sim.printer.server import SimPrinter
from sync.directive_signing import Signer
from sync.releases import Release, digest_of, sign_release
from tests.disk_cuts import SECTOR, CutDisk
from tests.shop_fixture import run
from tests.sync_doubles import until
from tests.virtual_machine import HOST, VirtualMachine, why_none

IMAGES = os.environ.get("EDGE_TEST_IMAGES", "")
START_S = 1500.0
"""QEMU without acceleration takes minutes to start a system."""
LIMIT_S = 2 * 3600
CUTS = 120
DISK_BYTES, STICK_BYTES = 8 * 1024**3, 64 * 1024**2
BOX = Path(__file__).parents[2] / "image_box"
pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif(bool(why_none()) or not IMAGES, reason=why_none() or "missing: EDGE_TEST_IMAGES"),
]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[VirtualMachine]:
    """A new disk as it was written, larger than the image as disks are."""
    disk = tmp_path / "disk.img"
    (image,) = (Path(IMAGES) / "first").glob("*.img")
    shutil.copy(image, disk)
    os.truncate(disk, DISK_BYTES)
    for name in ("program.py", "sale.py"):
        shutil.copy(BOX / name, tmp_path / name)
    with (stick := tmp_path / "stick.img").open("wb") as file:
        file.truncate(STICK_BYTES)
    subprocess.run(("mkfs.vfat", "-n", "EDGE-BACKUP", stick), check=True)
    machine = VirtualMachine(disk, tmp_path, stick)
    yield machine
    machine.close()


def offer(folder: Path, kind: str) -> str:
    """Sign the update of a version and lay it where the box's program fetches it; its version."""
    (file,) = (Path(IMAGES) / kind / "update").glob("edge-store-*.tar.gz")
    version = file.name.removeprefix("edge-store-").removesuffix(".tar.gz")
    signer = Signer.load(Path(IMAGES) / "releases.pem")  # by which the images were made (.ci/images)
    (folder / file.name).symlink_to(file)
    release = Release(version, digest_of(file), file.stat().st_size, newest())
    (folder / f"edge-store-{version}.json").write_bytes(msgspec.json.encode(sign_release(signer, release)))
    return version


def cut_everywhere(disk: CutDisk, version: str, newer: str) -> None:
    """At many moments of an update: the system that ran is whole with its kernel, and the newer one has a kernel only
    where it is whole; a start mends the file system of the shop's data by itself."""
    own, kernels = partitions(disk.disk)[f"edge_{version}"], kernels_of(disk.disk)
    loader = file_of(disk.disk, "EFI/BOOT/BOOTX64.EFI")
    assert list(kernels) == [f"edge_{version}.efi"] and loader
    assert not any(one.at < own.stop and one.at + one.size > own.start for one in disk.writes), (
        "its slot is not written"
    )
    update = Path(IMAGES) / "broken" / "update" / f"edge-store-{newer}.tar.gz"
    with tarfile.open(update) as archive:
        members = {Path(one.name).name: one for one in archive.getmembers()}
        whole = {name: digest(archive.extractfile(members[name])) for name in members if name.startswith("edge_")}
    seen = set()
    for moment in disk.cuts(CUTS, Random(68)):
        slots, found = partitions(disk.disk), kernels_of(disk.disk)
        assert slots[f"edge_{version}"] == own, moment
        assert found.pop(f"edge_{version}.efi") == kernels[f"edge_{version}.efi"], moment
        assert file_of(disk.disk, "EFI/BOOT/BOOTX64.EFI") == loader, moment
        for name, kernel in found.items():
            assert name.startswith(f"edge_{newer}"), (moment, name)
            assert hashlib.sha256(kernel).hexdigest() == whole[f"edge_{newer}.efi"], (moment, "half a kernel")
            with disk.disk.open("rb") as file:
                file.seek(slots[f"edge_{newer}"].start)
                assert digest(file, members[f"edge_{newer}.squashfs"].size) == whole[f"edge_{newer}.squashfs"], moment
        seen.add(tuple(found))
        if moment % 10 == 0:
            copy = disk.disk.with_suffix(".copy")
            subprocess.run(("cp", "--sparse=always", disk.disk, copy), check=True)
            data = f"{copy}?offset={slots['edge-data'].start}"
            mended = subprocess.run(("e2fsck", "-fp", data), capture_output=True, check=False)
            assert mended.returncode in (0, 1), (moment, mended.stdout)
    assert len(seen) > 1, "before and after its kernel was there"


def partitions(disk: Path) -> dict[str, range]:
    """Bytes of each partition, by its name."""
    said = subprocess.run(("sfdisk", "--json", disk), capture_output=True, check=True).stdout
    rows = json.loads(said)["partitiontable"]["partitions"]
    return {one["name"]: range(one["start"] * SECTOR, (one["start"] + one["size"]) * SECTOR) for one in rows}


def kernels_of(disk: Path) -> dict[str, bytes]:
    """Those that the boot loader lists, by name."""
    at = f"{disk}@@{partitions(disk)['edge-esp'].start}"
    said = subprocess.run(("mdir", "-b", "-i", at, "::/EFI/Linux"), capture_output=True, text=True, check=True).stdout
    names = [line.rpartition("/")[2] for line in said.splitlines()]
    return {name: file_of(disk, f"EFI/Linux/{name}") for name in names if name.startswith("edge_")}


def file_of(disk: Path, name: str) -> bytes:
    """A file of the partition that the firmware starts from."""
    at = f"{disk}@@{partitions(disk)['edge-esp'].start}"
    return subprocess.run(("mcopy", "-i", at, f"::/{name}", "-"), capture_output=True, check=True).stdout


def digest(file: IO[bytes] | None, size: int = 1 << 62) -> str:
    assert file
    known = hashlib.sha256()
    while size and (part := file.read(min(size, 1 << 20))):
        known.update(part)
        size -= len(part)
    return known.hexdigest()


async def told(box: VirtualMachine, limit_s: float = START_S) -> dict[str, Any]:
    said = await asyncio.to_thread(box.next_told, limit_s)
    assert "failed" not in said, said
    return said


def answers(printer: SimPrinter) -> dict[str, Any]:
    options = {"host": HOST, "port": printer.port}
    return {
        **{"name": "Corner shop", "country": "FR", "currency": "EUR", "zone": "Europe/Paris", "language": "en"},
        **{"manager": "Ada", "pin": "582913", "tax_percent": "20"},
        "printer": {
            "role": "receipt_printer",
            "driver": "network",
            "name": "receipts",
            "options": options,
            "certain": True,
        },
    }


async def first_start(box: VirtualMachine, printer: SimPrinter) -> None:
    box.plan([["set_up", answers(printer)], ["sell", None]])
    box.start()
    assert (await told(box))["version"]
    assert "network" in (await told(box))["set_up"]
    sold = await told(box)
    assert sold["sold"], sold["why"]
    await printed(printer, 1)


async def printed(printer: SimPrinter, receipts: int) -> None:
    """That many came out of it."""
    await until(lambda: sum("Milk" in one.text for one in printer.receipts) >= receipts, "its receipt", 60.0)


@pytest.mark.timeout(LIMIT_S)
def test_a_new_box_sells_and_goes_on_after_plug_and_stick_were_pulled(box: VirtualMachine) -> None:
    """Also one whose clock begins years ago, as its battery is empty and there is no internet."""

    async def scenario() -> None:
        async with SimPrinter() as printer:
            box.clock = "2021-03-04T05:06:07"
            await first_start(box, printer)
            box.cut_power()
            box.plan([["look", None], ["sell", None], ["sell", None]])
            box.start()
            disk = json.loads((await told(box))["disk"])
            labels = {part["partlabel"] for one in disk["blockdevices"] for part in one.get("children", ())}
            assert {"edge-esp", "_empty", "edge-data"} <= labels
            looked = await told(box)
            assert looked["backup"], "its disk is mounted, and the shop writes to it"
            assert "Location: http://edge.local:8080/" in looked["lead"]
            box.pull_stick()
            for _ in range(2):
                sold = await told(box)
                assert sold["sold"], sold["why"]
            await printed(printer, 3)

    run(scenario(), LIMIT_S)


@pytest.mark.timeout(LIMIT_S)
@pytest.mark.skipif(shutil.which("swtpm") is None, reason="missing: swtpm")
def test_with_a_tpm_the_shops_data_is_encrypted(box: VirtualMachine, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            box.tpm = tmp_path / "tpm"
            await first_start(box, printer)
            box.cut_power()
            with box.disk.open("rb") as disk:
                disk.seek(partitions(box.disk)["edge-data"].start)
                assert disk.read(6) == b"LUKS\xba\xbe"
            box.plan([["sell", None]])
            box.start()
            assert (await told(box))["version"]
            assert (await told(box))["sold"], "nobody types a password"
            await printed(printer, 2)

    run(scenario(), LIMIT_S)


@pytest.mark.timeout(LIMIT_S)
def test_an_update_is_taken_and_sells(box: VirtualMachine) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            await first_start(box, printer)
            box.cut_power()
            version = offer(box.folder, "newer")
            box.plan([["take", {"version": version, "schema": newest()}]])
            box.start()
            assert (await told(box))["version"] != version
            prepared = await told(box)
            assert prepared["outcome"]["outcome"] == "prepared", prepared
            box.plan([["sell", None]])
            while (said := await told(box)).get("version") is None:
                assert said["outcome"]["outcome"] == "prepared", said
            assert said["version"] == version
            assert (await told(box))["sold"]
            await printed(printer, 2)

    run(scenario(), LIMIT_S)


@pytest.mark.timeout(LIMIT_S)
def test_an_update_that_does_not_sell_is_left_and_no_power_cut_leaves_none(box: VirtualMachine, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as printer:
            await first_start(box, printer)
            box.cut_power()
            broken = offer(box.folder, "broken")
            box.plan([["take", {"version": broken, "schema": newest()}]])
            before, writes = tmp_path / "before.img", tmp_path / "writes"
            copy = ("cp", "--sparse=always", box.disk, before)
            await asyncio.to_thread(subprocess.run, copy, check=True)
            box.start(writes)
            version = (await told(box))["version"]
            assert (await told(box))["outcome"]["outcome"] == "prepared"
            box.plan([["sell", None]])
            versions = []
            while "sold" not in (said := await told(box)):
                versions.append(said.get("version"))
            assert [one for one in versions if one][-1] == version, "it went back"
            assert said["sold"]
            await printed(printer, 2)
            box.cut_power()
            await asyncio.to_thread(cut_everywhere, CutDisk(before, writes), version, broken)

    run(scenario(), LIMIT_S)
