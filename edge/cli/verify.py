"""`edge verify`: is the ledger whole, and do its tables say what its journal says?"""

from __future__ import annotations

import argparse
from pathlib import Path

from edge import config, ledger
from edge.cli.reading import reading
from edge.cli.say import say
from edge.core.verify import verify


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    with reading(loaded) as db:
        report = verify(db, ledger.registry_of(loaded))
    for fault in report.faults:
        say(f"FAULT  {fault}")
    if report.faults:
        say(f"{len(report.faults)} faults. Rows before the first one are sound; call for help before selling on.")
        return 1
    say(f"The chain holds to #{report.head.seq} (epoch {report.head.epoch}), and all tables are what it says.")
    return 0
