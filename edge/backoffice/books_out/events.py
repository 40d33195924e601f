"""What can have happened to the books that go out."""

from __future__ import annotations

from edge.backoffice.books_out.document import BooksLine, DocumentKind
from edge.backoffice.books_out.target import BooksTarget, TargetId
from edge.core.messages import Event
from edge.core.registry import Upcaster


class BooksTargetSet(Event, frozen=True):
    """An accounts system is new or changed: all of it, as it is from now on."""

    target: BooksTarget


class BooksTargetEnded(Event, frozen=True):
    """Nothing goes out there any more."""

    id: TargetId


class BooksDocumentSent(Event, frozen=True):
    """A bill or a day's journal is in an accounts system, as `theirs`; `found`: it was there already. `ref` is our name
    of it, `lines` what it books."""

    target: str
    kind: DocumentKind
    ref: str
    day: str
    theirs: str
    found: bool
    currency: str
    lines: tuple[BooksLine, ...]


class BooksDocumentLeft(Event, frozen=True):
    """Somebody decided that a document is not sent: it is entered there by hand, or not at all."""

    target: str
    kind: DocumentKind
    ref: str
    day: str
    currency: str
    lines: tuple[BooksLine, ...]


EVENTS: tuple[type[Event], ...] = (BooksTargetSet, BooksTargetEnded, BooksDocumentSent, BooksDocumentLeft)
UPCASTERS: tuple[Upcaster, ...] = ()
