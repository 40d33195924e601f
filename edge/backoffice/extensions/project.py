"""Project events of extensions to rows."""

from __future__ import annotations

from edge.backoffice.extensions.events import ExtensionTurnedOff, ExtensionTurnedOn
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

_SET = "INSERT OR REPLACE INTO extension (package, publisher, version, provides, since_us) VALUES (?, ?, ?, ?, ?)"


def _turn_on(db: Connection, fact: RecordedEvent, event: ExtensionTurnedOn) -> None:
    db.execute(_SET, (event.package, event.publisher, event.release, " ".join(event.provides), fact.at_us))


def _turn_off(db: Connection, fact: RecordedEvent, event: ExtensionTurnedOff) -> None:
    db.execute("DELETE FROM extension WHERE package = ?", (event.package,))


projector = Projector(
    name="extensions",
    version=1,
    tables=("extension",),
    on={ExtensionTurnedOn: _turn_on, ExtensionTurnedOff: _turn_off},
)
