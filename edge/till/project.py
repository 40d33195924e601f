"""Facts of the till to rows."""

from __future__ import annotations

from edge.core.database import Connection
from edge.core.shapes import Fact, Projector
from edge.till.events import ReceiptReprinted, SaleCompleted, SaleVoided

_RECEIPT = """
    INSERT INTO receipt (register, number, kind, seq, business_date, at_us, currency, total_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


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


def _reprinted(db: Connection, fact: Fact, event: ReceiptReprinted) -> None:
    db.execute(
        "UPDATE receipt SET copies = ? WHERE register = ? AND number = ?", (event.copy, fact.register, event.number)
    )


projector = Projector(
    name="receipts",
    version=1,
    tables=("receipt",),
    on={SaleCompleted: _sold, SaleVoided: _voided, ReceiptReprinted: _reprinted},
)
