"""`edge upgrade`: migrate the ledger to this version, or test the migration (`--rehearse`, `--prepare`). `--from`: a
ledger of version 0.1.0, deprecated."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.app.cli.backup import working
from edge.app.cli.output import say
from edge.core.clock import SystemClock
from edge.core.process import child
from edge.operations.maintenance import upgrade
from edge.operations.maintenance.take_across import take_across
from edge.runtime import config

HAND_OVER_S = 0.5
"""Seconds that a box takes to hand over to the other one (measured with `bench twin`)."""


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with working(loaded):
        if args.source:
            return _take_across(loaded, Path(args.source))
        if args.rehearse or args.prepare:
            child.give_way()  # the till sells meanwhile
            return _prepare(loaded) if args.prepare else _tell(upgrade.rehearse(loaded))
        return _upgrade(loaded)


def _prepare(loaded: config.Config) -> int:
    kept, tried = upgrade.prepare_upgrade(loaded, SystemClock())
    if kept:
        say(f"The ledger is kept as it is: {kept}")
    return _tell(tried)


def _tell(tried: upgrade.Rehearsed) -> int:
    say(f"A copy of the ledger (#{tried.seq}, schema {tried.from_schema}) was upgraded to schema {tried.to_schema}.")
    say(f"  schema: {', '.join(tried.files) or 'unchanged'}; {tried.migrate_s:.1f} s with the shop closed")
    say(f"  tables rebuilt: {', '.join(tried.tables) or 'none'}; {tried.rebuild_s:.1f} s, during sales")
    if tried.does_follow:
        pause_s = HAND_OVER_S + tried.migrate_s
        say(f"  this box is on standby. With these tables prepared, tills wait {pause_s:.1f} s at a failover")
    for fault in tried.faults:
        say(f"FAULT  {fault}")
    if tried.faults:
        say("Don't upgrade. Contact support.")
        return 1
    say(f"Everything was then verified in {tried.verify_s:.1f} s. The ledger itself wasn't changed.")
    return 0


def _upgrade(loaded: config.Config) -> int:
    done = upgrade.upgrade(loaded, SystemClock())
    if done.kept:
        say(f"The previous ledger is kept: {done.kept}")
    if done.done:
        say(f"The ledger was upgraded in {done.seconds:.1f} s.")
    else:
        say(f"The slow part was prepared in {done.seconds:.1f} s. Restart the shop with this version soon.")
    return 0


def _take_across(loaded: config.Config, source: Path) -> int:
    done = take_across(loaded, SystemClock(), source)
    say(f"All {done.old.seq} entries of {source} were copied to a new ledger and verified.")
    say(f"It continues at #{done.head.seq} in epoch {done.head.epoch}. The old one is kept: {done.kept}")
    if done.signed:
        say(f"{done.signed} Z reports were signed again with the same key, because the hashes of earlier rows changed.")
    if done.unsigned:
        say(f"{done.unsigned} Z reports signed with another key are only valid in the old ledger: keep it.")
    for table in done.left:
        say(f"SKIPPED  {table}: this version doesn't support it.")
    say("Head office needs a new database for it: docs/hub-scale.md")
    return 0
