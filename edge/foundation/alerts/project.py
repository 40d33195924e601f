"""Projects alert events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.foundation.alerts.events import (
    AlertAcknowledged,
    AlertRaised,
    AlertRepeated,
    AlertResolved,
    AlertUnacknowledged,
    AlertWorsened,
)
from edge.foundation.alerts.rules import CRITICAL_ONCE, gravest

_RAISE = """
    INSERT INTO alert (id, kind, subject, severity, worst, state, count, first_us, last_us, ended_us, turn,
                       turn_us, turn_why, acked_by,
                       acked_us, acked_until_us, note, vals, cause_seq, causes, raised_by, people, roles, channels)
    VALUES (?, ?, ?, ?, ?, 'raised', 1, ?, ?, 0, 0, ?, 'raised', '', 0, 0, '', ?, ?, ?, ?, ?, ?, ?)
"""
_REPEAT = "UPDATE alert SET count = count + 1, last_us = ?, severity = ?, vals = ? WHERE id = ?"
_WORSEN = """
    UPDATE alert SET count = count + 1, last_us = ?, severity = ?, worst = ?, vals = ?, state = 'raised', acked_by = '',
                     acked_us = 0, acked_until_us = 0, note = '',
                     acked_via = '', turn = turn + 1, turn_us = ?, turn_why = 'worse', worse_us = ?
    WHERE id = ? AND state <> 'resolved'
"""
_ACKNOWLEDGE = """
    UPDATE alert SET state = 'acknowledged', acked_by = ?, acked_us = ?, acked_until_us = ?, note = ?,
                     acked_via = ? WHERE id = ? AND state <> 'resolved'
"""
_LATE = "UPDATE alert SET late_by = ?, late_us = ? WHERE id = ?"
_UNACKNOWLEDGE = """
    UPDATE alert SET state = 'raised', acked_by = '', acked_us = 0, acked_until_us = 0, note = '',
                     acked_via = '' WHERE id = ? AND state <> 'resolved'
"""
_AGAIN = "UPDATE alert SET turn = turn + 1, turn_us = ?, turn_why = 'again' WHERE id = ? AND state <> 'resolved'"
_RESOLVE = "UPDATE alert SET state = 'resolved', ended_us = ? WHERE id = ?"
_REPLACED = "UPDATE alert SET state = 'resolved', ended_us = ? WHERE kind = ? AND subject = ? AND state <> 'resolved'"


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _raise_alert(db: Connection, fact: RecordedEvent, event: AlertRaised) -> None:
    kind = CRITICAL_ONCE.get(event.kind, event.kind)
    if kind in CRITICAL_ONCE.values():  # older versions had both kinds open side by side for some minutes
        db.execute(_REPLACED, (fact.at_us, kind, event.subject))
    key = (fact.seq, kind, event.subject, event.severity, event.severity, *(fact.at_us,) * 3)
    whom = (_json(event.people), _json(event.roles), _json(event.channels))
    db.execute(_RAISE, (*key, _json(event.values), event.cause_seq, _json(event.causes), fact.actor, *whom))


def _repeat_alert(db: Connection, fact: RecordedEvent, event: AlertRepeated) -> None:
    db.execute(_REPEAT, (fact.at_us, event.severity, _json(event.values), event.id))


def _worsen_alert(db: Connection, fact: RecordedEvent, event: AlertWorsened) -> None:
    (worst,) = db.execute("SELECT worst FROM alert WHERE id = ?", (event.id,)).fetchone()
    worst = gravest((worst, event.severity))
    db.execute(_WORSEN, (fact.at_us, event.severity, worst, _json(event.values), fact.at_us, fact.at_us, event.id))


def _acknowledge_alert(db: Connection, fact: RecordedEvent, event: AlertAcknowledged) -> None:
    if event.late_us:
        db.execute(_LATE, (fact.actor, event.late_us, event.id))
    elif not event.again:
        db.execute(_ACKNOWLEDGE, (fact.actor, fact.at_us, event.until_us, event.note, event.via, event.id))


def _unacknowledge_alert(db: Connection, fact: RecordedEvent, event: AlertUnacknowledged) -> None:
    db.execute(_UNACKNOWLEDGE, (event.id,))
    if event.why != "person":
        db.execute(_AGAIN, (fact.at_us, event.id))


def _resolve_alert(db: Connection, fact: RecordedEvent, event: AlertResolved) -> None:
    db.execute(_RESOLVE, (fact.at_us, event.id))


projector = Projector(
    name="alerts",
    version=1,
    tables=("alert",),
    on={
        AlertRaised: _raise_alert,
        AlertRepeated: _repeat_alert,
        AlertWorsened: _worsen_alert,
        AlertAcknowledged: _acknowledge_alert,
        AlertUnacknowledged: _unacknowledge_alert,
        AlertResolved: _resolve_alert,
    },
)
