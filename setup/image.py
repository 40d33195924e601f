"""`./run image FOLDER`: a disk image that turns any x86-64 mini-PC into a till, and the same system as an update for
boxes that already run an image.

The system is Debian 13 with this project in /opt/edge-store, read-only, in one of two slots; the shop's data is on a
separate partition (systemd/image/). Made by mmdebstrap, ukify, mksquashfs and mtools; standard library only.
"""

import argparse
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from setup import offline, python
from setup.sbom import product_version
from setup.step import ROOT, Log, SetupError

HOME = "opt/edge-store"
RELEASE, PYTHON = "trixie", "3.13"
MIRROR = "http://deb.debian.org/debian"
TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "mksquashfs": "squashfs-tools",
    "sfdisk": "fdisk",
    "mkfs.vfat": "dosfstools",
    "mcopy": "mtools",
    "git": "git",
    "npm": "npm",
}
"""Programs that build an image, and their Debian packages."""
PACKAGES = (
    *(
        "systemd-sysv",
        "systemd-boot",
        "systemd-boot-efi",
        "systemd-repart",
        "systemd-ukify",
        "systemd-container",
        "systemd-cryptsetup",
    ),
    *("systemd-timesyncd", "linux-image-amd64", "initramfs-tools", "zstd", "udev", "dbus", "kmod", "dmsetup"),
    *("e2fsprogs", "dosfstools", "cryptsetup-bin", "libtss2-esys-3.0.2-0t64", "libtss2-tcti-device0t64", "fdisk"),
    *("network-manager", "avahi-daemon", "libnss-mdns", "polkitd", "ca-certificates", "python3", "python3-venv"),
    *("git", "cage", "chromium", "speech-dispatcher", "speech-dispatcher-espeak-ng"),
    *("fonts-dejavu-core", "fonts-droid-fallback", "fonts-tlwg-loma", "espeak-ng", "libportaudio2", "libusb-1.0-0"),
    *("firmware-linux-free", "wpasupplicant", "wireless-regdb"),
    *("firmware-iwlwifi", "firmware-realtek", "firmware-mediatek", "firmware-atheros", "firmware-brcm80211"),
)
COMPONENTS = "main,non-free-firmware"
"""Debian components. The second one has the firmware of Wi-Fi chips, whose licences allow distributing it unchanged."""
KERNEL = "root=PARTLABEL=edge_{version} rootfstype=squashfs ro rootwait systemd.machine_id=firmware panic=30 quiet"
CONSOLES = "console=ttyS0,115200 console=tty0"
LEFT_OUT = ("boot/*", "var/*", "usr/share/doc/*/!(copyright)", "usr/share/man/*", f"{HOME}/.local/log/*")
"""Paths to leave out: not needed on a box, or on the data partition. Licences stay, as those of firmware require."""
MIB = 1024 * 1024
ESP_MIB, SLOT_MIB = 256, 1024
"""The sizes in systemd/image/repart; the first has room for three kernels."""
ESP, SYSTEM = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
"""Types of partitions by the Discoverable Partitions Specification."""
KEY = re.compile(r"[0-9a-f]{64}")
"""A release maker's public key (Ed25519)."""
LOADER = "usr/lib/systemd/boot/efi/systemd-bootx64.efi"
OURS = Path("systemd/image")
PROGRAMS = ("lead", "mount-disk", "open-data", "rehearse", "wait-well")
PLACES = (
    ("fstab", "etc/fstab"),
    ("50-edge-network.rules", "etc/polkit-1/rules.d/50-edge-network.rules"),
    ("90-edge-disks.rules", "etc/udev/rules.d/90-edge-disks.rules"),
    ("system.conf", "etc/systemd/system.conf.d/edge.conf"),
    ("journald.conf", "etc/systemd/journald.conf.d/edge.conf"),
    *(("emergency.conf", f"etc/systemd/system/{name}.service.d/image.conf") for name in ("emergency", "rescue")),
)
"""Files of systemd/image, and their paths in the image."""
KEYS = "usr/lib/edge-image/keys"
"""File with the keys of release makers (edge/backoffice/software/service/update_files.py)."""


