"""`edge verify`: is the ledger whole, and do its tables say what its journal says?"""

from __future__ import annotations

import argparse
from pathlib import Path

from edge import config, ledger
from edge.cli.say import say
from edge.core.database import open_reader
from edge.core.errors import NeedsHuman
from edge.core.verify import verify


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    if not loaded.ledger.exists():
        raise NeedsHuman(f"There is no ledger at {loaded.ledger}.", "Start the shop once: edge run")
    db = open_reader(loaded.ledger)
    try:
        report = verify(db, ledger.registry_of(loaded))
    finally:
        db.close()
    for fault in report.faults:
        say(f"FAULT  {fault}")
    if report.faults:
        say(f"{len(report.faults)} faults. Rows before the first one are sound; call for help before selling on.")
        return 1
    say(f"The chain holds to #{report.head.seq} (epoch {report.head.epoch}), and all tables are what it says.")
    return 0
