"""Projects the till's papers to rows: searchable, and summed by day."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.till.events import (
    BasketAbandoned,
    ReceiptReprinted,
    ReportReprinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
)
from edge.counter.till.rules import day_totals
from edge.counter.till.rules.day_totals import Copied, Day, Paper, ReturnedGoods
from edge.foundation.printing.events import PrintCopied
from edge.lib.units.money import amount_minor

_PAPER = """
    INSERT INTO paper (seq, register, number, kind, business_date, at_us, person, total_minor, sold)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_PRODUCT = """
    INSERT INTO paper_product (sku, seq, quantity, minor) VALUES (?, ?, ?, ?)
    ON CONFLICT (sku, seq) DO UPDATE SET quantity = quantity + excluded.quantity, minor = minor + excluded.minor
"""
_TAKE_BACK = """
    INSERT INTO paper_product (sku, seq, quantity, minor)
    SELECT sku, ?, -quantity, -minor FROM paper_product
    WHERE seq = (SELECT seq FROM paper WHERE register = ? AND number = ?)
"""
_MODIFIER = """
    INSERT INTO paper_modifier (ref, seq, names, quantity, minor) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (seq, ref) DO UPDATE SET quantity = quantity + excluded.quantity, minor = minor + excluded.minor
"""
_TAKE_MODIFIERS_BACK = """
    INSERT INTO paper_modifier (ref, seq, names, quantity, minor)
    SELECT ref, ?, names, -quantity, -minor FROM paper_modifier
    WHERE seq = (SELECT seq FROM paper WHERE register = ? AND number = ?)
"""
_NEWEST = "SELECT business_date, body FROM register_day WHERE register = ? ORDER BY seq DESC LIMIT 1"
_OF_DAY = "SELECT body FROM register_day WHERE business_date = ? AND register = ?"
_SAVE = "INSERT OR REPLACE INTO register_day (business_date, register, seq, body) VALUES (?, ?, ?, ?)"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Day).decode


def _add_sale(db: Connection, fact: RecordedEvent, event: SaleCompleted) -> None:
    _write(db, fact, "sale", event.number, event.total_minor + event.rounding_minor, day_totals.sells(event))
    _products(db, fact, event, 1)
    for goods in event.returns:
        _products(db, fact, goods, -1)


def _add_void(db: Connection, fact: RecordedEvent, event: SaleVoided) -> None:
    _write(db, fact, "void", event.number, -event.total_minor)
    db.execute(_TAKE_BACK, (fact.seq, fact.register, event.sale))
    db.execute(_TAKE_MODIFIERS_BACK, (fact.seq, fact.register, event.sale))


def _add_refund(db: Connection, fact: RecordedEvent, event: SaleRefunded) -> None:
    _write(db, fact, "refund", event.number, -event.paid_minor)
    _products(db, fact, event, -1)


def _write(db: Connection, fact: RecordedEvent, kind: str, number: int, minor: int, sold: bool = True) -> None:
    moment = (fact.business_date, fact.at_us)
    db.execute(_PAPER, (fact.seq, fact.register, number, kind, *moment, fact.actor, minor, int(sold)))


def _products(
    db: Connection, fact: RecordedEvent, event: SaleCompleted | SaleRefunded | ReturnedGoods, sign: int
) -> None:
    lines = [line for line in event.lines if not line.voided and line.kind == "goods"]
    rows = [(line.sku, fact.seq, sign * line.goods, sign * line.amount_minor) for line in lines]
    db.executemany(_PRODUCT, rows)
    chosen = [
        (
            *(one.ref, fact.seq, _encode(one.names), sign * line.quantity),
            sign * amount_minor(one.price_minor, line.quantity),
        )
        for line in lines
        for one in line.modifiers
    ]
    if chosen:
        db.executemany(_MODIFIER, chosen)


def _count_paper(db: Connection, fact: RecordedEvent, event: Paper) -> None:
    _save(db, fact, lambda day: day_totals.with_paper(day, event))


def _count_correction(db: Connection, fact: RecordedEvent, event: TenderCorrected) -> None:
    _save(db, fact, lambda day: day_totals.with_correction(day, event))


def _correct_total(db: Connection, fact: RecordedEvent, event: TenderCorrected) -> None:
    where = (event.more_minor, fact.register, event.sale)
    db.execute("UPDATE paper SET total_minor = total_minor + ? WHERE register = ? AND number = ?", where)


def _count_abandoned(db: Connection, fact: RecordedEvent, event: BasketAbandoned) -> None:
    _save(db, fact, lambda day: day_totals.with_cleared(day, event))


def _count_copy(db: Connection, fact: RecordedEvent, event: Copied) -> None:
    _save(db, fact, day_totals.with_copy)


def _save(db: Connection, fact: RecordedEvent, change: Callable[[Day], Day]) -> None:
    """Save the day with its next event. The newest sale is carried over from the day before, as a void may reverse
    it."""
    newest = db.execute(_NEWEST, (fact.register,)).fetchone()
    of_day = db.execute(_OF_DAY, (fact.business_date, fact.register)).fetchone()
    day = _decode(of_day[0]) if of_day else Day()
    if newest and newest[0] != fact.business_date:
        day = msgspec.structs.replace(day, newest=_decode(newest[1]).newest)
    db.execute(_SAVE, (fact.business_date, fact.register, fact.seq, _encode(change(day))))


papers = Projector(
    name="papers",
    version=2,
    strict=False,
    verified=True,
    tables=("paper", "paper_product", "paper_modifier"),
    append_only=("paper_product", "paper_modifier"),
    on={SaleCompleted: _add_sale, SaleVoided: _add_void, SaleRefunded: _add_refund, TenderCorrected: _correct_total},
)
days = Projector(
    name="register_days",
    version=10 * day_totals.DAY_VERSION + 1,  # the last digit is this module's own
    strict=False,
    verified=True,
    tables=("register_day",),
    on={
        SaleCompleted: _count_paper,
        SaleVoided: _count_paper,
        SaleRefunded: _count_paper,
        TenderCorrected: _count_correction,
        BasketAbandoned: _count_abandoned,
        ReceiptReprinted: _count_copy,
        PrintCopied: _count_copy,
        ReportReprinted: _count_copy,
    },
)