def main(words: Sequence[str]) -> int:
    """Return the exit status: 0 if the image is done, 1 if a step failed."""
    args = _parser().parse_args(words)
    try:
        fill(Path(args.fill), Path(args.folder), args.version, args.trust) if args.fill else make(args)
    except SetupError as error:
        print(f"\n{error}\nWhat to do: {error.advice}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run image", description="Make a disk image and its update.")
    parser.add_argument("folder", metavar="FOLDER", help="where the files go")
    parser.add_argument(
        "--mirror", default=MIRROR, help="where Debian packages are fetched from (default: %(default)s)"
    )
    parser.add_argument(
        "--version", default=product_version(), help="version of the image (default: the project's, %(default)s)"
    )
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="KEY",
        help="public key whose updates its boxes accept; repeatable",
    )
    parser.add_argument("--fill", metavar="ROOT", help=argparse.SUPPRESS)  # mmdebstrap calls this
    return parser


def make(args: argparse.Namespace) -> None:
    """Write edge-VERSION.img, and update/edge-store-VERSION.tar.gz with the slot and kernel of the same system."""
    out = Path(args.folder).resolve()
    _require_tools(out)
    if wrong := [key for key in args.trust if not KEY.fullmatch(key)]:
        raise SetupError(
            f"{wrong[0]} isn't a public key.", "`edge hub signing-key FILE` prints one: 64 digits from 0 to f."
        )
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="edge-image-", dir=out) as name:
        folder = Path(name)
        root = folder / "root"
        with _phase("1 of 5  the project's packages"):
            environment = python.steps()[0]  # pip, which fetches the packages
            if not environment.is_done():
                environment.run("packages")
            (folder / "offline").mkdir()
            log = Log(folder / "offline.log")
            offline.collect(folder / "offline", (PYTHON,), (python.BUILD_LOCK, python.LOCK), log)
        with _phase("2 of 5  Debian and the project"):
            _bootstrap(root, args, folder / "offline")
        with _phase("3 of 5  the read-only system"):
            system, kernel = folder / f"edge_{args.version}.squashfs", folder / f"edge_{args.version}.efi"
            shutil.copy(root / "boot/edge.efi", kernel)
            _squash(root, system)
        image, update = out / f"edge-{args.version}.img", out / "update" / f"edge-store-{args.version}.tar.gz"
        update.parent.mkdir(exist_ok=True)
        with _phase("4 of 5  the disk"):
            _disk(folder / "disk.img", root / LOADER, system, kernel, args.version)
            _move_whole(folder / "disk.img", image)
        with _phase("5 of 5  the update"):
            _pack(folder / "update.tar.gz", (system, kernel))
            _move_whole(folder / "update.tar.gz", update)
    for made in (image, update):
        _say(f"{made.name}: {made.stat().st_size // MIB + 1} MiB, SHA-256 {_digest(made)}")
    if not args.trust:
        _say("Boxes with this image accept no updates: set the release maker's public key with --trust.")
    _say(f"Sign both with: ./run edge release sign-image {update} --key KEY")
    _say(f"Write {image.name} to a stick or a disk, for example with Raspberry Pi Imager or balenaEtcher.")


def _require_tools(out: Path) -> None:
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        raise SetupError(f"{', '.join(missing)} isn't installed.", f"sudo apt install {' '.join(missing)}")
    if os.geteuid() != 0:
        raise SetupError("Only root can make an image.", "Run the same command with sudo.")
    if out.is_relative_to(ROOT):
        raise SetupError(f"{out} is inside the project folder.", "Name a folder outside it.")
    changed = subprocess.run(("git", "status", "--porcelain"), cwd=ROOT, capture_output=True, text=True, check=False)
    if changed.returncode or changed.stdout:
        raise SetupError("Files differ from the last commit, or this isn't a clone.", "Use a fresh clone.")


def _bootstrap(root: Path, args: argparse.Namespace, packages: Path) -> None:
    """Create a Debian system with the project in it. mmdebstrap calls `fill` inside its mounts to install the
    project."""
    trust = [word for key in args.trust for word in ("--trust", key)]
    again = (sys.executable, "-Es", "-m", "setup.image", "--version", args.version, *trust, str(packages), "--fill")
    hook = f'cd {shlex.quote(str(ROOT))} && {shlex.join(again)} "$1"'
    _call(
        *("mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", f"--include={','.join(PACKAGES)}"),
        f"--components={COMPONENTS}",
        *("--dpkgopt=path-exclude=/usr/share/man/*", "--aptopt=APT::Install-Recommends false"),
        "--dpkgopt=force-unsafe-io",  # an interrupted build starts over; `_move_whole` syncs the finished files
        *(f"--customize-hook={hook}", RELEASE, str(root), args.mirror),
    )


