"""Reads new journal rows and adds their bookings by day and account."""

from __future__ import annotations

from edge.accounting.books.entries import BOOKED, NewestBooked, Posting, entries
from edge.backoffice.books_out.commands import AddDaySums, DaySum, NewestPaper
from edge.backoffice.books_out.queries import groups_of, read_through
from edge.core.journal.rows import fact_of, read_rows_of
from edge.core.registry import Registry
from edge.core.storage.database import Connection

ROWS_AT_ONCE = 1_000
SPAN = 20_000
_BOOKED = tuple(one.__name__ for one in BOOKED)


def read_on(db: Connection, registry: Registry) -> AddDaySums | None:
    """The bookings of the next journal rows; None if all were read. Raises `InvariantBroken` or `NeedsHuman` if the
    journal can't be read."""
    known = read_through(db)
    (head,) = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    if known.seq >= head:
        return None
    rows, through = read_rows_of(db, _BOOKED, known.seq + 1, SPAN, ROWS_AT_ONCE)
    newest: dict[str, NewestBooked] = {
        one.register: (one.number, tuple(Posting(account, minor) for account, minor in one.sums))
        for one in known.newest
    }
    sums: dict[tuple[str, str, str], int] = {}
    for entry in entries((fact_of(registry, row) for row in rows), so_far=newest, groups=groups_of(db)):
        for posting in entry.postings:
            key = (entry.day, entry.currency, ":".join(posting.account))
            sums[key] = sums.get(key, 0) + posting.minor
    papers = tuple(
        NewestPaper(register, number, tuple((one.account, one.minor) for one in postings))
        for register, (number, postings) in sorted(newest.items())
    )
    return AddDaySums(known.seq, through, tuple(DaySum(*key, minor) for key, minor in sums.items() if minor), papers)
