"""Projects shift events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.shifts.events import ShiftClosed, ShiftOpened, ShiftPrinted

_OPEN = """
    INSERT OR REPLACE INTO shift (seq, register, number, currency, opened_us, opened_date, opened_by, float_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_CLOSE = """
    UPDATE shift SET closed_seq = ?, closed_us = ?, closed_date = ?, closed_by = ?,
                     total_minor = ?, expected_minor = ?, counted_minor = ?
    WHERE register = ? AND number = ?
"""
_COPIED = "UPDATE shift SET copies = copies + 1 WHERE register = ? AND number = ?"


def _insert_shift(db: Connection, fact: RecordedEvent, event: ShiftOpened) -> None:
    moment = (fact.at_us, fact.business_date, fact.actor)
    db.execute(_OPEN, (fact.seq, fact.register, event.number, event.currency, *moment, event.float_minor))


def _close_shift(db: Connection, fact: RecordedEvent, event: ShiftClosed) -> None:
    sums = (event.total_minor, event.expected_minor, event.counted_minor)
    moment = (fact.seq, fact.at_us, fact.business_date, fact.actor)
    db.execute(_CLOSE, (*moment, *sums, fact.register, event.number))


def _count_copy(db: Connection, fact: RecordedEvent, event: ShiftPrinted) -> None:
    db.execute(_COPIED, (event.of_register, event.number))


projector = Projector(
    name="shifts",
    version=11,
    tables=("shift",),
    on={ShiftOpened: _insert_shift, ShiftClosed: _close_shift, ShiftPrinted: _count_copy},
)
