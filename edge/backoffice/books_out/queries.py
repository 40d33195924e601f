"""Queries on the accounting export: systems, and documents that are sent, waiting or due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from edge.backoffice.books_out.commands import NewestPaper
from edge.backoffice.books_out.document import (
    REFUNDS,
    BooksDocument,
    BooksLine,
    DocumentKind,
    account_of,
    bill_of,
    journal_of,
)
from edge.backoffice.books_out.entities import BOOKS_TARGETS
from edge.backoffice.books_out.target import BooksTarget
from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import path_of
from edge.goods.catalog.queries import find_by_sku
from edge.goods.purchasing.queries import read_supplier
from edge.goods.supplier_invoices.paper import Paper
from edge.goods.supplier_invoices.queries import read_matched

PAGE_LIMIT = 200
PLANNED_AT_ONCE = 50
State = Literal["sent", "found", "left", "under_way", "refused"]
_BILLS = """
    SELECT i.number, i.supplier, i.body FROM supplier_invoice i
    WHERE i.state = 'posted' AND i.supplier <> '' AND i.body ->> '$.date' >= ?2
      AND NOT EXISTS (SELECT 1 FROM books_sent s
                      WHERE s.target = ?1 AND s.kind = 'bill' AND s.ref = CAST(i.number AS TEXT))
      AND NOT EXISTS (SELECT 1 FROM books_document d
                      WHERE d.target = ?1 AND d.kind = 'bill' AND d.ref = CAST(i.number AS TEXT))
    ORDER BY i.number LIMIT ?3
"""
_DAYS = "SELECT DISTINCT day, currency FROM books_day WHERE day >= ? AND day < ? ORDER BY day, currency"
_SUMS = "SELECT account, amount_minor FROM books_day WHERE day = ? AND currency = ?"
_SENT_OF_DAY = """
    SELECT lines FROM books_sent WHERE target = ? AND kind = 'journal' AND day = ? AND currency = ? ORDER BY seq
"""
_SENT_BILLS = "SELECT theirs FROM books_sent WHERE kind = 'bill' AND theirs <> ''"
_OPEN_OF_DAY = """
    SELECT 1 FROM books_document WHERE target = ? AND kind = 'journal' AND body ->> '$.day' = ?
      AND body ->> '$.currency' = ? LIMIT 1
"""
_UNDER_WAY = "SELECT request, body FROM books_document WHERE target = ? AND why = '' ORDER BY changed_us, kind, ref"
_SHOWN = """
    SELECT target, kind, ref, day, currency, theirs, found, '', '', sent_us, lines, 1 FROM books_sent
    WHERE ?1 = '' OR target = ?1
    UNION ALL
    SELECT target, kind, ref, body ->> '$.day', body ->> '$.currency', '', 0, why, detail, changed_us,
           body -> '$.lines', 0
    FROM books_document WHERE ?1 = '' OR target = ?1
    ORDER BY 10 DESC, 3 DESC LIMIT ?2
"""
_TAKEN_BACK = """
    SELECT s.ref FROM books_sent s LEFT JOIN supplier_invoice i ON i.number = CAST(s.ref AS INTEGER)
    WHERE s.target = ? AND s.kind = 'bill' AND s.theirs <> '' AND (i.number IS NULL OR i.state <> 'posted')
    ORDER BY s.seq DESC LIMIT ?
