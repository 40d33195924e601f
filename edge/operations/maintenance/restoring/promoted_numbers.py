"""Skips numbers after a promotion, because the other box may have used them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.journal.rows import EpochStarted
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.core.writer import Writer

_NEWEST = "SELECT seq, body FROM journal WHERE type = 'EpochStarted' ORDER BY seq DESC LIMIT 1"
_SKIPPED = "SELECT 1 FROM skipped_number WHERE seq > ? LIMIT 1"


def leave_out_numbers(db: Connection, writer: Writer, registry: Registry, registers: Iterable[str], at_us: int) -> bool:
    """Skip the numbers that the other box may have used, as a restore does. This is done once, directly after the epoch
    begun by a promotion. Returns whether it was necessary. Raises `NeedsHuman` if the disk fails."""
    row = db.execute(_NEWEST).fetchone()
    if row is None or msgspec.json.decode(row[1], type=EpochStarted).reason != "promoted":
        return False
    if db.execute(_SKIPPED, (row[0],)).fetchone():
        return False
    from edge.operations.maintenance.restoring import prior_state  # loads the head office client: rarely needed

    prior_state.skip_numbers(writer, registry, registers, prior_state.of(db), at_us, "restored")
    return True
