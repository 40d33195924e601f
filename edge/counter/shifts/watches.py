"""Alerts about drawers."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection

DAY_US = 24 * 3600 * 1_000_000
SHOWN_US = 3 * DAY_US
"""How long a difference is reported (microseconds)."""
_LAST = """
    SELECT register, number, currency, counted_minor - expected_minor, closed_seq FROM shift
    WHERE seq IN (SELECT max(seq) FROM shift WHERE closed_us IS NOT NULL GROUP BY register) AND closed_us >= ?
"""
_OPEN = "SELECT register, number, opened_date FROM shift WHERE closed_us IS NULL AND opened_date < ?"


def _differences(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """The last shift of each register, if its drawer was over or short."""
    for register, number, currency, off_minor, seq in db.execute(_LAST, (now_us - SHOWN_US,)).fetchall():
        if off_minor:
            values = {"register": register, "number": number, "currency": currency, "off_minor": off_minor}
            yield Condition(f"{register} {number}", values, cause_seq=seq)


def _stale_shifts(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Shifts left open from an earlier business day."""
    for register, number, opened in db.execute(_OPEN, (business_date,)).fetchall():
        yield Condition(register, {"register": register, "number": number, "day": opened})


WATCHES: tuple[Watch, ...] = (
    Watch("drawer_difference", "high", _differences),
    Watch("shift_left_open", "low", _stale_shifts, every_s=600),
)
