"""`edge upgrade`: bring the ledger to this version, or only try."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge import config
from edge.cli.backup import working
from edge.cli.output import say
from edge.core.clock import SystemClock
from edge.services.maintenance import upgrade


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with working(loaded):
        return _rehearse(loaded) if args.rehearse else _upgrade(loaded)


def _rehearse(loaded: config.Config) -> int:
    tried = upgrade.rehearse(loaded)
    say(f"A copy of the ledger (#{tried.seq}, schema {tried.from_schema}) was upgraded to schema {tried.to_schema}.")
    say(f"  schema: {', '.join(tried.files) or 'as it is'}; {tried.migrate_s:.1f} s, for which the shop is closed")
    say(f"  tables made anew: {', '.join(tried.tables) or 'none'}; {tried.rebuild_s:.1f} s, while the shop sells")
    for fault in tried.faults:
        say(f"FAULT  {fault}")
    if tried.faults:
        say("Do not upgrade: call for help.")
        return 1
    say(f"Then all of it was verified, in {tried.verify_s:.1f} s. The ledger itself was not changed.")
    return 0


def _upgrade(loaded: config.Config) -> int:
    done = upgrade.upgrade(loaded, SystemClock())
    say(f"The ledger as it was before is kept: {done.kept}")
    if done.done:
        say(f"The ledger is of this version now, in {done.seconds:.1f} s.")
    else:
        say(f"What takes long is prepared, in {done.seconds:.1f} s. Start the shop again with this version soon.")
    return 0
