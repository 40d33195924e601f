"""Projects till events to rows."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import GivenBack, Returned
from edge.counter.till.events import (
    ReceiptReprinted,
    RefundUndone,
    ReportPrinted,
    ReportReprinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
)

_RECEIPT = """
    INSERT INTO receipt (register, number, kind, seq, business_date, at_us, currency, total_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_REFUNDED = """
    INSERT INTO refunded_line (register, number, line, quantity) VALUES (?, ?, ?, ?)
    ON CONFLICT (register, number, line) DO UPDATE SET quantity = quantity + excluded.quantity
"""
_REFUNDED_TENDER = """
    INSERT INTO refunded_tender (register, number, tender, kind, minor) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (register, number, tender, kind) DO UPDATE SET minor = minor + excluded.minor
"""
_Z = """
    INSERT INTO z_report (register, number, seq, business_date, since_us, at_us, currency, total_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_encode = msgspec.json.Encoder().encode


def _record_sale(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    total = event.total_minor + event.rounding_minor
    values = (fact.register, event.number, "sale", fact.seq, fact.business_date, fact.at_us, event.currency, total)
    db.execute(_RECEIPT, values)
    for goods in event.returns:
        _taken_back(db, (goods.register, goods.sale), goods.paid_minor, goods.lines, goods.back)


def _taken_back(
    db: Connection, of: tuple[str, int], minor: int, lines: Iterable[Returned], back: Iterable[GivenBack], sign: int = 1
) -> None:
    """Add a refund to its sale, or remove it if `sign` is -1."""
    of_it = (sign * minor, *of)
    db.execute("UPDATE receipt SET refunded_minor = refunded_minor + ? WHERE register = ? AND number = ?", of_it)
    db.executemany(_REFUNDED, [(*of, line.id, sign * line.quantity) for line in lines])
    db.executemany(_REFUNDED_TENDER, [(*of, one.of, one.kind, sign * one.amount_minor) for one in back])


def _record_void(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
    total = -event.total_minor
    values = (fact.register, event.number, "void", fact.seq, fact.business_date, fact.at_us, event.currency, total)
    db.execute(_RECEIPT, values)
    db.execute(
        "UPDATE receipt SET voided_by = ? WHERE register = ? AND number = ?", (event.number, fact.register, event.sale)
    )
    for refund in event.refunds:
        if refund.sale:
            _refund_undone(db, refund)


def _refund_undone(db: Connection, refund: RefundUndone) -> None:
    """Reverse a refund's rows: the goods are the customer's again, the money the shop's."""
    of = (refund.sale_register, refund.sale)
    _taken_back(db, of, refund.minor, refund.lines, refund.tenders, sign=-1)
    db.execute("DELETE FROM refunded_line WHERE register = ? AND number = ? AND quantity = 0", of)
    db.execute("DELETE FROM refunded_tender WHERE register = ? AND number = ? AND minor = 0", of)


def _record_refund(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    minor = event.paid_minor
    values = (fact.register, event.number, "refund", fact.seq, fact.business_date, fact.at_us, event.currency, -minor)
    db.execute(_RECEIPT, values)
    if event.sale:
        of = (event.sale_register, event.sale)
        _taken_back(db, of, minor, event.lines, event.tenders)


def _record_correction(db: Connection, fact: RecordedEvent, event: TenderCorrected) -> None:
    of = (fact.register, event.sale)
    db.execute("INSERT OR REPLACE INTO corrected_sale (register, number, seq) VALUES (?, ?, ?)", (*of, fact.seq))
    db.execute(
        "UPDATE receipt SET total_minor = total_minor + ? WHERE register = ? AND number = ?", (event.more_minor, *of)
    )


def _record_reprint(db: Connection, fact: RecordedEvent, event: ReceiptReprinted) -> None:
    db.execute(
        "UPDATE receipt SET copies = ? WHERE register = ? AND number = ?", (event.copy, fact.register, event.number)
    )


def _report_copied(db: Connection, fact: RecordedEvent, event: ReportReprinted) -> None:
    where = (event.copy, fact.register, event.number)
    db.execute("UPDATE z_report SET copies = ? WHERE register = ? AND number = ?", where)


def _record_report(db: Connection, fact: RecordedEvent, event: ReportPrinted) -> None:
    if event.kind != "x" and event.number:
        moment = (fact.seq, fact.business_date, event.since_us, fact.at_us)
        db.execute(_Z, (fact.register, event.number, *moment, event.currency, event.total_minor))


z_reports = Projector(
    name="z_reports",
    version=1,
    tables=("z_report",),
    on={ReportReprinted: _report_copied, ReportPrinted: _record_report},
)
projector = Projector(
    name="receipts",
    version=1,
    tables=("receipt", "refunded_line", "refunded_tender", "corrected_sale"),
    on={
        SaleCompleted: _record_sale,
        SaleVoided: _record_void,
        SaleRefunded: _record_refund,
        TenderCorrected: _record_correction,
        ReceiptReprinted: _record_reprint,
    },
)
