"""`./run disk`: prepare a USB disk for the shop's backups. Everything on it is deleted.

Only whole, unused USB disks are offered, with their maker and size, so there is no need to guess a name such as
/dev/sdc. Standard library only.
"""

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from setup.step import SetupError

LABEL, PLACE = "EDGE-BACKUP", Path("/mnt/edge-backup")
FOLDER = PLACE / "edge"
FSTAB = Path("/etc/fstab")
ENTRY = f"LABEL={LABEL} {PLACE} ext4 nofail,noatime,x-systemd.automount 0 0\n"
DELETE = "delete"
COLUMNS = "PATH,SIZE,MODEL,TRAN,TYPE,LABEL,MOUNTPOINTS"


class Disk(NamedTuple):
    path: str
    model: str
    size: int
    labels: tuple[str, ...]

    @property
    def what(self) -> str:
        holds = f", with {', '.join(self.labels)} on it" if self.labels else ""
        return f"{self.model or 'a disk without a name'}, {self.size / 1e9:.0f} GB{holds} ({self.path})"


def main(ask: Callable[[str], str] = input) -> int:
    """Return the exit status: 0 if the disk is ready, otherwise 1."""
    try:
        if os.geteuid() != 0:
            raise SetupError("Only root can format a disk.", "Run the same command with sudo.")
        disk = choose(eligible_disks(list_disks()), ask)
        if disk is None:
            print("Nothing was changed.")
            return 1
        prepare(disk.path)
    except SetupError as error:
        print(f"\n{error}\nWhat to do: {error.advice}", file=sys.stderr)
        return 1
    print(f"\nReady. Enter this backup folder on the first page or under Set-up: {FOLDER}")
    return 0


def list_disks() -> list[dict[str, Any]]:
    """Return this machine's disks as reported by lsblk. Raises `SetupError`."""
    command = ("lsblk", "--json", "--bytes", "--output", COLUMNS)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SetupError(f"lsblk failed: {done.stderr.strip()}", "Install the package util-linux.")
    found: list[dict[str, Any]] = json.loads(done.stdout)["blockdevices"]
    return found


def eligible_disks(devices: list[dict[str, Any]]) -> list[Disk]:
    """Return the whole USB disks that aren't mounted or used as swap."""
    disks = []
    for device in devices:
        parts = [device, *device.get("children", ())]
        in_use = any(point for part in parts for point in part.get("mountpoints") or () if point)
        if device["type"] == "disk" and device.get("tran") == "usb" and int(device["size"] or 0) and not in_use:
            labels = tuple(part["label"] for part in parts if part.get("label"))
            disks.append(Disk(device["path"], (device.get("model") or "").strip(), int(device["size"]), labels))
    return disks


def choose(disks: list[Disk], ask: Callable[[str], str]) -> Disk | None:
    """Return the disk that the user chose and confirmed; None if they declined. Raises `SetupError` if there is no disk
    to choose."""
    if not disks:
        raise SetupError("No unused USB disk found.", "Plug it in, wait ten seconds, and try again.")
    for number, disk in enumerate(disks, 1):
        print(f"  {number}  {disk.what}")
    typed = ask("Number of the disk for the backups (Enter: none): ").strip()
    if not typed.isdecimal() or not 1 <= int(typed) <= len(disks):
        return None
    disk = disks[int(typed) - 1]
    print(f"Everything on {disk.what} will be deleted.")
    return disk if ask(f"Type {DELETE} to continue: ").strip().lower() == DELETE else None


def prepare(path: str) -> None:
    """Format a disk, mount it now and at every start, and give the shop's account a folder on it. Raises
    `SetupError`."""
    _call("mkfs.ext4", "-q", "-F", "-L", LABEL, path)
    fstab = FSTAB.read_text() if FSTAB.exists() else ""
    if f"LABEL={LABEL} " not in fstab:
        FSTAB.write_text(fstab + ("" if fstab.endswith("\n") or not fstab else "\n") + ENTRY)
    PLACE.mkdir(parents=True, exist_ok=True)
    _call("udevadm", "settle")
    _call("mount", path, str(PLACE))
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    try:
        account = pwd.getpwnam("edge")
    except KeyError:
        raise SetupError(
            "The account “edge” doesn't exist yet.", "Install first: sudo ./run install; then try again."
        ) from None
    os.chown(FOLDER, account.pw_uid, account.pw_gid)
    FOLDER.chmod(0o700)


def _call(*argv: str) -> None:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise SetupError(f"{argv[0]} isn't installed.", "apt-get install e2fsprogs mount udev") from None
    if done.returncode:
        raise SetupError(f"`{' '.join(argv)}` failed: {done.stderr.strip()}", "Check that the disk is still connected.")


if __name__ == "__main__":
    sys.exit(main())