def fill(root: Path, packages: Path, version: str, trust: Sequence[str]) -> None:
    """Install the project with its `packages`, its service and screen, the image's own files and the trusted keys into
    a Debian at `root`."""
    project = root / HOME
    project.mkdir(parents=True)
    packed = subprocess.Popen(("git", "archive", "HEAD"), cwd=ROOT, stdout=subprocess.PIPE)
    _call("tar", "-x", "-C", str(project), stdin=packed.stdout)
    if packed.wait():
        raise SetupError("`git archive HEAD` failed.", "Use a fresh clone.")
    for hidden in project.glob(".*"):
        shutil.rmtree(hidden) if hidden.is_dir() else hidden.unlink()
    (root / "etc/hostname").write_text("edge\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n127.0.1.1 edge\n::1 localhost\n")
    with _phase("        the project's installation"):
        shutil.copytree(packages, project / "offline")
        _inside(root, f"cd /{HOME} && ./run install --screen")
        shutil.rmtree(project / "offline")
    _own_files(root)
    (root / KEYS).write_text("".join(f"{key}\n" for key in trust))
    with (root / "usr/lib/os-release").open("a") as file:
        file.write(f"IMAGE_ID=edge\nIMAGE_VERSION={version}\n")
    _inside(root, "systemctl enable edge-well.service edge-lead.socket avahi-daemon.service NetworkManager.service")
    # no console logins: people use the pages
    _inside(root, "systemctl mask getty@.service serial-getty@.service console-getty.service debug-shell.service")
    _inside(root, "passwd --lock root")
    with _phase("        the kernel"):
        _kernel(root, version)
    _keep_var(root)


def _own_files(root: Path) -> None:
    ours = ROOT / OURS
    own = root / "usr/lib/edge-image"
    for name in ("repart", "repart-tpm2", "sysupdate"):
        shutil.copytree(ours / name, own / name)
    for name in PROGRAMS:
        shutil.copy(ours / name, own / name)
    for unit in (*ours.glob("*.service"), *ours.glob("*.socket")):
        shutil.copy(unit, root / "usr/lib/systemd/system" / unit.name)
    for name, place in PLACES:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ours / name, root / place)
    for place in ("efi", "etc/edge", "etc/edge-software", "mnt/edge-backup"):
        (root / place).mkdir(parents=True, exist_ok=True)
    (root / "etc/machine-id").write_text("")
    resolver = root / "etc/resolv.conf"
    resolver.unlink(missing_ok=True)
    resolver.symlink_to("/run/NetworkManager/resolv.conf")


def _kernel(root: Path, version: str) -> None:
    """Build the kernel, its initial file system and command line as one file that can be signed (UKI)."""
    with (root / "etc/initramfs-tools/modules").open("a") as file:
        file.write("squashfs\noverlay\n")
    (release,) = (one.name for one in (root / "usr/lib/modules").iterdir())
    line = f"{KERNEL.format(version=version)} {CONSOLES}"
    _inside(root, "update-initramfs -u")
    _inside(
        root,
        f"ukify build --linux=/boot/vmlinuz-{release} --initrd=/boot/initrd.img-{release} --uname={release} "
        f"--os-release=@/usr/lib/os-release --cmdline={shlex.quote(line)} --output=/boot/edge.efi",
    )


def _keep_var(root: Path) -> None:
    """Save the initial contents of a new data partition, without files that only Debian's package tools need."""
    kept = root / "usr/share/edge-image/var"
    kept.parent.mkdir(parents=True)
    ignored = {str(root / "var" / name) for name in ("cache", "lib/apt", "lib/dpkg", "log", "tmp")}
    shutil.copytree(
        root / "var",
        kept,
        symlinks=True,
        ignore=lambda folder, names: [name for name in names if f"{folder}/{name}" in ignored],
    )
    for name in ("cache", "log", "tmp", *(f"lib/edge-image/{one}" for one in ("edge", "edge-software", "networks"))):
        (kept / name).mkdir(parents=True)
    (kept / "tmp").chmod(0o1777)


