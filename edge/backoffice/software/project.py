"""Project events of software updates to rows."""

from __future__ import annotations

from edge.backoffice.software.events import SoftwareAsked, SoftwareMoved
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

_ADD = """
    INSERT OR REPLACE INTO software_update (directive, release, digest, step, asked_us, moved_us)
    VALUES (?, ?, ?, 'asked', ?, ?)
"""
_MOVE = "UPDATE software_update SET step = ?, reason = ?, moved_us = ? WHERE directive = ?"


def _insert_update(db: Connection, fact: RecordedEvent, event: SoftwareAsked) -> None:
    db.execute(_ADD, (event.directive, event.release, event.digest, fact.at_us, fact.at_us))


def _move_update(db: Connection, fact: RecordedEvent, event: SoftwareMoved) -> None:
    db.execute(_MOVE, (event.step, event.reason, fact.at_us, event.directive))


projector = Projector(
    name="software",
    version=1,
    tables=("software_update",),
    on={SoftwareAsked: _insert_update, SoftwareMoved: _move_update},
)
