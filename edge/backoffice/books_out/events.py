"""Events of the accounting export."""

from __future__ import annotations

from edge.backoffice.books_out.document import BooksLine, DocumentKind
from edge.backoffice.books_out.target import BooksTarget, TargetId
from edge.core.messages import Event
from edge.core.registry import Upcaster


class BooksTargetSet(Event, frozen=True):
    """An accounting system was set up or changed; this is its complete new state."""

    target: BooksTarget


class BooksTargetEnded(Event, frozen=True):
    """The export to an accounting system has ended."""

    id: TargetId


class BooksDocumentSent(Event, frozen=True):
    """A bill or journal exists in an accounting system as `theirs`. `found`: it already existed. `ref`: our id;
    `lines`: its bookings."""

    target: str
    kind: DocumentKind
    ref: str
    day: str
    theirs: str
    found: bool
    currency: str
    lines: tuple[BooksLine, ...]


class BooksDocumentLeft(Event, frozen=True):
    """A user decided not to send a document: it's entered there by hand or not at all."""

    target: str
    kind: DocumentKind
    ref: str
    day: str
    currency: str
    lines: tuple[BooksLine, ...]


EVENTS: tuple[type[Event], ...] = (BooksTargetSet, BooksTargetEnded, BooksDocumentSent, BooksDocumentLeft)
UPCASTERS: tuple[Upcaster, ...] = ()
