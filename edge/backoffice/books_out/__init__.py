"""Export of bills and daily journals to accounting systems.

Sends the shop's books to QuickBooks Online or Xero: a supplier's invoice as a bill once it is posted here, and each
day's journal of the tills once the day is over. Only enabled kinds are sent (`sends_bills`, `sends_journal`); to Xero
as a draft, unless `final`.

- Nothing is sent twice. A document is stored with an id before its first byte is sent (`BeginBooksDocument`), and
  looked up there before each attempt: a bill by supplier and number, so that a manually entered one counts, a journal
  by its number ("CORNER-2026-11-24"). The id is sent too (QuickBooks: `requestid`, Xero: `Idempotency-Key`). After a
  missing answer, the next attempt looks the document up.
- A day is the sum of its book entries by account, like those of `edge journal export`. Later entries for a day are sent
  as another journal of that day, with only the difference.
- By group: sales go to the account of the products' category (`income:sales:drinks`) if one is set, on it or a
  category above; otherwise everything is `income:sales`. The product's category at the time of export counts; each
  line's net is computed separately, and remaining cents go to the largest group. Refunds likewise
  (`income:refunds:drinks`); in an exchange they reduce their own group's sales. A day that was sent stays as it is,
  even if categories change.
- A bill has a line for each line of the invoice, on the account of its product's category (`purchases:drinks:beer`;
  if unset, that of the category above, finally `purchases`), and its tax as a separate line on `purchase taxes`, so
  that it matches the invoice's total with any tax set-up. It has no tax code: check the bill there if your tax return
  uses codes.
- A document that lacks an account or a known supplier, or that the system rejects, is `refused`. The page shows the
  system's message, and an alert stays until a person sends the document again or dismisses it.
- If a posting is reversed here, its bill stays in the other system. The page names such bills.
- Sign-in works as for feeds, with the same secret of a company, one request at a time: a refresh token is replaced at
  each use.
- [?] QuickBooks requires a customer on journal lines for receivables, and Xero's manual journals don't accept bank
  accounts: map these to accounts that work. Neither was tested with the vendor's sandbox; `sim/vendors/accounts.py`
  is written from their public pages.
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
    mended_at="/manager/books-out",
)
