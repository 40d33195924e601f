"""Facts of shifts, and of the till's papers, to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.shifts import rules
from edge.shop.shifts.events import CashMoved, DrawerOpened, ShiftClosed, ShiftOpened, ShiftPrinted
from edge.shop.shifts.queries import read_drawer
from edge.shop.shifts.rules import Drawer
from edge.shop.till.events import ReportPrinted, SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.shop.till.rules import day_totals
from edge.shop.till.rules.day_totals import Paper

_SAVE = "INSERT OR REPLACE INTO drawer (register, shift, body) VALUES (?, ?, ?)"
_OPEN = """
    INSERT OR REPLACE INTO shift (seq, register, number, currency, opened_us, opened_date, opened_by, float_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_CLOSE = """
    UPDATE shift SET closed_seq = ?, closed_us = ?, closed_date = ?, closed_by = ?,
                     total_minor = ?, expected_minor = ?, counted_minor = ?
    WHERE register = ? AND number = ?
"""
_COPIED = "UPDATE shift SET copies = copies + 1 WHERE register = ? AND number = ?"
_encode = msgspec.json.Encoder().encode


def _opened(db: Connection, fact: RecordedEvent, event: ShiftOpened) -> None:
    moment = (fact.at_us, fact.business_date, fact.actor)
    db.execute(_OPEN, (fact.seq, fact.register, event.number, event.currency, *moment, event.float_minor))
    _save(db, fact, rules.opened(read_drawer(db, fact.register), event))


def _paper(db: Connection, fact: RecordedEvent, event: Paper) -> None:
    _save(db, fact, rules.with_paper(read_drawer(db, fact.register), event))


def _corrected(db: Connection, fact: RecordedEvent, event: TenderCorrected) -> None:
    drawer = read_drawer(db, fact.register)
    _save(db, fact, msgspec.structs.replace(drawer, day=day_totals.with_correction(drawer.day, event)))


def _moved(db: Connection, fact: RecordedEvent, event: CashMoved) -> None:
    _save(db, fact, rules.with_move(read_drawer(db, fact.register), event))


def _drawer_opened(db: Connection, fact: RecordedEvent, event: DrawerOpened) -> None:
    _save(db, fact, rules.with_opening(read_drawer(db, fact.register), event.shift))


def _reported(db: Connection, fact: RecordedEvent, event: ReportPrinted) -> None:
    drawer = read_drawer(db, fact.register)
    if event.kind == "z" and (drawer.opened_since_z or drawer.copies_since_z):
        _save(db, fact, msgspec.structs.replace(drawer, opened_since_z=0, copies_since_z=0))


def _closed(db: Connection, fact: RecordedEvent, event: ShiftClosed) -> None:
    sums = (event.total_minor, event.expected_minor, event.counted_minor)
    moment = (fact.seq, fact.at_us, fact.business_date, fact.actor)
    db.execute(_CLOSE, (*moment, *sums, fact.register, event.number))
    _save(db, fact, rules.closed_drawer(read_drawer(db, fact.register)))


def _printed(db: Connection, fact: RecordedEvent, event: ShiftPrinted) -> None:
    db.execute(_COPIED, (event.of_register, event.number))
    drawer = read_drawer(db, fact.register)
    _save(db, fact, msgspec.structs.replace(drawer, copies_since_z=drawer.copies_since_z + 1))


def _save(db: Connection, fact: RecordedEvent, drawer: Drawer) -> None:
    db.execute(_SAVE, (fact.register, drawer.shift, _encode(drawer)))


projector = Projector(
    name="shifts",
    version=10 * day_totals.DAY_VERSION,  # a drawer holds a day; the last digit is its own
    tables=("drawer", "shift"),
    on={
        ShiftOpened: _opened,
        CashMoved: _moved,
        DrawerOpened: _drawer_opened,
        ShiftClosed: _closed,
        ShiftPrinted: _printed,
        SaleCompleted: _paper,
        SaleVoided: _paper,
        SaleRefunded: _paper,
        TenderCorrected: _corrected,
        ReportPrinted: _reported,
    },
)
