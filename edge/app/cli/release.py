"""`edge release make`, `edge hub release`, `edge software install`: a release is made, brought to head office, and put
in the place of what runs."""

from __future__ import annotations

import argparse
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from edge.app.cli import release_archive
from edge.app.cli.hub_api import as_owner
from edge.app.cli.hub_places import signer_in
from edge.app.cli.output import say
from edge.backoffice.software.service.installer import Installer
from edge.backoffice.software.service.update_files import FOLDER, UpdatePlaces
from edge.core.storage.migrate import newest
from edge.lib.errors import ConfigError, NeedsHuman
from sync.hub import releases
from sync.releases import Release, digest_of, sign_release

ROOT = Path(__file__).parents[3]


def make(args: argparse.Namespace) -> int:
    """Pack what git tracks of this folder, and sign what the release says of itself."""
    key, out, own = Path(args.key), Path(args.folder), version("edge-store")
    release_archive.require_outside(ROOT, key=key, output=out)
    signer = signer_in(key)
    commit = release_archive.clean_commit(ROOT)
    out.mkdir(parents=True, exist_ok=True)
    file = out / f"edge-store-{own}.tar.gz"
    release_archive.pack(ROOT, commit, file)
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
    from edge.runtime import config

    if os.geteuid() != 0:
        raise NeedsHuman("Only root exchanges the software.", "systemd does it: systemctl status edge-software")
    loaded = config.load(Path(args.config))
    places = UpdatePlaces(loaded.folder / FOLDER)
    places.own.mkdir(mode=0o755, exist_ok=True)
    account = ("runuser", "-u", "edge", "--")
    outcome = Installer(places, ROOT, Path(args.config).resolve(), version("edge-store"), account).work()
    say(f"{outcome.id}: {outcome.outcome} {outcome.reason}" if outcome else "Nothing is asked.")
    return 0
