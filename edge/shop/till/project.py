"""Facts of the till to rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.printing.events import PrintCopied
from edge.shop.till.events import (
    BasketAbandoned,
    ReceiptReprinted,
    RefundUndone,
    ReportPrinted,
    ReportReprinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
    TrainingEnded,
)
from edge.shop.till.queries import read_period
from edge.shop.till.rules import day_totals
from edge.shop.till.rules.day_totals import Day, Period
from edge.shop.till.rules.event_structs import GivenBack, Returned

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
_PERIOD = "INSERT OR REPLACE INTO register_period (register, body) VALUES (?, ?)"
_Z = """
    INSERT INTO z_report (register, number, seq, business_date, since_us, at_us, currency, total_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_encode = msgspec.json.Encoder().encode


def _sold(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    total = event.total_minor + event.rounding_minor
    values = (fact.register, event.number, "sale", fact.seq, fact.business_date, fact.at_us, event.currency, total)
    db.execute(_RECEIPT, values)
    for goods in event.returns:
        _taken_back(db, (goods.register, goods.sale), goods.paid_minor, goods.lines, goods.back)


def _taken_back(
    db: Connection, of: tuple[str, int], minor: int, lines: Iterable[Returned], back: Iterable[GivenBack], sign: int = 1
) -> None:
    """What of a sale went back, or (`sign` is -1) did not after all."""
    of_it = (sign * minor, *of)
    db.execute("UPDATE receipt SET refunded_minor = refunded_minor + ? WHERE register = ? AND number = ?", of_it)
    db.executemany(_REFUNDED, [(*of, line.id, sign * line.quantity) for line in lines])
    db.executemany(_REFUNDED_TENDER, [(*of, one.of, one.kind, sign * one.amount_minor) for one in back])


def _voided(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
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
    """The goods are with the customer again, and the sale's tenders with the shop."""
    of = (refund.sale_register, refund.sale)
    _taken_back(db, of, refund.minor, refund.lines, refund.tenders, sign=-1)
    db.execute("DELETE FROM refunded_line WHERE register = ? AND number = ? AND quantity = 0", of)
    db.execute("DELETE FROM refunded_tender WHERE register = ? AND number = ? AND minor = 0", of)


def _refunded(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    minor = event.paid_minor
    values = (fact.register, event.number, "refund", fact.seq, fact.business_date, fact.at_us, event.currency, -minor)
    db.execute(_RECEIPT, values)
    if event.sale:
        of = (event.sale_register, event.sale)
        _taken_back(db, of, minor, event.lines, event.tenders)


def _corrected(db: Connection, fact: RecordedEvent, event: TenderCorrected) -> None:
    of = (fact.register, event.sale)
    db.execute("INSERT OR REPLACE INTO corrected_sale (register, number, seq) VALUES (?, ?, ?)", (*of, fact.seq))
    db.execute(
        "UPDATE receipt SET total_minor = total_minor + ? WHERE register = ? AND number = ?", (event.more_minor, *of)
    )


def _corrected_day(db: Connection, fact: RecordedEvent, event: TenderCorrected) -> None:
    _count(db, fact, lambda day: day_totals.with_correction(day, event))


def _trained(db: Connection, fact: RecordedEvent, event: TrainingEnded) -> None:
    _count(db, fact, lambda day: day_totals.with_training(day, event))


def _reprinted(db: Connection, fact: RecordedEvent, event: ReceiptReprinted) -> None:
    db.execute(
        "UPDATE receipt SET copies = ? WHERE register = ? AND number = ?", (event.copy, fact.register, event.number)
    )


def _paper(db: Connection, fact: RecordedEvent, event: day_totals.Paper) -> None:
    _count(db, fact, lambda day: day_totals.with_paper(day, event))


def _cleared(db: Connection, fact: RecordedEvent, event: BasketAbandoned) -> None:
    _count(db, fact, lambda day: day_totals.with_cleared(day, event))


def _copied(db: Connection, fact: RecordedEvent, event: ReceiptReprinted | ReportReprinted | PrintCopied) -> None:
    _count(db, fact, day_totals.with_copy)


def _report_copied(db: Connection, fact: RecordedEvent, event: ReportReprinted) -> None:
    where = (event.copy, fact.register, event.number)
    db.execute("UPDATE z_report SET copies = ? WHERE register = ? AND number = ?", where)
    _copied(db, fact, event)


def _reported(db: Connection, fact: RecordedEvent, event: ReportPrinted) -> None:
    if event.kind == "x":
        return
    _save(db, fact, read_period(db, fact.register).closed(event.number, fact.at_us, fact.seq))
    if event.number:
        moment = (fact.seq, fact.business_date, event.since_us, fact.at_us)
        db.execute(_Z, (fact.register, event.number, *moment, event.currency, event.total_minor))


def _count(db: Connection, fact: RecordedEvent, change: Callable[[Day], Day]) -> None:
    period = read_period(db, fact.register)
    since_us = period.since_us or fact.at_us
    _save(db, fact, msgspec.structs.replace(period, since_us=since_us, day=change(period.day)))


def _save(db: Connection, fact: RecordedEvent, period: Period) -> None:
    db.execute(_PERIOD, (fact.register, _encode(period)))


periods = Projector(
    name="periods",
    version=day_totals.DAY_VERSION,
    tables=("register_period", "z_report"),
    on={
        SaleCompleted: _paper,
        SaleVoided: _paper,
        SaleRefunded: _paper,
        BasketAbandoned: _cleared,
        ReceiptReprinted: _copied,
        PrintCopied: _copied,
        ReportReprinted: _report_copied,
        ReportPrinted: _reported,
        TenderCorrected: _corrected_day,
        TrainingEnded: _trained,
    },
)
projector = Projector(
    name="receipts",
    version=1,
    tables=("receipt", "refunded_line", "refunded_tender", "corrected_sale"),
    on={
        SaleCompleted: _sold,
        SaleVoided: _voided,
        SaleRefunded: _refunded,
        TenderCorrected: _corrected,
        ReceiptReprinted: _reprinted,
    },
)
