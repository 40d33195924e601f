"""The disk for copies is chosen by maker and size; what is in use or no USB disk is never offered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from setup import backup_disk
from setup.step import SetupError


def device(path: str, tran: str | None, size: int = 10**12, mounted: str | None = None, **more: Any) -> dict[str, Any]:
    part = {"path": f"{path}1", "size": size, "type": "part", "label": more.get("label"), "mountpoints": [mounted]}
    return {"path": path, "size": size, "model": "T7 ", "tran": tran, "type": "disk", "mountpoints": [None]} | {
        "children": [part]
    }


DEVICES = [
    device("/dev/nvme0n1", "nvme", mounted="/"),
    device("/dev/sda", "sata"),
    device("/dev/sdb", "usb", mounted="/mnt"),
    device("/dev/sdc", "usb", label="PHOTOS"),
    device("/dev/sdd", "usb", size=0),
]


def typed(*answers: str) -> Callable[[str], str]:
    waiting = iter(answers)
    return lambda _: next(waiting)


def test_only_a_usb_disk_of_which_nothing_is_in_use_is_offered() -> None:
    (disk,) = backup_disk.eligible_disks(DEVICES)
    assert disk.what == "T7, 1000 GB, with PHOTOS on it (/dev/sdc)"


@pytest.mark.parametrize("answers", [("",), ("2",), ("sdc",), ("1", ""), ("1", "y")])
def test_nothing_is_deleted_without_its_number_and_a_word(answers: tuple[str, ...]) -> None:
    assert backup_disk.choose(backup_disk.eligible_disks(DEVICES), typed(*answers)) is None


def test_it_is_chosen_by_its_number() -> None:
    disk = backup_disk.choose(backup_disk.eligible_disks(DEVICES), typed("1", "delete"))
    assert disk is not None and disk.path == "/dev/sdc"


def test_where_there_is_none_that_is_said() -> None:
    with pytest.raises(SetupError, match="No unused USB disk"):
        backup_disk.choose([], typed())


def test_it_is_mounted_at_every_start_by_its_label_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []
    fstab = tmp_path / "fstab"
    fstab.write_text("UUID=1 / ext4 defaults 0 1")
    monkeypatch.setattr(backup_disk, "_call", lambda *argv: calls.append(argv))
    monkeypatch.setattr(backup_disk, "FSTAB", fstab)
    monkeypatch.setattr(backup_disk, "PLACE", tmp_path / "mnt")
    monkeypatch.setattr(backup_disk, "FOLDER", tmp_path / "mnt" / "edge")
    monkeypatch.setattr(backup_disk.pwd, "getpwnam", lambda _: backup_disk.pwd.getpwuid(0))
    monkeypatch.setattr(backup_disk.os, "chown", lambda *_: None)
    for _ in range(2):
        backup_disk.prepare("/dev/sdc")
    assert calls[0] == ("mkfs.ext4", "-q", "-F", "-L", "EDGE-BACKUP", "/dev/sdc")
    assert fstab.read_text().splitlines() == ["UUID=1 / ext4 defaults 0 1", backup_disk.ENTRY.rstrip()]
    assert (tmp_path / "mnt" / "edge").stat().st_mode & 0o777 == 0o700
