"""Changes of the wall clock, detected from journal rows, as each row has both of its machine's clocks."""

from __future__ import annotations

import msgspec

from edge.core.clock import BACKWARDS_US, DRIFT_US
from edge.core.storage.database import Connection

_STEPS = """
    SELECT seq, moved_us FROM (
        SELECT seq, went_us - CASE WHEN same_boot THEN ran_us ELSE max(went_us, 0) END AS moved_us FROM (
            SELECT seq, at_us - lag(at_us) OVER by_seq AS went_us, mono_us - lag(mono_us) OVER by_seq AS ran_us,
                boot_id = lag(boot_id) OVER by_seq AS same_boot
            FROM journal WHERE seq BETWEEN ? AND ? WINDOW by_seq AS (ORDER BY seq)
        )
    ) WHERE moved_us > ? OR moved_us < ? ORDER BY seq LIMIT ?
"""


class ClockSet(msgspec.Struct, frozen=True):
    """A step of the wall clock: the first row after it, and its size, negative if set back. While the machine is off,
    only steps back can be detected."""

    seq: int
    moved_us: int


def clock_steps(db: Connection, before: int, through: int, limit: int) -> list[ClockSet]:
    """The first steps after row `before` that exceed drift and automatic correction."""
    rows = db.execute(_STEPS, (before, through, DRIFT_US, -BACKWARDS_US, limit))
    return [ClockSet(*row) for row in rows]
