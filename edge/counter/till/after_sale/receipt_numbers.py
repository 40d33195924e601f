"""Receipt and Z numbers that are skipped so that none is issued twice, and unexplained gaps."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.memo import Memo
from edge.core.messages import RecordedEvent, Refusal
from edge.core.registry import Projector, Transaction
from edge.core.storage.database import Connection
from edge.counter.till.commands import SKIPPED_MOST, Series, SkipNumbers
from edge.counter.till.events import (
    NumbersSkipped,
    ReceiptReprinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
)
from edge.foundation.printing.document import TemplateBlock

_TAKEN: dict[Series, str] = {"receipt": "receipt", "z": "z_report"}
"""The table that contains the issued numbers of each series."""
SERIES: dict[Series, str] = {"receipt": "receipts", "z": "Z reports"}
"""Names of the series on the command line."""
_SKIPPED = """
    INSERT INTO skipped_number (register, series, first, last, why, seq, business_date) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (register, series, first) DO UPDATE SET last = max(last, excluded.last)
"""
_LAST: dict[Series, str] = {
    series: f"""
        SELECT max(coalesce((SELECT max(number) FROM {table} WHERE register = ?1), 0),
                   coalesce((SELECT max(last) FROM skipped_number WHERE register = ?1 AND series = ?2), 0))
    """
    for series, table in _TAKEN.items()
}
_LASTS = """
    SELECT register, max(last) FROM (
        SELECT register, max(number) AS last FROM {taken} GROUP BY register
        UNION ALL SELECT register, max(last) FROM skipped_number WHERE series = ? GROUP BY register
    ) GROUP BY register
"""
_SINCE = "SELECT first, last, why, series FROM skipped_number WHERE register = ? AND seq > ? ORDER BY series, first"
_GAPS = """
    SELECT register, before + 1, first - 1 FROM (
        SELECT register, first, coalesce(max(last) OVER (
            PARTITION BY register ORDER BY first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS before FROM (
            SELECT register, number AS first, number AS last FROM {taken}
            UNION ALL SELECT register, first, last FROM skipped_number WHERE series = ?
        )
    ) WHERE first > before + 1 ORDER BY 1, 2
"""


class Gap(msgspec.Struct, frozen=True):
    """A gap in a register's receipt or Z numbers. `why`: the reason for skipping them; empty if unexplained."""

    register: str
    first: int
    last: int
    why: str = ""
    series: Series = "receipt"


def skip_numbers(tx: Transaction, command: SkipNumbers) -> None:
    first = last_number(tx.db, tx.actor.register, command.series) + 1
    if command.through - first >= SKIPPED_MOST:
        raise Refusal("skips_too_many", {"limit": SKIPPED_MOST})
    if command.through >= first:
        tx.append(NumbersSkipped(first, command.through, command.why, command.series))


def last_number(db: Connection, register: str, series: Series = "receipt") -> int:
    """The register's highest number used or skipped; 0 if there is none."""
    return int(db.execute(_LAST[series], (register, series)).fetchone()[0])


def _follow_numbers(known: dict[str, int], fact: RecordedEvent) -> bool:
    """Update the cached numbers from an event. Returns False if they must be read again, as after skipped numbers."""
    event = fact.event
    if isinstance(event, SaleCompleted | SaleVoided | SaleRefunded):
        if fact.register in known:
            known[fact.register] = max(known[fact.register], event.number)
        return True
    return isinstance(event, TenderCorrected | ReceiptReprinted)


_RECEIPTS: Memo[dict[str, int]] = Memo(lambda db: {}, "receipt", "skipped_number", follow=_follow_numbers)
"""Cached last receipt numbers of the registers that asked for them."""


def next_receipt_number(tx: Transaction) -> int:
    """The number of the register's next receipt."""
    known, register = _RECEIPTS.of(tx), tx.actor.register
    if register not in known:
        known[register] = last_number(tx.db, register)
    return known[register] + 1


def last_numbers(db: Connection, series: Series = "receipt") -> dict[str, int]:
    """Return the highest number used or skipped in a series, by register. Registers without one are omitted."""
    return dict(db.execute(_of(_LASTS, series), (series,)).fetchall())


def explained_gaps(db: Connection) -> list[Gap]:
    """Return the gaps that were recorded with a reason, sorted by register and series."""
    found = db.execute("SELECT register, first, last, why, series FROM skipped_number ORDER BY register, series, first")
    return [Gap(*row) for row in found]


def unexplained_gaps(db: Connection) -> list[Gap]:
    """Return the gaps without a recorded reason, which mean that a receipt or Z report is missing."""
    found = [(row, series) for series in _TAKEN for row in db.execute(_of(_GAPS, series), (series,)).fetchall()]
    return [Gap(register, first, last, series=series) for (register, first, last), series in found]


def on_report(db: Connection, register: str, since_seq: int) -> Iterator[TemplateBlock]:
    """Numbers skipped since a journal row, for a register's report."""
    gaps = [
        {"first": first, "last": last, "why": why, "series": series}
        for first, last, why, series in db.execute(_SINCE, (register, since_seq))
    ]
    if gaps:
        yield TemplateBlock("till/skipped", {"gaps": gaps})


def _of(sql: str, series: Series) -> str:
    return sql.format(taken=_TAKEN[series])


def _record_gap(db: Connection, fact: RecordedEvent, event: NumbersSkipped) -> None:
    place = (fact.register, event.series, event.first, event.last)
    db.execute(_SKIPPED, (*place, event.why, fact.seq, fact.business_date))


projector = Projector(name="skipped", version=1, tables=("skipped_number",), on={NumbersSkipped: _record_gap})
