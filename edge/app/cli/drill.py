"""`edge drill`: test whether the newest backup can be restored."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.app.cli.backup import working
from edge.app.cli.output import say
from edge.app.cli.recovery_code import secret_for
from edge.core.clock import SystemClock
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.restoring import people, restore
from edge.runtime import config
from edge.runtime.backup_state import status


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with working(loaded):
        place = backup.place_of(loaded)
        found, damaged = backup.list_backups(place, loaded.header), backup.unreadable(place)
        for what in damaged:
            say(f"FAULT  {what}")
        if not found:
            raise NeedsHuman("There is no backup to restore.", "Make one: edge backup now")
        secret = secret_for(loaded, found[0].label.key)
        report = restore.drill(loaded, found[0], secret, SystemClock().read().at_us)
        gone = len(people.forgotten_known(loaded, place, secret))
    for fault in report.faults:
        say(f"FAULT  {fault}")
    took = status.load(loaded.folder).drill_s
    if report.faults:
        say(f"{found[0].path.name} isn't a valid ledger: {len(report.faults)} faults. Make a new one: edge backup now")
        return 1
    say(f"{found[0].path.name}: restored and verified to #{report.head.seq} in {took} s.")
    if gone:
        say(f"It brings back none of the {gone} people whose data was erased.")
    return 1 if damaged else 0
