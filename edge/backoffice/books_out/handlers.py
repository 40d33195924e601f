"""Handlers of the accounting export, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.backoffice.books_out.commands import (
    AddDaySums,
    BeginBooksDocument,
    LeaveBooksDocument,
    NoteBooksAsked,
    NoteBooksRefused,
    NoteBooksSent,
    SendBooksAgain,
)
from edge.backoffice.books_out.document import BooksDocument
from edge.backoffice.books_out.entities import BOOKS_TARGETS
from edge.backoffice.books_out.events import BooksDocumentLeft, BooksDocumentSent
from edge.backoffice.books_out.queries import read_through
from edge.core.messages import Refusal
from edge.core.registry import Transaction

_KEEP = (
    "INSERT OR REPLACE INTO books_document (target, kind, ref, request, body, why, detail, changed_us)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_OF_ONE = "target = ? AND kind = ? AND ref = ?"


def add_day_sums(tx: Transaction, command: AddDaySums) -> None:
    """Add the bookings of some journal rows. Rows already read have no effect."""
    if read_through(tx.db).seq != command.after:
        return
    tx.db.executemany(
        "INSERT INTO books_day (day, currency, account, amount_minor) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (day, currency, account) DO UPDATE SET amount_minor = amount_minor + excluded.amount_minor",
        [(one.day, one.currency, one.account, one.amount_minor) for one in command.sums],
    )
    newest = msgspec.json.encode(command.newest).decode()
    tx.db.execute("INSERT OR REPLACE INTO books_read (one, seq, newest) VALUES (1, ?, ?)", (command.through, newest))


def begin(tx: Transaction, command: BeginBooksDocument) -> None:
    """Record the document about to be sent. A document already sent or being sent keeps its id."""
    BOOKS_TARGETS.require(tx.db, command.target)
    one, key = command.document, (command.target, command.document.kind, command.document.ref)
    if tx.db.execute(f"SELECT 1 FROM books_sent WHERE {_OF_ONE}", key).fetchone():
        raise Refusal("books_sent_already", {"ref": one.ref})
    if tx.db.execute(f"SELECT 1 FROM books_document WHERE {_OF_ONE}", key).fetchone():
        return
    tx.db.execute(_KEEP, (*key, command.request, msgspec.json.encode(one).decode(), "", "", tx.at_us))


def note_sent(tx: Transaction, command: NoteBooksSent) -> None:
    """Record that a document arrived. Repeating this has no effect."""
    key = (command.target, command.kind, command.ref)
    found = _document(tx, key)
    if found is None:
        return
    one = found[0]
    tx.append(
        BooksDocumentSent(
            *(command.target, one.kind, one.ref, one.day, command.theirs, command.found, one.currency, one.lines)
        )
    )
    tx.db.execute(f"DELETE FROM books_document WHERE {_OF_ONE}", key)


def note_refused(tx: Transaction, command: NoteBooksRefused) -> None:
    """Record why a document was rejected. It isn't sent again unless a user decides so."""
    BOOKS_TARGETS.require(tx.db, command.target)
    one, key = command.document, (command.target, command.document.kind, command.document.ref)
    known = _document(tx, key)
    request = known[1] if known else ""
    body = msgspec.json.encode(one).decode()
    tx.db.execute(_KEEP, (*key, request, body, command.why, command.detail, tx.at_us))


def note_asked(tx: Transaction, command: NoteBooksAsked) -> None:
    """Record that a system was contacted, and the result."""
    BOOKS_TARGETS.require(tx.db, command.target)
    tx.db.execute(
        "INSERT OR REPLACE INTO books_progress (target, asked_us, why, detail) VALUES (?, ?, ?, ?)",
        (command.target, tx.at_us, command.why, command.detail),
    )


def send_again(tx: Transaction, command: SendBooksAgain) -> None:
    """Clear the rejection. The document is rebuilt from current accounts and suppliers, and sent next time."""
    _require_refused(tx, command)
    tx.db.execute(f"DELETE FROM books_document WHERE {_OF_ONE}", (command.target, command.kind, command.ref))


def leave(tx: Transaction, command: LeaveBooksDocument) -> None:
    """Mark a document as never to be sent."""
    one = _require_refused(tx, command)
    tx.append(BooksDocumentLeft(command.target, one.kind, one.ref, one.day, one.currency, one.lines))
    tx.db.execute(f"DELETE FROM books_document WHERE {_OF_ONE}", (command.target, command.kind, command.ref))


def _require_refused(tx: Transaction, command: SendBooksAgain | LeaveBooksDocument) -> BooksDocument:
    """The rejected document. Raises `Refusal` if it isn't rejected: a document being sent may have arrived."""
    found = _document(tx, (command.target, command.kind, command.ref))
    if found is None or not found[2]:
        raise Refusal("books_not_refused", {"ref": command.ref})
    return found[0]


def _document(tx: Transaction, key: tuple[str, str, str]) -> tuple[BooksDocument, str, str] | None:
    row = tx.db.execute(f"SELECT body, request, why FROM books_document WHERE {_OF_ONE}", key).fetchone()
    return (msgspec.json.decode(row[0], type=BooksDocument), row[1], row[2]) if row else None
