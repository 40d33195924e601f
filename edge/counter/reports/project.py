"""Projects the till's papers to rows: searchable, and summed by day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter

import msgspec

from edge.core.batch import AddedRows, RowBatch
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
from edge.goods.catalog.queries import json_text
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
_NEWEST = """
    SELECT d.register, d.business_date, d.body FROM json_each(?) j JOIN register_day d ON d.register = j.value
        AND d.seq = (SELECT max(seq) FROM register_day WHERE register = j.value)
"""
_OF_DAY = "SELECT body FROM register_day WHERE business_date = ? AND register = ?"
_SAVE = "INSERT OR REPLACE INTO register_day (business_date, register, seq, body) VALUES (?, ?, ?, ?)"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Day).decode


class _Papers(RowBatch):
    """The papers of a turn, and the goods sold on them."""

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self.papers: list[tuple[object, ...]] = []
        self.products = AddedRows(_PRODUCT)
        self.modifiers: list[tuple[object, ...]] = []

    def flush(self) -> None:
        self.db.executemany(_PAPER, self.papers)
        self.products.flush(self.db)
        self.db.executemany(_MODIFIER, self.modifiers)
        self.papers.clear()
        self.modifiers.clear()


class _Days(RowBatch):
    """The newest day of each register, read once. A turn writes each day that it changes only once."""

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self._newest: dict[str, tuple[str, Day] | None] = self.remember({})
        self._changed: dict[tuple[str, str], tuple[int, Day]] = {}

    def prepare(self, facts: Iterable[RecordedEvent]) -> None:
        if missing := {fact.register for fact in facts if fact.register not in self._newest}:
            self._newest.update(dict.fromkeys(missing))
            for register, date, body in self.db.execute(_NEWEST, (json_text(missing),)).fetchall():
                self._newest[register] = (date, _decode(body))

    def change(self, fact: RecordedEvent, change: Callable[[Day], Day]) -> None:
        """Apply an event to its day.

        The newest sale is carried over from the day before, because a void may reverse it.
        """
        register, date = fact.register, fact.business_date
        newest = self._newest[register]
        if newest is None:
            day = Day()
        elif newest[0] == date:
            day = newest[1]
        else:
            day = msgspec.structs.replace(self._of_day(date, register), newest=newest[1].newest)
        day = change(day)
        self._newest[register] = (date, day)
        self._changed[date, register] = (fact.seq, day)

    def _of_day(self, date: str, register: str) -> Day:
        if known := self._changed.get((date, register)):
            return known[1]
        found = self.db.execute(_OF_DAY, (date, register)).fetchone()
        return _decode(found[0]) if found else Day()

    def flush(self) -> None:
        rows = [(*key, seq, _encode(day)) for key, (seq, day) in sorted(self._changed.items(), key=itemgetter(0))]
        self.db.executemany(_SAVE, rows)
        self._changed.clear()


def _add_sale(batch: _Papers, fact: RecordedEvent, event: SaleCompleted) -> None:
    _write(batch, fact, "sale", event.number, event.total_minor + event.rounding_minor, day_totals.sells(event))
    _products(batch, fact, event, 1)
    for goods in event.returns:
        _products(batch, fact, goods, -1)


def _add_void(batch: _Papers, fact: RecordedEvent, event: SaleVoided) -> None:
    _write(batch, fact, "void", event.number, -event.total_minor)
    batch.flush()  # the sale it voids may still be in this batch
    batch.db.execute(_TAKE_BACK, (fact.seq, fact.register, event.sale))
    batch.db.execute(_TAKE_MODIFIERS_BACK, (fact.seq, fact.register, event.sale))


def _add_refund(batch: _Papers, fact: RecordedEvent, event: SaleRefunded) -> None:
    _write(batch, fact, "refund", event.number, -event.paid_minor)
    _products(batch, fact, event, -1)


def _write(batch: _Papers, fact: RecordedEvent, kind: str, number: int, minor: int, sold: bool = True) -> None:
    moment = (fact.business_date, fact.at_us)
    batch.papers.append((fact.seq, fact.register, number, kind, *moment, fact.actor, minor, int(sold)))


def _products(
    batch: _Papers, fact: RecordedEvent, event: SaleCompleted | SaleRefunded | ReturnedGoods, sign: int
) -> None:
    for line in event.lines:
        if line.voided or line.kind != "goods":
            continue
        batch.products.add((line.sku, fact.seq), (sign * line.goods, sign * line.amount_minor))
        for one in line.modifiers:
            added_minor = sign * amount_minor(one.price_minor, line.quantity)
            batch.modifiers.append((one.ref, fact.seq, _encode(one.names), sign * line.quantity, added_minor))


def _correct_total(batch: _Papers, fact: RecordedEvent, event: TenderCorrected) -> None:
    batch.flush()
    where = (event.more_minor, fact.register, event.sale)
    batch.db.execute("UPDATE paper SET total_minor = total_minor + ? WHERE register = ? AND number = ?", where)


def _count_paper(batch: _Days, fact: RecordedEvent, event: Paper) -> None:
    batch.change(fact, lambda day: day_totals.with_paper(day, event))


def _count_correction(batch: _Days, fact: RecordedEvent, event: TenderCorrected) -> None:
    batch.change(fact, lambda day: day_totals.with_correction(day, event))


def _count_abandoned(batch: _Days, fact: RecordedEvent, event: BasketAbandoned) -> None:
    batch.change(fact, lambda day: day_totals.with_cleared(day, event))


def _count_copy(batch: _Days, fact: RecordedEvent, event: Copied) -> None:
    batch.change(fact, day_totals.with_copy)


papers = Projector(
    name="papers",
    version=2,
    strict=False,
    verified=True,
    tables=("paper", "paper_product", "paper_modifier"),
    append_only=("paper_product", "paper_modifier"),
    on={SaleCompleted: _add_sale, SaleVoided: _add_void, SaleRefunded: _add_refund, TenderCorrected: _correct_total},
    batch=_Papers,
)
days = Projector(
    name="register_days",
    version=10 * day_totals.DAY_VERSION + 1,  # the last digit is bumped for changes to this module alone
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
    batch=_Days,
)
