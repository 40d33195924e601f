"""Facts of the till to rows."""

from __future__ import annotations

import msgspec

from edge.core.shapes import Fact, Projector
from edge.core.storage.database import Connection
from edge.till.events import ReceiptReprinted, SaleCompleted, SaleRefunded, SaleVoided
from edge.till.queries import read_day
from edge.till.rules import reports

_RECEIPT = """
    INSERT INTO receipt (register, number, kind, seq, business_date, at_us, currency, total_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_REFUNDED = """
    INSERT INTO refunded_line (register, number, line, quantity) VALUES (?, ?, ?, ?)
    ON CONFLICT (register, number, line) DO UPDATE SET quantity = quantity + excluded.quantity
"""
_DAY = "INSERT OR REPLACE INTO register_day (register, business_date, body) VALUES (?, ?, ?)"
_encode = msgspec.json.Encoder().encode


def _sold(db: Connection, fact: Fact, event: SaleCompleted) -> None:
    total = event.total_minor + event.rounding_minor
    values = (fact.register, event.number, "sale", fact.seq, fact.business_date, fact.at_us, event.currency, total)
    db.execute(_RECEIPT, values)


def _voided(db: Connection, fact: Fact, event: SaleVoided) -> None:
    total = -event.total_minor
    values = (fact.register, event.number, "void", fact.seq, fact.business_date, fact.at_us, event.currency, total)
    db.execute(_RECEIPT, values)
    db.execute(
        "UPDATE receipt SET voided_by = ? WHERE register = ? AND number = ?", (event.number, fact.register, event.sale)
    )


def _refunded(db: Connection, fact: Fact, event: SaleRefunded) -> None:
    minor = event.paid_minor
    values = (fact.register, event.number, "refund", fact.seq, fact.business_date, fact.at_us, event.currency, -minor)
    db.execute(_RECEIPT, values)
    if event.sale:
        of = (event.sale_register, event.sale)
        db.execute(
            "UPDATE receipt SET refunded_minor = refunded_minor + ? WHERE register = ? AND number = ?", (minor, *of)
        )
        db.executemany(_REFUNDED, [(*of, line.id, line.quantity) for line in event.lines])


def _reprinted(db: Connection, fact: Fact, event: ReceiptReprinted) -> None:
    db.execute(
        "UPDATE receipt SET copies = ? WHERE register = ? AND number = ?", (event.copy, fact.register, event.number)
    )


def _counted(db: Connection, fact: Fact, event: reports.Paper) -> None:
    day = reports.with_paper(read_day(db, fact.register, fact.business_date), event)
    db.execute(_DAY, (fact.register, fact.business_date, _encode(day)))


days = Projector(
    name="days",
    version=reports.DAY_VERSION,
    tables=("register_day",),
    on={SaleCompleted: _counted, SaleVoided: _counted, SaleRefunded: _counted},
)
projector = Projector(
    name="receipts",
    version=1,
    tables=("receipt", "refunded_line"),
    on={SaleCompleted: _sold, SaleVoided: _voided, SaleRefunded: _refunded, ReceiptReprinted: _reprinted},
)
