"""The consistency rules between the records of a BKMVDATA.TXT, checked when writing and reading. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from datetime import date
from itertools import pairwise

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.israel.document_types import DOCUMENT_TYPES
from edge.lib.fiscal.israel.fixed_width import Record
from edge.lib.fiscal.israel.records import (
    AccountEntry,
    DocumentHeader,
    DocumentPayment,
    DocumentRow,
    FileClosing,
    FileHeader,
    FileOpening,
    InventoryItem,
    LedgerAccount,
)

DEBIT = 1
_RANKS: dict[type[Record], int] = {
    FileOpening: 0,
    LedgerAccount: 1,
    AccountEntry: 2,
    DocumentHeader: 3,
    DocumentRow: 3,
    DocumentPayment: 3,
    InventoryItem: 4,
    FileClosing: 5,
}
"""Order of the record types in the file."""
_NUMBER = re.compile(r"([A-Z]*)(\d+)")


class FileRules:
    """Takes a file's records in order. `take` and `finish` raise `FiscalFault` at the first wrong one.

    It keeps in memory the type and number of each document, the sums of each account, and one entry.
    """

    def __init__(self, header: FileHeader) -> None:
        self.header = header
        self.counts: Counter[str] = Counter()
        self.documents: set[tuple[int, str]] = set()
        self._rank = 0
        self._open: tuple[DocumentHeader, list[DocumentRow], list[DocumentPayment]] | None = None
        self._accounts: dict[str, LedgerAccount] = {}
        self._moved: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self._entry = (0, 0)
        self._articles: set[str] = set()

    @property
    def records(self) -> int:
        """Number of records taken so far."""
        return self.counts.total()

    def take(self, record: Record) -> None:
        place = f"record {self.records + 1} ({type(record).__name__})"
        rank = _RANKS[type(record)]
        if rank < self._rank or (not self.records and rank) or (rank in (0, 5) and rank == self._rank and self.records):
            raise FiscalFault("order", place, "a record of this type isn't allowed here.")
        self._rank = rank
        self.counts[record.code] += 1  # type: ignore[attr-defined]  # each of `_RANKS` has one
        self._belongs(record, place)
        match record:
            case DocumentHeader():
                self._finish_document()
                self._begin_document(record, place)
            case DocumentRow() | DocumentPayment():
                self._add(record, place)
            case _:
                self._finish_document()
        match record:
            case LedgerAccount():
                _unique(record.account, self._accounts, place, "account")
                self._accounts[record.account] = record
            case AccountEntry():
                self._book(record, place)
            case InventoryItem():
                _unique(record.article, self._articles, place, "article")
                self._articles.add(record.article)
            case FileClosing():
                _same(record.records, self.records, "records", place, "count of records")

    def finish(self) -> None:
        """Check, after the last record, that there is a closing record, entries balance, and each account equals the
        sum of its entries."""
        if self._rank != _RANKS[FileClosing]:
            raise FiscalFault("end", "BKMVDATA.TXT", "the closing record Z900 is missing.", "The file was cut off.")
        self._balance()
        for key, account in self._accounts.items():
            place = f"account {key}"
            debits, credits = self._moved[key]
            _same(account.debits_minor, debits, "account", place, "sum of debits")
            _same(account.credits_minor, credits, "account", place, "sum of credits")

    def _belongs(self, record: Record, place: str) -> None:
        _same(record.record_number, self.records, "record_number", place, "record number")  # type: ignore[attr-defined]
        _same(record.dealer_number, self.header.dealer_number, "dealer", place, "dealer number")  # type: ignore[attr-defined]
        if isinstance(record, FileOpening | FileClosing):
            _same(record.identifier, self.header.identifier, "identifier", place, "main identifier")
            _same(record.constant, self.header.constant, "constant", place, "mark of the version")

    def _begin_document(self, header: DocumentHeader, place: str) -> None:
        paper = f"{place}, document {header.document_type} {header.document_number}"
        if header.document_type not in DOCUMENT_TYPES:
            raise FiscalFault("document_type", paper, "unknown document type.")
        key = (header.document_type, header.document_number)
        _unique(key, self.documents, paper, "document")
        self.documents.add(key)
        _same(header.link, len(self.documents), "link", paper, "link to lines")
        _in_range(header.document_date, self.header, paper)
        self._open = (header, [], [])

    def _add(self, record: DocumentRow | DocumentPayment, place: str) -> None:
        if not self._open:
            raise FiscalFault("order", place, "it comes before the header of its document.")
        header, rows, payments = self._open
        paper = f"{place}, document {record.document_type} {record.document_number}"
        for name in ("document_type", "document_number", "document_date", "link"):
            _same(getattr(record, name), getattr(header, name), "belongs", paper, f"{name} of the header")
        if isinstance(record, DocumentRow):
            if payments:
                raise FiscalFault("order", paper, "a product line comes after a payment line.")
            rows.append(record)
            _same(record.line, len(rows), "line", paper, "line")
        else:
            payments.append(record)
            _same(record.line, len(payments), "line", paper, "line")

    def _finish_document(self) -> None:
        if not self._open:
            return
        header, rows, payments = self._open
        self._open = None
        paper = f"document {header.document_type} {header.document_number}"
        net_minor = header.before_discount_minor + header.discount_minor
        _same(header.net_minor, net_minor, "net", paper, "sum after discounts (1221)")
        total_minor = header.net_minor + header.vat_minor
        _same(header.total_minor, total_minor, "total", paper, "sum with VAT (1223)")
        if rows:
            lines_minor = sum(row.net_minor for row in rows)
            _same(header.before_discount_minor, lines_minor, "lines", paper, "sum of its lines (1219)")
        if payments:
            paid_minor = sum(payment.amount_minor for payment in payments)
            _same(paid_minor, header.total_minor, "payments", paper, "sum of its payments (1312)")

    def _book(self, record: AccountEntry, place: str) -> None:
        if record.entry != self._entry[0]:
            self._balance()
            self._entry = (record.entry, 0)
        for account in filter(None, (record.account, record.counter_account)):
            if account not in self._accounts:
                raise FiscalFault("account", place, f"the account {account} has no record B110.")
        debit = record.side == DEBIT
        self._moved[record.account][0 if debit else 1] += record.amount_minor
        if record.counter_account:
            self._moved[record.counter_account][1 if debit else 0] += record.amount_minor
            return
        self._entry = (record.entry, self._entry[1] + (record.amount_minor if debit else -record.amount_minor))

    def _balance(self) -> None:
        entry, rest = self._entry
        if rest:
            raise FiscalFault("entry", f"entry {entry}", f"debits and credits differ by {rest} hundredths.")


def missing_numbers(documents: Iterable[tuple[int, str]]) -> Iterator[str]:
    """The gaps between the first and last number of each letter prefix, such as "A00000004-A00000006".

    A number may be used by two types at once (320 and 400); numbers of other forms are ignored.

    >>> list(missing_numbers([(320, "A00000001"), (400, "A00000001"), (330, "A00000004"), (320, "B00000009")]))
    ['A00000002-A00000003']
    """
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    for _, number in documents:
        if form := _NUMBER.fullmatch(number):
            found[form[1], len(form[2])].add(int(form[2]))
    for (letters, width), numbers in sorted(found.items()):
        for before, after in pairwise(sorted(numbers)):
            if after - before > 1:
                yield f"{letters}{before + 1:0{width}}-{letters}{after - 1:0{width}}"


def _same(found: object, right: object, code: str, place: str, what: str) -> None:
    if found != right:
        raise FiscalFault(code, place, f"the {what} is {found}, but must be {right}.")


def _unique(key: object, known: Container[object], place: str, what: str) -> None:
    if key in known:
        raise FiscalFault("doubled", place, f"the {what} is already in the file.")


def _in_range(day: date, header: FileHeader, place: str) -> None:
    if header.since and header.until and not header.since <= day <= header.until:
        raise FiscalFault("range", place, f"{day} isn't between {header.since} and {header.until}.")