"""


class BooksTargetState(msgspec.Struct, frozen=True):
    """An accounting system, the time of the last contact (0: never), and the reason if that failed, a text key ("": it
    didn't). `refused`: rejected documents waiting for a decision; `taken_back`: sent bills whose posting was reversed
    here."""

    target: BooksTarget
    asked_us: int
    why: str
    detail: str
    refused: int
    taken_back: tuple[str, ...]


class ShownDocument(msgspec.Struct, frozen=True):
    """A document with its bookings and state. `why`: the reason it was rejected, a text key; `theirs`: its id in the
    other system."""

    target: str
    kind: DocumentKind
    ref: str
    day: str
    currency: str
    state: State
    theirs: str
    why: str
    detail: str
    at_us: int
    lines: tuple[BooksLine, ...]

    @property
    def total_minor(self) -> int:
        """A bill's total, or a journal's debits."""
        lines = [line.amount_minor for line in self.lines]
        return sum(lines) if self.kind == "bill" else sum(minor for minor in lines if minor > 0)


class ReadThrough(msgspec.Struct, frozen=True):
    """The last journal row included in the sums, and each register's newest receipt."""

    seq: int
    newest: tuple[NewestPaper, ...]


class UnderWay(msgspec.Struct, frozen=True):
    """A document being sent, with the id `request`."""

    request: str
    document: BooksDocument


def read_books_targets(db: Connection) -> tuple[BooksTarget, ...]:
    """Accounting systems by id."""
    return BOOKS_TARGETS.read(db)


def read_books_target_states(db: Connection) -> list[BooksTargetState]:
    """Accounting systems with their state, by id."""
    asked = {
        row[0]: (row[1], row[2], row[3])
        for row in db.execute("SELECT target, asked_us, why, detail FROM books_progress")
    }
    refused = dict(db.execute("SELECT target, count(*) FROM books_document WHERE why <> '' GROUP BY target").fetchall())
    return [
        BooksTargetState(
            one,
            *_last_attempt(asked.get(one.id)),
            refused.get(one.id, 0),
            tuple(ref for (ref,) in db.execute(_TAKEN_BACK, (one.id, PLANNED_AT_ONCE))),
        )
        for one in BOOKS_TARGETS.read(db)
    ]


def read_books_documents(db: Connection, target: str = "", limit: Number = 50) -> list[ShownDocument]:
    """Documents sent or waiting, newest first; 200 at most."""
    rows = db.execute(_SHOWN, (target[:40], max(1, min(limit, PAGE_LIMIT))))
    return [_shown_document(*row) for row in rows]


def read_sent_bills(db: Connection) -> frozenset[str]:
    """The external ids of bills that were sent from here or already existed, in any system."""
    return frozenset(theirs for (theirs,) in db.execute(_SENT_BILLS))


def read_through(db: Connection) -> ReadThrough:
    """The row up to which the journal has been read."""
    row = db.execute("SELECT seq, newest FROM books_read").fetchone()
    return ReadThrough(row[0], msgspec.json.decode(row[1], type=tuple[NewestPaper, ...])) if row else ReadThrough(0, ())


def read_under_way(db: Connection, target: str) -> list[UnderWay]:
    """Documents being sent whose arrival is unknown, oldest first."""
    return [UnderWay(row[0], _document(row[1])) for row in db.execute(_UNDER_WAY, (target,))]


def plan(db: Connection, target: BooksTarget, store: str, language: str, today: str) -> list[BooksDocument]:
    """Documents due that are neither in the other system nor being sent; 50 at most. `today`: the current business day,
    which isn't over."""
    planned: list[BooksDocument] = []
    if target.sends_bills:
        for number, supplier, body in db.execute(_BILLS, (target.id, target.since, PLANNED_AT_ONCE)):
            paper = msgspec.json.decode(body, type=Paper)
            known = read_supplier(db, supplier)
            names = known.names if known else {}
            name = names.get(language) or next(iter(names.values()), "") or paper.seller
            planned.append(bill_of(target, number, supplier, name, paper, _groups(db, number, paper.currency, today)))
    if target.sends_journal:
        for day, currency in db.execute(_DAYS, (target.since, today)).fetchall():
            if len(planned) >= PLANNED_AT_ONCE:
                break
            if db.execute(_OPEN_OF_DAY, (target.id, day, currency)).fetchone():
                continue
            sums = dict(db.execute(_SUMS, (day, currency)).fetchall())
            sent = [_sums(lines) for (lines,) in db.execute(_SENT_OF_DAY, (target.id, day, currency))]
            if made := journal_of(target, store, day, currency, sums, sent):
                planned.append(made)
    return planned[:PLANNED_AT_ONCE]


def _last_attempt(row: tuple[int, str, str] | None) -> tuple[int, str, str]:
    return row or (0, "", "")


def _sums(lines: str) -> dict[str, int]:
    return {line.account: line.amount_minor for line in msgspec.json.decode(lines, type=tuple[BooksLine, ...])}


def _document(body: str) -> BooksDocument:
    return msgspec.json.decode(body, type=BooksDocument)


def _shown_document(
    target: str,
    kind: DocumentKind,
    ref: str,
    day: str,
    currency: str,
    theirs: str,
    found: int,
    why: str,
    detail: str,
    at_us: int,
    lines: str,
    is_over: int,
) -> ShownDocument:
    state: State = "refused" if why else "under_way"
    if is_over:
        state = "found" if found else "sent" if theirs else "left"
    told = msgspec.json.decode(lines, type=tuple[BooksLine, ...])
    return ShownDocument(target, kind, ref, day, currency, state, theirs, why, detail, at_us, told)


def groups_of(db: Connection) -> Callable[[str], tuple[str, ...]]:
    """A function that returns a product's current categories from the top, which decide its accounts."""
    known: dict[str, tuple[str, ...]] = {}

    def of(sku: str) -> tuple[str, ...]:
        if sku not in known:
            product = find_by_sku(db, sku)
            path = path_of(db, product.category) if product and product.category else ()
            known[sku] = tuple(account_of(REFUNDS, path).split(":")[2:])
        return known[sku]

    return of


def _groups(db: Connection, number: int, currency: str, today: str) -> dict[int, tuple[str, ...]]:
    """The categories of each invoice line's product from the top, where the product is known."""
    matched = read_matched(db, number, currency, today)
    paths: dict[str, tuple[str, ...]] = {}
    groups: dict[int, tuple[str, ...]] = {}
    for line in matched.lines if matched else ():
        product = find_by_sku(db, line.sku) if line.sku else None
        if product and product.category:
            paths.setdefault(product.category, path_of(db, product.category))
            groups[line.line] = paths[product.category]
    return groups
