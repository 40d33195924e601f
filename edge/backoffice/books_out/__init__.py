"""Export of bills and daily journals to accounting systems.

Our books in an accountant's system, QuickBooks Online or Xero: a supplier's invoice as a bill once it is posted
here, and each day's journal of the tills once the day is over. Nothing goes out that no switch names
(`sends_bills`, `sends_journal`); to Xero as a draft, unless `final`.

- Nothing twice. What is about to be sent is kept with an id of its own before the first byte leaves
  (`BeginBooksDocument`), and is looked for there before each sending: a bill by supplier and number, so one that
  someone entered by hand counts, a journal by its number ("CORNER-2026-11-24"). The id goes along (QuickBooks:
  `requestid`, Xero: `Idempotency-Key`). An answer that never came says nothing: at the next turn it is looked
  for.
- A day is the sum of the entries of books by account, those of `edge journal export`. What is booked onto a day
  later goes out as another journal of that day, with the difference alone.
- By group: what was sold goes onto the account of its goods' category (`income:sales:drinks`) where someone said
  one, of it or of one above it; else all of it is `income:sales`. A category is the product's at the time the day
  is read; a line's net is worked out by itself, cents that are left stand with the largest group. What came back
  stands likewise (`income:refunds:drinks`); in an exchange it is taken off its own group's sales. A day that was
  sent stays as it was, whatever is said since.
- A bill has a line for each line of the paper, on the account of its product's category (`purchases:drinks:beer`;
  one that no one said is that of the category above, at last `purchases`), and its tax as a line of its own, onto
  `purchase taxes`: it comes to the paper's total, whatever taxes the system knows. It carries no tax code: a
  return that is made of codes wants the bill looked at there.
- An account that no one said, a supplier they do not know, or what they say no to: `refused`, with their words,
  an alert, and a person who sends it again or leaves it.
- A posting that was taken back here leaves its bill there: the page names it.
- Signed in as feeds do, by the same secret of a company, in turns: a refresh token is replaced at each use.
- [?] QuickBooks' journal lines onto receivables want a customer, Xero's manual journals take no bank account: map
  these to accounts that take them. Neither was tried with the vendor's sandbox; `sim/vendors/accounts.py` is
  written from their public pages.
"""

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
