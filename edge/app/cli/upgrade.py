"""`edge upgrade`: migrate the ledger to this version, or test it; `--from`: one whose schema was never released."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.app.cli.backup import working
from edge.app.cli.output import say
from edge.core.clock import SystemClock
from edge.operations.maintenance import upgrade
from edge.operations.maintenance.take_across import take_across
from edge.runtime import config

HAND_OVER_S = 0.5
"""So long a box takes to hand over to the other one (`bench twin`)."""


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with working(loaded):
        if args.source:
            return _take_across(loaded, Path(args.source))
        return _rehearse(loaded) if args.rehearse else _upgrade(loaded)


def _rehearse(loaded: config.Config) -> int:
    tried = upgrade.rehearse(loaded)
    say(f"A copy of the ledger (#{tried.seq}, schema {tried.from_schema}) was upgraded to schema {tried.to_schema}.")
    say(f"  schema: {', '.join(tried.files) or 'as it is'}; {tried.migrate_s:.1f} s, for which the shop is closed")
    say(f"  tables made anew: {', '.join(tried.tables) or 'none'}; {tried.rebuild_s:.1f} s, while the shop sells")
    if tried.does_follow:
        pause_s = HAND_OVER_S + tried.migrate_s
        say(f"  this box follows. Tills wait {pause_s:.1f} s when it takes over, once these tables are prepared")
    for fault in tried.faults:
        say(f"FAULT  {fault}")
    if tried.faults:
        say("Do not upgrade: call for help.")
        return 1
    say(f"Then all of it was verified, in {tried.verify_s:.1f} s. The ledger itself was not changed.")
    return 0


def _upgrade(loaded: config.Config) -> int:
    done = upgrade.upgrade(loaded, SystemClock())
    if done.kept:
        say(f"The ledger as it was before is kept: {done.kept}")
    if done.done:
        say(f"The ledger is of this version now, in {done.seconds:.1f} s.")
    else:
        say(f"What takes long is prepared, in {done.seconds:.1f} s. Start the shop again with this version soon.")
    return 0


def _take_across(loaded: config.Config, source: Path) -> int:
    done = take_across(loaded, SystemClock(), source)
    say(f"All {done.old.seq} facts of {source} are in a new ledger, and everything in it was verified.")
    say(f"It goes on at #{done.head.seq} in epoch {done.head.epoch}. The old one is kept as it was: {done.kept}")
    if done.signed:
        say(f"{done.signed} Z reports were signed again with the same key, as the rows before them have other hashes.")
    if done.unsigned:
        say(f"The signatures of {done.unsigned} Z reports, by another key, hold in the old ledger alone: keep it.")
    for table in done.left:
        say(f"NOT TAKEN  what stands in {table}, which this version has no place for.")
    say("Head office takes it into a new database alone: docs/hub-scale.md")
    return 0
