"""`edge release make`, `edge hub release`, `edge software install`: create, upload and install releases."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from edge import __version__
from edge.app.cli import changelog, release_archive, release_package
from edge.app.cli.hub_api import as_owner
from edge.app.cli.hub_places import signer_in
from edge.app.cli.output import say
from edge.app.cli.release_archive import Commit
from edge.backoffice.software.service.image_installer import ImageInstaller, is_image
from edge.backoffice.software.service.installer import Installer
from edge.backoffice.software.service.update_files import FOLDER, UpdatePlaces
from edge.core.storage.migrate import newest
from edge.lib.errors import ConfigError, NeedsHuman
from sync.directive_signing import Signer, is_signed
from sync.hub import releases
from sync.releases import Release, digest_of, sign_release

ROOT = PROGRAM = Path(__file__).parents[3]
"""The repository clone to pack, which also contains this program."""
IMAGE = "image"
"""Folder of a release with the disk image, which has separate checksums."""


def make(args: argparse.Namespace) -> int:
    """Pack the files tracked by git, and sign the release's description."""
    key, out, own = Path(args.key), Path(args.folder), __version__
    release_archive.require_outside(ROOT, key=key, output=out)
    signer = signer_in(key)
    commit = release_archive.clean_commit(ROOT)
    if args.image and os.geteuid() != 0:
        raise NeedsHuman("Only root can make a disk image.", "Run the same command with sudo.")
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"edge-store-{own}.tar.gz"
    release_archive.pack(ROOT, commit, file)
    notes = args.notes or changelog.notes_of(ROOT / changelog.FILE, own)
    beside = _write_signed(signer, file, own, args.least, notes)
    made = [file, beside, *_packages(args, out, own, commit, file)]
    release_package.write_sums(out, made, signer)
    for one in made:
        say(f"{one.name}: {one.stat().st_size // 2**20 + 1} MiB")
    say(f"Checksums and their signature: {release_package.SUMS}, {release_package.SIGNATURE} in {out}.")
    if args.image:
        folder = out / IMAGE
        _run("setup.image", str(folder), "--trust", signer.public)
        _sign_image(folder / "update" / file.name, signer)
    say(f"Boxes accept it if /etc/edge-software/keys has the line {signer.public}")
    return 0


def _write_signed(signer: Signer, file: Path, own: str, least: str = "", notes: str = "") -> Path:
    """Write the signed information of a release next to its file. Raises `ConfigError` if the release isn't valid."""
    try:
        release = Release(own, digest_of(file), file.stat().st_size, newest(), least, notes)
        said = msgspec.convert(msgspec.structs.asdict(release), Release)
    except msgspec.ValidationError as error:
        raise ConfigError(f"Invalid release information: {error}.") from None
    beside = file.with_suffix("").with_suffix(".json")
    beside.write_bytes(msgspec.json.encode(sign_release(signer, said)))
    return beside


def _packages(args: argparse.Namespace, out: Path, own: str, commit: Commit, archive: Path) -> list[Path]:
    """The bill of materials and, if requested, the offline packages and the `.deb`."""
    made = [out / f"edge-store-{own}.cdx.json"]
    _run("setup", "sbom", str(made[0]))
    offline = out / f"edge-store-{own}-offline.tar" if args.offline else None
    if offline is not None:
        _run("setup", "offline", str(offline), *(("--engines",) if args.engines else ()))
        made.append(offline)
    if args.deb:
        made.append(out / f"edge-store_{own}_amd64.deb")
        release_package.make_deb(archive, offline, own, commit, made[-1])
    return made


def _run(module: str, *words: str) -> None:
    if subprocess.run((sys.executable, "-m", module, *words), cwd=PROGRAM, check=False).returncode:
        raise NeedsHuman(f"`{module} {words[0]}` failed.", "See its output above.")


def sign_image(args: argparse.Namespace) -> int:
    """Sign the output of `./run image`: the update, for boxes, and the checksums of update and image, for people."""
    key = Path(args.key)
    release_archive.require_outside(ROOT, key=key)
    _sign_image(Path(args.file), signer_in(key))
    return 0


def _sign_image(file: Path, signer: Signer) -> None:
    """Sign an update and the image in the folder above it. Raises `ConfigError` if they aren't of this version."""
    own = __version__
    if file.name != f"edge-store-{own}.tar.gz":
        raise ConfigError(f"{file.name} isn't the update of version {own}.", "Sign it in the clone that made it.")
    image = file.parent.parent / f"edge-{own}.img"
    if not image.is_file():
        raise ConfigError(f"{image} is missing.", "Sign in the folder that `./run image` wrote.")
    sums = image.parent / release_package.SUMS
    if sums.exists() and image.name not in sums.read_text():
        raise ConfigError(f"{image.parent} has another release.", "Make the image in a folder of its own.")
    beside = _write_signed(signer, file, own)
    release_package.write_sums(image.parent, [image, file, beside], signer)
    say(f"{beside.name} written. Boxes accept both files if their image was made with --trust {signer.public}")
    say(f"To check the image before it is written to a disk: edge release verify {image.parent} --key {signer.public}")


def verify(args: argparse.Namespace) -> int:
    """Compare a release's files with its checksums, and the checksums with their signature."""
    folder = Path(args.folder)
    try:
        text = (folder / release_package.SUMS).read_bytes()
        signature = bytes.fromhex((folder / release_package.SIGNATURE).read_text())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{folder} has no release checksums: {error}.") from None
    if not is_signed(args.key, signature, release_package.SUMS_CONTEXT + text):
        raise NeedsHuman(
            "The checksums weren't signed with that key.", "Don't install it. Ask whoever makes your releases."
        )
    for line in text.decode().splitlines():
        digest, _, name = line.partition("  ")
        if not (folder / name).is_file():
            say(f"not here  {name}")
        elif digest_of(folder / name) != digest:
            raise NeedsHuman(f"{name} doesn't match its signature.", "Don't install it. Copy it again.")
        else:
            say(f"ok        {name}")
    return 0


def bring(args: argparse.Namespace) -> int:
    """Upload a release to head office for a tenant's boxes."""
    file = Path(args.file)
    try:
        said = releases.read_signed(file.with_suffix("").with_suffix(".json"))
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigError(
            f"The information file of {file} can't be read: {error}.",
            "`edge release make` writes both files. Copy them together.",
        ) from None

    async def work(owner: Any) -> int:
        releases.require_fit(said, file, __version__)
        async with owner.transaction():
            return await releases.add(owner, args.tenant, said, releases.pieces_of(file))

    pieces = as_owner(args, work)
    say(f"{args.tenant} has release {said.release.version}, in {pieces} pieces. Roll it out with a publication.")
    return 0


def install(args: argparse.Namespace) -> int:
    """Install the update that the shop has requested of root, if any (started by systemd)."""
    from edge.runtime import config

    if os.geteuid() != 0:
        raise NeedsHuman("Only root can update the software.", "systemd does this: systemctl status edge-software")
    loaded = config.load(Path(args.config))
    places = UpdatePlaces(loaded.folder / FOLDER)
    places.own.mkdir(mode=0o755, exist_ok=True)
    account = ("runuser", "-u", "edge", "--")
    kind = ImageInstaller if is_image() else Installer
    outcome = kind(places, ROOT, Path(args.config).resolve(), __version__, account).work()
    say(f"{outcome.id}: {outcome.outcome} {outcome.reason}" if outcome else "No update is requested.")
    return 0
