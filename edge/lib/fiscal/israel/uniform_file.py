"""Writes the uniform file structure 1.31 (INI.TXT and BKMVDATA.TXT), and reads it back byte for byte. Pure.

Records are written by kind (A100, B110, B100, C100 each with its D110 and D120, M100, Z900), numbered from 1. Lines are
processed one at a time: for a year of papers, only their numbers are kept in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar, cast

import msgspec

from edge.lib.fiscal.fault import FiscalFault
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
    RecordCount,
)
from edge.lib.fiscal.israel.rules import FileRules

R = TypeVar("R", bound=Record)

COUNTED = ("B100", "B110", "C100", "D110", "D120", "M100")
"""Record types that INI.TXT counts."""
_KINDS: dict[bytes, type[Record]] = {
    b"A100": FileOpening,
    b"B100": AccountEntry,
    b"B110": LedgerAccount,
    b"C100": DocumentHeader,
    b"D110": DocumentRow,
    b"D120": DocumentPayment,
    b"M100": InventoryItem,
    b"Z900": FileClosing,
}


class UniformDocument(msgspec.Struct, frozen=True):
    """A document with its rows and payments."""

    header: DocumentHeader
    rows: tuple[DocumentRow, ...] = ()
    payments: tuple[DocumentPayment, ...] = ()


def folder(dealer_number: int, made: datetime) -> str:
    """The path of the two files below the drive: the dealer's first eight digits, year and minute of production.

    >>> folder(580000016, datetime(2026, 11, 2, 12, 10))
    'OPENFRMT/58000001.26/11021210'
    """
    return f"OPENFRMT/{dealer_number // 10:08}.{made:%y}/{made:%m%d%H%M}"


class UniformWriter:
    """Writes a pair of files: first all of `bkmvdata`, then `ini`. Dealer, identifier and range come from the header.

    `lost`: number of characters not in ISO-8859-8, written as `?`; the caller reports it.
    """

    def __init__(self, header: FileHeader) -> None:
        if header.since and header.until and header.until < header.since:
            raise FiscalFault("range", "INI.TXT", f"the range ends {header.until}, before it starts {header.since}.")
        self.header = header
        self.rules = FileRules(header)
        self.lost = header.lost_characters()

    def bkmvdata(
        self,
        documents: Iterable[UniformDocument],
        *,
        accounts: Iterable[LedgerAccount] = (),
        entries: Iterable[AccountEntry] = (),
        inventory: Iterable[InventoryItem] = (),
    ) -> Iterator[bytes]:
        """Yield the lines of BKMVDATA.TXT, each with its CR LF. Raises `FiscalFault` at the first record that breaks a
        rule."""
        yield self._line(FileOpening(identifier=self.header.identifier))
        for record in (*accounts, *entries):
            yield self._line(record)
        for number, document in enumerate(documents, 1):
            for part in _link_records(document, number):
                yield self._line(part)
        for item in inventory:
            yield self._line(item)
        yield self._line(FileClosing(identifier=self.header.identifier, records=self.rules.records + 1))
        self.rules.finish()

    def ini(self) -> bytes:
        """Return INI.TXT. Call it after the last line of BKMVDATA.TXT, whose records it counts."""
        self.rules.finish()
        counts = self.rules.counts
        lines = [RecordCount(code=code, records=counts[code]).encode() for code in COUNTED if counts[code]]
        return msgspec.structs.replace(self.header, records=self.rules.records).encode() + b"".join(lines)

    def _line(self, record: Record) -> bytes:
        numbered = msgspec.structs.replace(
            record, record_number=self.rules.records + 1, dealer_number=self.header.dealer_number
        )
        self.rules.take(numbered)
        self.lost += numbered.lost_characters()
        try:
            return numbered.encode()
        except FiscalFault as fault:
            paper = f"document {numbered.document_number}, " if hasattr(numbered, "document_number") else ""
            raise FiscalFault(fault.code, f"{paper}{fault.place}", fault.what, fault.advice) from fault


def read_ini(lines: Iterable[bytes]) -> tuple[FileHeader, Counter[str]]:
    """Parse header and counts of INI.TXT. Raises `FiscalFault` if the writer wouldn't produce this file."""
    first, *rest = list(lines) or [b""]
    header = _decode_line(FileHeader, first, "INI.TXT line 1")
    counts: Counter[str] = Counter()
    for number, line in enumerate(rest, 2):
        place = f"INI.TXT line {number}"
        count = _decode_line(RecordCount, line, place)
        if count.code not in COUNTED or not count.records or (counts and count.code <= max(counts)):
            raise FiscalFault("count", place, f"a count of {count.records} {count.code!r} isn't allowed here.")
        counts[count.code] = count.records
    return header, counts


def read_uniform(ini: Iterable[bytes], bkmvdata: Iterable[bytes]) -> Iterator[Record]:
    """Yield the records of BKMVDATA.TXT as each is verified. Raises `FiscalFault` at the first fault.

    A file is valid if this writer would produce the same bytes from the same values, and numbers, links, sums and
    counts agree within the file and with INI.TXT. Lines include their CR LF. Only after reading to the end is the whole
    file verified.
    """
    header, counts = read_ini(ini)
    rules = FileRules(header)
    for line in bkmvdata:
        place = f"record {rules.records + 1}"
        kind = _KINDS.get(line[:4])
        if kind is None:
            raise FiscalFault("kind", place, f"unknown record type {line[:4]!r}.")
        record = _decode_line(kind, line, place)
        rules.take(record)
        yield record
    rules.finish()
    if header.records != rules.records:
        raise FiscalFault("count", "INI.TXT", f"it says {header.records} records, but there are {rules.records}.")
    for code in COUNTED:
        if counts[code] != rules.counts[code]:
            raise FiscalFault("count", "INI.TXT", f"it says {counts[code]} {code}, but there are {rules.counts[code]}.")


def documents_of(records: Iterable[Record]) -> Iterator[UniformDocument]:
    """Group records into documents, in file order."""
    header: DocumentHeader | None = None
    parts: list[Record] = []
    for record in records:
        if header and not isinstance(record, DocumentRow | DocumentPayment):
            yield _document(header, parts)
            header, parts = None, []
        if isinstance(record, DocumentHeader):
            header = record
        elif header:
            parts.append(record)
    if header:
        yield _document(header, parts)


def _document(header: DocumentHeader, parts: list[Record]) -> UniformDocument:
    rows = tuple(part for part in parts if isinstance(part, DocumentRow))
    return UniformDocument(header, rows, tuple(part for part in parts if isinstance(part, DocumentPayment)))


def _link_records(document: UniformDocument, number: int) -> Iterator[Record]:
    """Yield the document's records, each with the document's identity and its own line number."""
    header = msgspec.structs.replace(document.header, link=number)
    yield header
    for parts in (document.rows, document.payments):
        for line, part in enumerate(cast("tuple[Record, ...]", parts), 1):
            yield msgspec.structs.replace(
                part,
                document_type=header.document_type,
                document_number=header.document_number,
                document_date=header.document_date,
                link=number,
                line=line,
            )


def _decode_line(kind: type[R], line: bytes, place: str) -> R:
    try:
        record = kind.decode(line)
    except FiscalFault as fault:
        raise FiscalFault(fault.code, f"{place}, {fault.place}", fault.what, fault.advice) from fault
    if record.encode() != line:
        raise FiscalFault("not_as_written", place, "its bytes aren't the standard encoding of its values.")
    return record