def _squash(root: Path, target: Path) -> None:
    _call(
        *("mksquashfs", str(root), str(target), "-quiet", "-no-progress", "-comp", "zstd", "-Xcompression-level", "9"),
        *("-all-time", _commit_time(), "-mkfs-time", _commit_time(), "-wildcards", "-e", *LEFT_OUT),
    )
    if target.stat().st_size > SLOT_MIB * MIB:
        what = f"The system has {target.stat().st_size // MIB} MiB, and a slot has {SLOT_MIB}."
        raise SetupError(what, "Leave packages out (PACKAGES in setup/image.py).")


def _commit_time() -> str:
    """Return the last commit's time in seconds since 1970, which becomes every file's time."""
    said = subprocess.run(("git", "log", "-1", "--format=%ct"), cwd=ROOT, capture_output=True, text=True, check=True)
    return said.stdout.strip()


def _disk(image: Path, loader: Path, system: Path, kernel: Path, version: str) -> None:
    """Write a disk with the boot loader's partition and the first slot.

    The first start adds the other partitions (systemd/image/repart).
    """
    with image.open("wb") as file:
        file.truncate((1 + ESP_MIB + SLOT_MIB + 1) * MIB)
    table = (
        "label: gpt\n"
        f"start=1MiB, size={ESP_MIB}MiB, type={ESP}, name=edge-esp\n"
        f'start={1 + ESP_MIB}MiB, size={SLOT_MIB}MiB, type={SYSTEM}, name=edge_{version}, attrs="GUID:60"\n'
    )
    _call("sfdisk", "--quiet", str(image), said=table)
    esp = image.with_name("esp.img")
    with esp.open("wb") as file:
        file.truncate(ESP_MIB * MIB)
    _call("mkfs.vfat", str(esp))  # no label: the first page offers labelled disks for backups
    _call("mmd", "-i", str(esp), "::EFI", "::EFI/BOOT", "::EFI/systemd", "::EFI/Linux", "::loader")
    signed = loader.with_name(f"{loader.name}.signed")
    _call("mcopy", "-i", str(esp), str(signed if signed.exists() else loader), "::EFI/BOOT/BOOTX64.EFI")
    _call("mcopy", "-i", str(esp), str(kernel), f"::EFI/Linux/{kernel.name}")
    settings = image.with_name("loader.conf")
    settings.write_text("timeout 0\neditor no\n")
    _call("mcopy", "-i", str(esp), str(settings), "::loader/loader.conf")
    with image.open("r+b") as disk:
        for part, start in ((esp, 1), (system, 1 + ESP_MIB)):
            disk.seek(start * MIB)
            with part.open("rb") as content:
                shutil.copyfileobj(content, disk, MIB)
    esp.unlink()


def _pack(target: Path, files: Sequence[Path]) -> None:
    with tarfile.open(target, "w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as packed:
        for file in files:
            packed.add(file, file.name)


def _move_whole(made: Path, target: Path) -> None:
    """Give a file its final name once all of it is on disk, so that a power cut never leaves an incomplete one."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _inside(root: Path, command: str) -> None:
    """Run a command inside the system, with mmdebstrap's mounts."""
    _call("chroot", str(root), "/bin/sh", "-euc", command)


def _call(*argv: str, said: str | None = None, stdin: object = None) -> None:
    """Run a command. Raises `SetupError` if it fails."""
    if said is None:
        done = subprocess.run(argv, stdin=stdin or subprocess.DEVNULL, check=False)  # type: ignore[call-overload]
    else:
        done = subprocess.run(argv, input=said, text=True, check=False)
    if done.returncode:
        raise SetupError(f"`{argv[0]}` ended with status {done.returncode}.", "See its output above.")


@contextmanager
def _phase(name: str) -> Iterator[None]:
    """Print the name of the phase as it begins, and its duration at the end."""
    _say(name)
    began_s = time.monotonic()
    yield
    _say(f"{name.strip()}: {time.monotonic() - began_s:.0f} s")


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
