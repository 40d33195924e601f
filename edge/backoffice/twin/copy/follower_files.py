"""Reads a follower's ledger from another process, for example a new software version that is tested on a copy while the
box continues to follow.

The follower writes pages to the file without SQLite's locks, but to its logs first. So a copy of the file is consistent
once the logs are applied to it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from edge.backoffice.twin.copy.ledger_copy import LED, LedgerCopy, list_logs
from edge.backoffice.twin.membership.members import FOLDER, is_there
from edge.lib.errors import NeedsHuman

TRIES = 20
"""Maximum attempts to copy. A log (16 MiB) is deleted once it's applied, and a copy made at that time must be
repeated."""


def does_follow(folder: Path) -> bool:
    """Whether this data folder's ledger is a follower's copy, which no process here writes to as leader."""
    return is_there(folder) and not (folder / FOLDER / LED).exists()


def copy_followed(folder: Path, target: Path) -> None:
    """Copy the followed ledger to the folder `target` as `ledger.db`. Raises `NeedsHuman` if there is none, or no
    attempt gives a consistent copy."""
    place = target / FOLDER
    for _ in range(TRIES):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700, parents=True)
        before = set(list_logs(folder / FOLDER))
        try:
            shutil.copy(folder / "ledger.db", target)
            after = list_logs(folder / FOLDER)
            for log in after:
                shutil.copy(log, place)
        except FileNotFoundError:
            continue  # a log was applied and deleted in the meantime: try again
        if before <= set(after):
            LedgerCopy(target).catch_up()
            return
    raise NeedsHuman("This box is receiving the ledger.", "Try again when the page shows both boxes as ready.")
