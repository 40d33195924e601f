"""Project events of the accounting export to rows."""

from __future__ import annotations

import msgspec

from edge.backoffice.books_out.entities import BOOKS_TARGETS
from edge.backoffice.books_out.events import BooksDocumentLeft, BooksDocumentSent
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection


def _save_sent_document(db: Connection, fact: RecordedEvent, event: BooksDocumentSent) -> None:
    _keep(db, fact, event, event.theirs, event.found)


def _save_left_document(db: Connection, fact: RecordedEvent, event: BooksDocumentLeft) -> None:
    _keep(db, fact, event, "", False)


def _keep(
    db: Connection, fact: RecordedEvent, event: BooksDocumentSent | BooksDocumentLeft, theirs: str, found: bool
) -> None:
    db.execute(
        "INSERT OR REPLACE INTO books_sent (target, kind, ref, day, theirs, found, currency, lines, sent_us, seq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(event.target, event.kind, event.ref, event.day, theirs, int(found), event.currency),
            *(msgspec.json.encode(event.lines).decode(), fact.at_us, fact.seq),
        ),
    )


projector = Projector(
    name="books_out",
    version=1,
    tables=(BOOKS_TARGETS.table, "books_sent"),
    on={**BOOKS_TARGETS.on, BooksDocumentSent: _save_sent_document, BooksDocumentLeft: _save_left_document},
)
