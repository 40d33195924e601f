"""Receipts imported from another system: stored, removed, searched. No figure counts them.

A receipt's lines stay in its event, because 500,000 of them would double the ledger's size. The rows are in the order
of days, so an import appends to few pages; a search reads all of them, in the background.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import msgspec

from edge.core.journal.rows import read_fact, read_rows
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector, Registry, Transaction
from edge.core.storage.database import Connection
from edge.counter.reports.commands import RecordPastReceipts, TakeBackPastReceipts
from edge.counter.reports.events import PastReceipt, PastReceiptsRecorded, PastReceiptsTakenBack
from edge.lib.late_decoder import late_decoder

_ADD = """
    INSERT INTO past_receipt (business_date, seq, place, import_us, number, total_minor, skus)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_REMOVE = "DELETE FROM past_receipt WHERE business_date BETWEEN ? AND ? AND import_us = ?"
_KNOWN = "SELECT number, total_minor FROM past_receipt WHERE business_date = ?"
_IS_HERE = "SELECT 1 FROM past_receipt WHERE business_date = ? AND seq = ? AND place = ?"
_DAYS = "SELECT DISTINCT business_date FROM past_receipt WHERE import_us = ? ORDER BY 1"
_PLACES = "SELECT seq, place FROM past_receipt ORDER BY seq, place"
_FIND = """
    SELECT business_date, seq, place, number, total_minor FROM past_receipt
    WHERE (business_date, seq, place) < (:before, :seq, :place)
"""
_CONDITIONS = {
    "day": "business_date = :day",
    "number": "substr(number, -length(:number)) = :number COLLATE NOCASE",
    "total_minor": "total_minor = :total_minor",
    "sku": "instr(skus, ',' || :sku || ',')",
    "returned": "(total_minor < 0) = :returned",
}


class PastFilter(msgspec.Struct, frozen=True):
    """Conditions that an imported receipt must all meet. `number`: its end is enough. `returned`: whether more was
    returned than sold."""

    day: str | None = None
    number: str | None = None
    total_minor: int | None = None
    sku: str | None = None
    returned: bool | None = None


class PastEntry(msgspec.Struct, frozen=True):
    """An imported receipt in the list; its lines are at `place` of the event in row `seq`."""

    business_date: str
    seq: int
    place: int
    number: str
    total_minor: int


def record_past_receipts(tx: Transaction, command: RecordPastReceipts) -> int:
    known = {
        (day, number, minor)
        for day in {row.day for row in command.rows}
        for number, minor in tx.db.execute(_KNOWN, (day,))
    }
    rows = tuple(row for row in command.rows if (row.day, row.number, row.minor) not in known)
    if rows:
        tx.append(PastReceiptsRecorded(command.import_us, command.source, rows))
    return len(rows)


def take_back_past_receipts(tx: Transaction, command: TakeBackPastReceipts) -> None:
    tx.append(PastReceiptsTakenBack(command.import_us, command.first, command.last))


def imported_receipt_days(db: Connection, import_us: int) -> list[str]:
    """The days of an import's receipts."""
    return [day for (day,) in db.execute(_DAYS, (import_us,))]


def read_past_receipts(db: Connection) -> Iterator[tuple[PastReceipt, str]]:
    """Yield every imported receipt that wasn't removed, in the order of their import, with the file from which it
    came."""
    for seq, places in groupby(db.execute(_PLACES).fetchall(), itemgetter(0)):
        event = _decode(read_rows(db, seq, 1)[0].body)
        for _, place in places:
            yield event.rows[place], event.source


def find_past_receipts(
    db: Connection, wanted: PastFilter, after: tuple[str, int, int] | None = None, limit: int = 50
) -> list[PastEntry]:
    """Imported receipts, the newest first, below `after` (for the next page)."""
    values: dict[str, object] = {name: value for name in _CONDITIONS if (value := getattr(wanted, name)) is not None}
    where = "".join(f" AND {_CONDITIONS[name]}" for name in values)
    values |= dict(zip(("before", "seq", "place"), after or ("~", 0, 0), strict=True), limit=limit)
    query = f"{_FIND}{where} ORDER BY business_date DESC, seq DESC, place DESC LIMIT :limit"
    return [PastEntry(*row) for row in db.execute(query, values)]


def read_past_receipt(
    db: Connection, registry: Registry, day: str, seq: int, place: int
) -> tuple[PastReceipt, str] | None:
    """An imported receipt that wasn't removed, and the file from which it came."""
    if not db.execute(_IS_HERE, (day, seq, place)).fetchone():
        return None
    event = read_fact(db, registry, seq).event
    assert isinstance(event, PastReceiptsRecorded)
    return event.rows[place], event.source


def _add(db: Connection, fact: RecordedEvent, event: PastReceiptsRecorded) -> None:
    rows = []
    for place, one in enumerate(event.rows):
        skus = dict.fromkeys(line.sku for line in one.lines if line.sku)
        listed = f",{','.join(skus)}," if skus else ""
        rows.append((one.day, fact.seq, place, event.import_us, one.number, one.minor, listed))
    db.executemany(_ADD, rows)


def _remove(db: Connection, fact: RecordedEvent, event: PastReceiptsTakenBack) -> None:
    db.execute(_REMOVE, (event.first, event.last, event.import_us))


_decode = late_decoder(PastReceiptsRecorded)


past_receipts = Projector(
    name="past_receipts",
    version=1,
    tables=("past_receipt",),
    on={PastReceiptsRecorded: _add, PastReceiptsTakenBack: _remove},
)
