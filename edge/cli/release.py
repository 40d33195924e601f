"""`edge release make`, `edge hub release`, `edge software install`: a release is made, brought to head office, and put
in the place of what runs."""

from __future__ import annotations

import argparse
import os
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from edge.cli.hub_api import as_owner
from edge.cli.hub_places import signer_in
from edge.cli.output import say
from edge.core.storage.migrate import newest
from edge.lib.errors import ConfigError, NeedsHuman
from edge.services.software.installer import Installer
from edge.services.software.update_files import FOLDER, UpdatePlaces
from sync.hub import releases
from sync.releases import Release, digest_of, sign_release

ROOT = Path(__file__).parents[2]
LEFT_OUT = frozenset(("__pycache__", "node_modules", "data"))
"""Folders that are of this machine alone, beside those whose names begin with a dot."""


def make(args: argparse.Namespace) -> int:
    """Pack this folder, and sign what is said of it."""
    signer, own = signer_in(Path(args.key)), version("edge-store")
    out = Path(args.folder)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"edge-store-{own}.tar.gz"
    with tarfile.open(file, "w:gz", compresslevel=6) as packed:
        packed.add(ROOT, ".", filter=_filter_member)
    try:
        release = Release(own, digest_of(file), file.stat().st_size, newest(), args.least, args.notes)
        said = msgspec.convert(msgspec.structs.asdict(release), Release)
    except msgspec.ValidationError as error:
        raise ConfigError(f"That cannot be said of a release: {error}.") from None
    beside = file.with_suffix("").with_suffix(".json")
    beside.write_bytes(msgspec.json.encode(sign_release(signer, said)))
    say(f"{file}: {said.size_bytes // 2**20 + 1} MiB, and beside it what was signed.")
    say(f"Boxes take it whose /etc/edge-software/keys has the line {signer.public}")
    return 0


def _filter_member(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """What goes in: no folders of this machine, and nobody's name."""
    parts = Path(info.name).parts
    if LEFT_OUT & set(parts) or any(part.startswith(".") for part in parts):
        return None
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def bring(args: argparse.Namespace) -> int:
    """Bring a release to head office, for a tenant's boxes."""
    file = Path(args.file)
    try:
        said = releases.read_signed(file.with_suffix("").with_suffix(".json"))
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigError(
            f"There is no word of {file}: {error}.", "`edge release make` writes both files: bring them together."
        ) from None

    async def work(owner: Any) -> int:
        releases.require_fit(said, file, version("edge-store"))
        async with owner.transaction():
            return await releases.add(owner, args.tenant, said, releases.pieces_of(file))

    pieces = as_owner(args, work)
    say(f"{args.tenant} has release {said.release.version}, in {pieces} pieces. It goes out by a publication.")
    return 0


def install(args: argparse.Namespace) -> int:
    """What the shop asks of root, if it asks anything (systemd starts this)."""
    from edge import config

    if os.geteuid() != 0:
        raise NeedsHuman("Only root exchanges the software.", "systemd does it: systemctl status edge-software")
    loaded = config.load(Path(args.config))
    places = UpdatePlaces(loaded.folder / FOLDER)
    places.own.mkdir(mode=0o755, exist_ok=True)
    account = ("runuser", "-u", "edge", "--")
    outcome = Installer(places, ROOT, Path(args.config).resolve(), version("edge-store"), account).work()
    say(f"{outcome.id}: {outcome.outcome} {outcome.reason}" if outcome else "Nothing is asked.")
    return 0
