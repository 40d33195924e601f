"""Projects time clock events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.time_clock.events import ClockStamped, WorkCorrected

_BEGIN = """
    INSERT INTO work_span (person, day, begins_us, ends_us, break_us, break_since_us, corrected, seq)
    VALUES (?, ?, ?, ?, ?, 0, ?, ?)
"""
_NEWEST = (
    "seq = (SELECT seq FROM work_span WHERE person = ?1 AND ends_us = 0 ORDER BY begins_us DESC, seq DESC LIMIT 1)"
)
_STEPS = {
    "break": "break_since_us = ?2",
    "back": "break_us = break_us + max(0, ?2 - break_since_us), break_since_us = 0",
    "out": """
        break_us = break_us + iif(break_since_us, max(0, ?2 - break_since_us), 0), break_since_us = 0,
        ends_us = max(?2, begins_us + 1)
    """,
}


def _record_stamp(db: Connection, fact: RecordedEvent, event: ClockStamped) -> None:
    if event.step == "in":
        db.execute(_BEGIN, (event.person, fact.business_date, fact.at_us, 0, 0, 0, fact.seq))
    else:
        change = f"UPDATE work_span SET {_STEPS[event.step]} WHERE person = ?1 AND ends_us = 0 AND {_NEWEST}"
        db.execute(change, (event.person, fact.at_us))


def _record_correction(db: Connection, fact: RecordedEvent, event: WorkCorrected) -> None:
    db.execute("DELETE FROM work_span WHERE person = ? AND day = ?", (event.person, event.day))
    rows = [(event.person, event.day, span.begins_us, span.ends_us, span.break_us, 1, fact.seq) for span in event.spans]
    db.executemany(_BEGIN, rows)


projector = Projector(
    name="time_clock",
    version=1,
    tables=("work_span",),
    on={ClockStamped: _record_stamp, WorkCorrected: _record_correction},
)
