"""Projects translation events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.translation.entities import TERMS
from edge.goods.translation.events import TranslationAccepted, TranslationProposed, TranslationRefused

_SET = """
    INSERT OR REPLACE INTO translation (
        key, language, state, source_language, source, text, origin, findings, at_us)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def _record_proposal(db: Connection, fact: RecordedEvent, event: TranslationProposed) -> None:
    said = (event.source_language, event.source, event.text, event.origin, " ".join(event.findings))
    db.execute(_SET, (event.key, event.language, "proposed", *said, fact.at_us))


def _record_acceptance(db: Connection, fact: RecordedEvent, event: TranslationAccepted) -> None:
    said = (event.source_language, event.source, event.text, "person", "")
    db.execute(_SET, (event.key, event.language, "accepted", *said, fact.at_us))


def _mark_refused(db: Connection, fact: RecordedEvent, event: TranslationRefused) -> None:
    gone = "UPDATE translation SET state = 'refused', at_us = ? WHERE key = ? AND language = ?"
    db.execute(gone, (fact.at_us, event.key, event.language))


projector = Projector(
    name="translation",
    version=1,
    tables=("translation", TERMS.table),
    on={
        TranslationProposed: _record_proposal,
        TranslationAccepted: _record_acceptance,
        TranslationRefused: _mark_refused,
        **TERMS.on,
    },
)
