"""What can be asked of the books that go out."""

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
    """Let our books go out as this says, to a new accounts system or one that there is."""

    target: BooksTarget


class EndBooksTarget(Command, frozen=True):
    """Send nothing there any more; what was sent stays there."""

    id: TargetId


class DaySum(msgspec.Struct, frozen=True, array_like=True):
    """So much on an account of a day of business, in minor units."""

    day: str
    currency: str
    account: str
    amount_minor: Minor


class NewestPaper(msgspec.Struct, frozen=True, array_like=True):
    """The newest paper of a register and what it booked, by which a void is known; `number` 0: none yet."""

    register: str
    number: Number
    sums: tuple[tuple[tuple[str, ...], Minor], ...]


class AddDaySums(Command, frozen=True):
    """Keep what the rows of the journal behind `after` and through `through` book."""

    after: Number
    through: Number
    sums: Annotated[tuple[DaySum, ...], msgspec.Meta(max_length=SUMS_MOST)]
    newest: Annotated[tuple[NewestPaper, ...], msgspec.Meta(max_length=REGISTERS_MOST)]


class BeginBooksDocument(Command, frozen=True):
    """A document is about to be sent, under the id `request`: kept before the first byte leaves."""

    target: TargetId
    document: BooksDocument
    request: Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class NoteBooksSent(Command, frozen=True):
    """It is there, as `theirs`. `found`: it was there already when it was looked for."""

    target: TargetId
    kind: DocumentKind
    ref: Ref
    theirs: Theirs
    found: bool = False


class NoteBooksRefused(Command, frozen=True):
    """It is not taken there, and why (a key of words), with what was said; a person has to see to it."""

    target: TargetId
    document: BooksDocument
    why: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    detail: Detail = ""


class NoteBooksAsked(Command, frozen=True):
    """The system was asked; or `why` that failed, a key of words, with what was said."""

    target: TargetId
    why: Annotated[str, msgspec.Meta(max_length=80)] = ""
    detail: Detail = ""


class SendBooksAgain(Command, frozen=True):
    """Send a document once more that was refused, as it is now."""

    target: TargetId
    kind: DocumentKind
    ref: Ref


class LeaveBooksDocument(Command, frozen=True):
    """Never send a document that was refused: somebody enters it there."""

    target: TargetId
    kind: DocumentKind
    ref: Ref
