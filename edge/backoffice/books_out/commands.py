"""Commands of the accounting export."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.books_out.document import BooksDocument, DocumentKind, Minor, Ref
from edge.backoffice.books_out.target import BooksTarget, TargetId
from edge.core.messages import Command, Number

SUMS_MOST = 5_000
REGISTERS_MOST = 500
Detail = Annotated[str, msgspec.Meta(max_length=200)]
Theirs = Annotated[str, msgspec.Meta(max_length=80)]


class SetBooksTarget(Command, frozen=True):
    """Set up or change an accounting system to export to."""

    target: BooksTarget


class EndBooksTarget(Command, frozen=True):
    """Stop exporting to an accounting system. Documents already sent stay there."""

    id: TargetId


class DaySum(msgspec.Struct, frozen=True, array_like=True):
    """An amount on an account for a business day, in minor units."""

    day: str
    currency: str
    account: str
    amount_minor: Minor


class NewestPaper(msgspec.Struct, frozen=True, array_like=True):
    """A register's newest receipt and its bookings, used to recognise a void. `number` 0: none yet."""

    register: str
    number: Number
    sums: tuple[tuple[tuple[str, ...], Minor], ...]


class AddDaySums(Command, frozen=True):
    """Add the bookings of journal rows after `after` and up to `through`."""

    after: Number
    through: Number
    sums: Annotated[tuple[DaySum, ...], msgspec.Meta(max_length=SUMS_MOST)]
    newest: Annotated[tuple[NewestPaper, ...], msgspec.Meta(max_length=REGISTERS_MOST)]


class BeginBooksDocument(Command, frozen=True):
    """Record that a document is about to be sent with the id `request`. This happens before the first byte is sent."""

    target: TargetId
    document: BooksDocument
    request: Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class NoteBooksSent(Command, frozen=True):
    """Record that the document exists in the system as `theirs`. `found`: it already existed."""

    target: TargetId
    kind: DocumentKind
    ref: Ref
    theirs: Theirs
    found: bool = False


class NoteBooksRefused(Command, frozen=True):
    """Record that the document was rejected, with the reason (a text key) and the system's message; a person
    must act."""

    target: TargetId
    document: BooksDocument
    why: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    detail: Detail = ""


class NoteBooksAsked(Command, frozen=True):
    """Record that the system was contacted, or the reason `why` it failed (a text key), with its message."""

    target: TargetId
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    detail: Detail = ""


class SendBooksAgain(Command, frozen=True):
    """Send a rejected document again in its current form."""

    target: TargetId
    kind: DocumentKind
    ref: Ref


class LeaveBooksDocument(Command, frozen=True):
    """Never send a rejected document, as a person enters it manually."""

    target: TargetId
    kind: DocumentKind
    ref: Ref
