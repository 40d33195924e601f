"""Projects trial events to rows."""

from __future__ import annotations

import msgspec

from edge.analytics.trials.events import TrialEnded, TrialStarted
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

_START = "INSERT OR REPLACE INTO trial (number, body, started_us, first_date, seq) VALUES (?, ?, ?, ?, ?)"
_END = """
    UPDATE trial SET ended_us = ?, ended_date = ?, why = ?, subject = ?, shortfall_minor = ?, seq = ? WHERE number = ?
"""


def _start(db: Connection, fact: RecordedEvent, event: TrialStarted) -> None:
    trial = event.trial
    body = msgspec.json.encode(trial).decode()
    db.execute(_START, (trial.number, body, fact.at_us, trial.first, fact.seq))


def _end(db: Connection, fact: RecordedEvent, event: TrialEnded) -> None:
    when = (fact.at_us, fact.business_date)
    db.execute(_END, (*when, event.why, event.subject, event.shortfall_minor, fact.seq, event.number))


projector = Projector(name="trials", version=1, tables=("trial",), on={TrialStarted: _start, TrialEnded: _end})
