"""`edge journal archive`: compress old journal parts that head office has."""

from __future__ import annotations

import argparse
from pathlib import Path

from edge.app.cli.backup import working
from edge.app.cli.output import say
from edge.core.clock import SystemClock
from edge.core.storage.database import ProcessLock
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger
from edge.operations.maintenance import archive
from edge.runtime import config
from edge.runtime.backup_state import status


def run(args: argparse.Namespace) -> int:
    loaded = config.load(Path(args.config))
    if not loaded.ledger.exists():  # checked first, because opening it would create one
        raise NeedsHuman(f"No ledger found at {loaded.ledger}.", "Start the shop once: edge run")
    with working(loaded):
        now_us = SystemClock().read().at_us
        made = archive.make(loaded, now_us)
        status.note(loaded.folder, archive_us=now_us)
    for segment in made:
        say(f"{segment.name}: entries #{segment.first} to #{segment.last}, {segment.bytes / 2**20:.1f} MiB.")
    lock = ProcessLock(loaded.folder)
    free = lock.take()
    lock.release()
    if free:
        say(f"{_finish_files(loaded)} files archived. The ledger reuses the space of their entries.")
    else:
        say(f"{len(made)} new files. The running shop removes their entries from the ledger gradually.")
    return 0


def _finish_files(loaded: config.Config) -> int:
    """Archive everything at once that a running shop would archive gradually; return the number of files."""
    ledger = Ledger(loaded)
    try:
        files = archive.waiting(ledger.db)
        for segment in files:
            archive.enter(ledger.db, segment)
        more = True
        while more:
            ledger.db.execute("BEGIN IMMEDIATE")
            more = archive.take_out(ledger.db)
            ledger.db.execute("COMMIT")
        return len(files)
    finally:
        ledger.close()
