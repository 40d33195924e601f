"""Project events of directives to rows."""

from __future__ import annotations

from edge.backoffice.directives.events import DirectiveApplied, DirectiveGivenUp, DirectiveRefused
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

_INSERT = "INSERT OR REPLACE INTO directive (number, kind, outcome, changed, reason, at_us) VALUES (?, ?, ?, ?, ?, ?)"


def _save_applied(db: Connection, fact: RecordedEvent, event: DirectiveApplied) -> None:
    db.execute(_INSERT, (event.directive, event.kind, "applied", event.changed, ", ".join(event.unknown), fact.at_us))


def _save_refused(db: Connection, fact: RecordedEvent, event: DirectiveRefused) -> None:
    db.execute(_INSERT, (event.directive, event.kind, "refused", 0, event.reason, fact.at_us))


def _given_up(db: Connection, fact: RecordedEvent, event: DirectiveGivenUp) -> None:
    outcome = "cancelled" if event.cancelled else "failed"
    db.execute(_INSERT, (event.directive, event.kind, outcome, event.changed, event.reason, fact.at_us))


projector = Projector(
    name="directives",
    version=1,
    tables=("directive",),
    on={DirectiveApplied: _save_applied, DirectiveRefused: _save_refused, DirectiveGivenUp: _given_up},
)
