"""`edge backup now`, `list` and `code`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from edge.app.cli.output import say
from edge.core.clock import SystemClock
from edge.core.secrets import keys
from edge.core.storage.database import ProcessLock
from edge.core.storage.permissions import chown_to_owner
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import backup, pictures
from edge.runtime import config
from edge.runtime.backup_state import status
from edge.runtime.config import Config

PATIENCE_S = 60.0
"""How long a requested backup waits for a running one, such as the scheduled one right after a start."""
LOOK_S = 0.1


def now(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with working(loaded):
        made = backup.make(loaded, SystemClock().read().at_us)
        beside = pictures.keep(loaded, made)
    kept = status.load(loaded.folder)
    size_mb = kept.backup_bytes / 2**20
    say(f"{made.path}: entries #1 to #{made.label.seq}, {size_mb:.1f} MiB, {kept.backup_s} s, read back and verified.")
    if beside.all:
        say(f"Product images in the same folder: {beside.all}, {beside.new} of them new.")
    return 0


def show_backups(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    place = backup.place_of(loaded)
    found, damaged = backup.list_backups(place, loaded.header), backup.unreadable(place)
    for one in found:
        at = datetime.fromtimestamp(one.label.made_at_us / 1e6, UTC)
        say(f"{at:%Y-%m-%d %H:%M} UTC  #{one.label.seq:<9} {one.path.stat().st_size / 2**20:8.1f} MiB  {one.path}")
    for what in damaged:
        say(f"FAULT  {what}")
    if not found:
        say("There are no backups of this shop. Make one: edge backup now")
    return 1 if damaged else 0


def code(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    secret = keys.stored_or_made(loaded.folder)
    say(keys.show(secret))
    say("This code opens the shop's backups on any box. Print it, and keep it away from this one.")
    say("Last four letters on your printout (Enter to skip): ", end="")
    end = sys.stdin.readline().strip()
    say("" if sys.stdin.isatty() else "\n", end="")
    if not end:
        say("`edge check` and the manager's page keep reminding you until the printout is confirmed.")
        return 0
    if not keys.ends_with(secret, end):
        raise NeedsHuman("The last characters don't match.", "Compare your paper with the screen.")
    status.note(loaded.folder, code_kept_us=SystemClock().read().at_us)
    say("The recovery code is confirmed.")
    return 0


@contextmanager
def working(loaded: Config) -> Iterator[None]:
    """Lock out other backups, restore tests and archive runs, waiting for a running one. The shop may keep selling."""
    loaded.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = ProcessLock(loaded.folder, "keeping.lock")
    until_s = time.monotonic() + PATIENCE_S
    while not lock.take():
        if time.monotonic() > until_s:
            raise NeedsHuman(
                "Another backup, drill or archive of this shop is being made.", "Try again when it is done."
            )
        time.sleep(LOOK_S)
    try:
        yield
    finally:
        lock.release()
        chown_to_owner(loaded.folder)
