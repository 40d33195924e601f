"""Our books in an accountant's system: suppliers' bills and each day's journal. See README.md."""

from edge.backoffice.books_out import handlers
from edge.backoffice.books_out.commands import (
    AddDaySums,
    BeginBooksDocument,
    LeaveBooksDocument,
    NoteBooksAsked,
    NoteBooksRefused,
    NoteBooksSent,
    SendBooksAgain,
)
from edge.backoffice.books_out.entities import BOOKS_TARGETS
from edge.backoffice.books_out.events import EVENTS, UPCASTERS
from edge.backoffice.books_out.project import projector
from edge.backoffice.books_out.queries import read_books_documents, read_books_target_states, read_books_targets
from edge.backoffice.books_out.watches import WATCHES
from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import MACHINE, STAFF
from edge.foundation.access.rights import MANAGE

capability = Capability(
    name="books_out",
    commands=(
        *BOOKS_TARGETS.commands(),
        CommandSpec(AddDaySums, handlers.add_day_sums, right=MANAGE, surfaces=MACHINE),
        CommandSpec(BeginBooksDocument, handlers.begin, right=MANAGE, surfaces=MACHINE),
        CommandSpec(NoteBooksSent, handlers.note_sent, right=MANAGE, surfaces=MACHINE),
        CommandSpec(NoteBooksRefused, handlers.note_refused, right=MANAGE, surfaces=MACHINE),
        CommandSpec(NoteBooksAsked, handlers.note_asked, right=MANAGE, surfaces=MACHINE),
        CommandSpec(SendBooksAgain, handlers.send_again, right=MANAGE, surfaces=STAFF),
        CommandSpec(LeaveBooksDocument, handlers.leave, right=MANAGE, surfaces=STAFF),
    ),
    events=EVENTS,
    upcasters=UPCASTERS,
    projectors=(projector,),
    queries=(
        QuerySpec("books_targets", read_books_targets, right=MANAGE, surfaces=STAFF),
        QuerySpec("books_target_states", read_books_target_states, right=MANAGE, surfaces=STAFF),
        QuerySpec(
            "books_documents",
            read_books_documents,
            right=MANAGE,
            surfaces=STAFF,
            http=(HttpAddress("GET", "books-documents", name="booksDocuments", tag="books out"),),
        ),
    ),
    watches=WATCHES,
)
