"""Project events of support to rows."""

from __future__ import annotations

from edge.backoffice.support.events import (
    SupportAgreed,
    SupportAllowed,
    SupportAsked,
    SupportDeclined,
    SupportHelpAsked,
    SupportHelpBegun,
    SupportHelpEnded,
    SupportLapsed,
    SupportRefused,
    SupportSent,
)
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

_ADD = """
    INSERT OR REPLACE INTO support_case
        (id, question, reason, asked_by, asked_us, until_us, seal_to, state, moved_us, help, subject)
    VALUES (?, ?, ?, ?, ?, ?, ?, 'asked', ?, ?, ?)
"""
_MOVE = "UPDATE support_case SET state = ?, digest = ?, size_bytes = ?, moved_us = ? WHERE id = ?"


def _record_request(db: Connection, fact: RecordedEvent, event: SupportAsked) -> None:
    said = (event.case, event.question, event.reason, event.by, fact.at_us, event.until_us, event.seal_to)
    db.execute(_ADD, (*said, fact.at_us, "", ""))


def _record_help_request(db: Connection, fact: RecordedEvent, event: SupportHelpAsked) -> None:
    said = (event.case, event.question, "", event.by, fact.at_us, event.until_us, event.seal_to)
    db.execute(_ADD, (*said, fact.at_us, event.help, event.subject))


def _mark_agreed(db: Connection, fact: RecordedEvent, event: SupportAgreed) -> None:
    db.execute(_MOVE, ("agreed", event.digest, 0, fact.at_us, event.case))


def _mark_declined(db: Connection, fact: RecordedEvent, event: SupportDeclined) -> None:
    db.execute(_MOVE, ("declined", "", 0, fact.at_us, event.case))


def _mark_sent(db: Connection, fact: RecordedEvent, event: SupportSent) -> None:
    db.execute(_MOVE, ("sent", event.digest, event.size_bytes, fact.at_us, event.case))


def _mark_lapsed(db: Connection, fact: RecordedEvent, event: SupportLapsed) -> None:
    db.execute(_MOVE, ("lapsed", "", 0, fact.at_us, event.case))


def _mark_refused(db: Connection, fact: RecordedEvent, event: SupportRefused) -> None:
    values = (event.why, fact.at_us, event.case)
    db.execute("UPDATE support_case SET state = 'refused', why = ?, moved_us = ? WHERE id = ?", values)


def _begin_help(db: Connection, fact: RecordedEvent, event: SupportHelpBegun) -> None:
    values = (event.help, fact.at_us, event.until_us, fact.seq)
    db.execute("INSERT OR REPLACE INTO support_help (id, begun_us, until_us, seq) VALUES (?, ?, ?, ?)", values)


def _end_help(db: Connection, fact: RecordedEvent, event: SupportHelpEnded) -> None:
    db.execute("UPDATE support_help SET ended_us = ? WHERE id = ?", (fact.at_us, event.help))


def _record_permission(db: Connection, fact: RecordedEvent, event: SupportAllowed) -> None:
    db.execute("INSERT OR REPLACE INTO support_leave (one, until_us) VALUES (1, ?)", (event.until_us,))


projector = Projector(
    name="support",
    version=2,
    tables=("support_case", "support_leave", "support_help"),
    on={
        SupportAsked: _record_request,
        SupportAgreed: _mark_agreed,
        SupportDeclined: _mark_declined,
        SupportSent: _mark_sent,
        SupportLapsed: _mark_lapsed,
        SupportAllowed: _record_permission,
        SupportHelpAsked: _record_help_request,
        SupportRefused: _mark_refused,
        SupportHelpBegun: _begin_help,
        SupportHelpEnded: _end_help,
    },
)
