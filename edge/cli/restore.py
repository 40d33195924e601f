"""`edge restore`: a backup becomes the ledger again, under a new epoch."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge import config
from edge.cli.codes import secret_for
from edge.cli.say import say
from edge.config import Config
from edge.core.clock import SystemClock
from edge.core.errors import NeedsHuman
from edge.keeping import backup, keys, sealed
from edge.keeping.restore import go_on_as_is, restore


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    if args.as_is:
        head = go_on_as_is(loaded, SystemClock())
        say(f"The shop goes on from #{head.seq - 1}, in epoch {head.epoch}. What was lost behind it stays lost.")
        return 0
    path = newest(loaded) if args.newest else Path(args.file)
    if not path.exists():
        raise NeedsHuman(f"There is no file {path}.", "See which there are: edge backup list")
    secret = secret_for(loaded, sealed.read_label(path).key)
    done = restore(loaded, path, secret, SystemClock(), args.replace)
    keys.store(loaded.folder, secret)
    say(f"{path.name}: facts #1 to #{done.label.seq} are restored and verified, in {done.seconds:.1f} s.")
    say(f"The shop goes on in epoch {done.head.epoch}; whatever box still has the old one is fenced by head office.")
    if done.aside:
        say(f"The ledger that was there is in {done.aside}.")
    return 0


def newest(loaded: Config) -> Path:
    found = backup.listed(backup.place_of(loaded), loaded.header)
    if not found:
        raise NeedsHuman("There are no backups of this shop in the backup place.", "Name the file: edge restore FILE")
    return found[0].path
