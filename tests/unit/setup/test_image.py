"""The disk image: what is written fits what the first start and updates expect of it."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from setup import image
from setup.step import ROOT

OURS = ROOT / image.OURS
NEEDED = [tool for tool in ("sfdisk", "mkfs.vfat", "mcopy") if shutil.which(tool) is None]


def settings(file: Path) -> ConfigParser:
    parser = ConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(file.read_text())
    return parser


@pytest.mark.skipif(bool(NEEDED), reason=f"missing: {', '.join(NEEDED)}")
def test_the_disk_has_a_loader_and_one_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "ESP_MIB", 40)
    monkeypatch.setattr(image, "SLOT_MIB", 8)
    loader, system, kernel = tmp_path / "boot.efi", tmp_path / "system", tmp_path / "edge_1.2.3.efi"
    for file in (loader, system, kernel):
        file.write_bytes(file.name.encode() * 1000)
    image._disk(tmp_path / "disk.img", loader, system, kernel, "1.2.3")
    said = subprocess.run(("sfdisk", "--json", tmp_path / "disk.img"), capture_output=True, text=True, check=True)
    parts = json.loads(said.stdout)["partitiontable"]["partitions"]
    assert [(one["name"], one["size"] * 512 // image.MIB) for one in parts] == [
        ("edge-esp", image.ESP_MIB),
        ("edge_1.2.3", image.SLOT_MIB),
    ]
    with (tmp_path / "disk.img").open("rb") as disk:
        disk.seek(parts[1]["start"] * 512)
        assert disk.read(6) == b"system"
    esp = tmp_path / "esp.img"
    with (tmp_path / "disk.img").open("rb") as disk:
        disk.seek(parts[0]["start"] * 512)
        esp.write_bytes(disk.read(image.ESP_MIB * image.MIB))
    listed = subprocess.run(("mdir", "-b", "-/", "-i", esp, "::"), capture_output=True, text=True, check=True).stdout
    assert "::/EFI/BOOT/BOOTX64.EFI" in listed and "::/EFI/Linux/edge_1.2.3.efi" in listed


@pytest.mark.parametrize("folder", ["repart", "repart-tpm2"])
def test_the_first_start_finds_what_was_written(folder: str) -> None:
    files = {file.name: settings(file)["Partition"] for file in sorted((OURS / folder).iterdir())}
    assert [one["Type"] for one in files.values()] == ["esp", "root", "root", "linux-generic"]
    assert files["20-root-a.conf"]["SizeMaxBytes"] == files["21-root-b.conf"]["SizeMaxBytes"] == "1G"
    assert image.SLOT_MIB == 1024
    assert files["21-root-b.conf"]["Label"] == "_empty", "as systemd-sysupdate calls a free slot"
    assert (files["30-data.conf"].get("Encrypt") == "tpm2") == (folder == "repart-tpm2")


def test_updates_are_named_as_the_image_is() -> None:
    system, kernel = (settings(file) for file in sorted((OURS / "sysupdate").iterdir()))
    assert system["Target"]["MatchPattern"] == "edge_@v" and "edge_{version}" in image.KERNEL
    assert system["Source"]["Path"] == kernel["Source"]["Path"] == "/var/lib/edge-software/image"
    assert kernel["Target"]["TriesLeft"] == "1", "a version that does not sell is not started again"


def test_a_new_version_is_watched_at_its_first_start() -> None:
    condition = settings(OURS / "edge-well.service")["Unit"]["ConditionPathExists"]
    # systemd's vendor GUID (systemd.io/BOOT_LOADER_INTERFACE); with another, each version would be marked as good
    assert condition.endswith("/LoaderBootCountPath-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f")


@pytest.mark.parametrize("name", ["mount-disk", "open-data", "rehearse"])
def test_its_scripts_are_shell(name: str) -> None:
    assert subprocess.run(("sh", "-n", OURS / name), check=False).returncode == 0


def test_each_file_of_the_image_has_a_place() -> None:
    files = {file.name for file in OURS.iterdir() if file.is_file() and file.suffix not in (".service", ".socket")}
    assert files == {*image.PROGRAMS, *(name for name, _ in image.PLACES)}


def test_a_browser_is_led_to_the_shop_or_told_why_not() -> None:
    lead = runpy.run_path(str(OURS / "lead"))["answer"]
    led = lead(b"GET / HTTP/1.1\r\nHost: edge.local\r\n\r\n", "192.168.1.20", True)
    assert b"\r\nLocation: http://edge.local:8080/\r\n" in led
    for strange in (b"GET / HTTP/1.1\r\nHost: evil.example/@\r\n\r\n", b"GET /", b""):
        assert b"Location: http://192.168.1.20:8080/" in lead(strange, "192.168.1.20", True)
    assert b"Location: http://[fe80::1]:8080/" in lead(b"", "fe80::1", True)
    closed = lead(b"GET / HTTP/1.1\r\nHost: edge.local\r\n\r\n", "192.168.1.20", False)
    assert closed.startswith(b"HTTP/1.1 503 ") and b"on its own screen" in closed and b"Location" not in closed


def test_an_image_trusts_public_keys_alone(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(image, "_require_tools", lambda _out: None)
    assert image.main([str(tmp_path / "out"), "--trust", "releases.pem"]) == 1
    assert "releases.pem isn't a public key" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_is_missing_is_named_with_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _tool: None)
    assert image.main(["/nowhere"]) == 1
    assert "sudo apt install mmdebstrap squashfs-tools" in capsys.readouterr().err
