"""Projects events to rows: daily sales per product (sold itself or as a part of others), and forecast versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, get_args

import msgspec

from edge.analytics.forecast.entities import OCCASIONS
from edge.analytics.forecast.events import (
    ForecastTrained,
    HistoryRecorded,
    HistoryTakenBack,
    ModelPromoted,
    ModelRetired,
    PastGrouping,
    PastTotalsRecorded,
    PastTotalsTakenBack,
    SoldElsewhere,
)
from edge.core.batch import AddedRows, RowBatch
from edge.core.journal.rows import read_rows
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.reports.queries import goods_of
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.queries import read_receipt
from edge.goods.catalog.product import BundlePart
from edge.goods.catalog.queries import json_text
from edge.goods.modifiers.modifier import ChosenModifier, stock_parts
from edge.goods.stock.events import StockMoved

WASTE = ("lost", "waste", "wasted", "expired", "spoiled", "broken", "damaged", "theft")
"""Reasons of movements for goods lost without payment."""
HISTORY_WEIGHT = 4
"""A day of a product has about 45 bytes in an event, and changes a page of 4 KB."""
_ADD = """
    INSERT INTO demand_day (sku, business_date, sold, returned, wasted, received, minor, used)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (sku, business_date) DO UPDATE SET
        sold = sold + excluded.sold, returned = returned + excluded.returned, wasted = wasted + excluded.wasted,
        received = received + excluded.received, minor = minor + excluded.minor, used = used + excluded.used
"""
_BROUGHT = """
    INSERT INTO demand_day (sku, business_date, sold, returned, wasted, minor) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (sku, business_date) DO UPDATE SET
        sold = excluded.sold, returned = excluded.returned, wasted = excluded.wasted, minor = excluded.minor,
        elsewhere = 0
"""
_EMPTIED = "UPDATE demand_day SET sold = 0, returned = 0, wasted = 0, minor = 0 WHERE sku = ? AND business_date = ?"
_UNKNOWN_DAY = """
    DELETE FROM demand_day WHERE sku = ? AND business_date = ? AND received = 0 AND used = 0 AND elsewhere = 0
"""
_NOT_OPEN = """
    DELETE FROM demand_open WHERE business_date = ?1 AND papers = 0
        AND NOT EXISTS (SELECT 1 FROM demand_day WHERE business_date = ?1)
"""
_ELSEWHERE = """
    INSERT INTO demand_day (sku, business_date, elsewhere) VALUES (?, ?, ?)
    ON CONFLICT (sku, business_date) DO UPDATE SET elsewhere = elsewhere + excluded.elsewhere
"""
_OPEN = """
    INSERT INTO demand_open (business_date, papers)
    VALUES (?, ?) ON CONFLICT (business_date) DO UPDATE SET papers = papers + excluded.papers
"""
_USED = """
    INSERT OR IGNORE INTO demand_open (business_date, papers) SELECT ?1, 0 WHERE NOT EXISTS (
        SELECT 1 FROM demand_open WHERE papers > 0 AND business_date > date(?1, '-7 days'))
"""
"""Marks open days. With tills, these are days with sales; without, days with consumption or sales
at third-party tills.
"""
_LEVELS = "SELECT l.sku, l.on_hand FROM json_each(?) j JOIN demand_level l ON l.sku = j.value"
_LEVEL = """
    INSERT INTO demand_level (sku, on_hand, since)
    VALUES (?, ?, ?) ON CONFLICT (sku) DO UPDATE SET on_hand = excluded.on_hand
"""
_GAP = "INSERT OR IGNORE INTO demand_gap (sku, first_date) VALUES (?, ?)"
_END_GAP = "UPDATE demand_gap SET until_date = ? WHERE sku = ? AND until_date IS NULL"
_TRAINED = (
    "INSERT OR REPLACE INTO forecast_model (version, role, trained_us, trained_date, through, days,"
    " series, figures, models, decided_us)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
)
_PAST_TOTAL = """
    INSERT OR REPLACE INTO past_total (grouped, business_date, import_us, key, minor, receipts)
    VALUES (?, ?, ?, ?, ?, ?)
"""
_PAST_TAKEN_BACK = "DELETE FROM past_total WHERE business_date BETWEEN ? AND ? AND import_us = ? AND grouped = ?"
_ROLE = "UPDATE forecast_model SET role = ?, decided_us = ? WHERE version = ?"


class _Line(Protocol):
    """The product data of any receipt line."""

    @property
    def voided(self) -> bool: ...
    @property
    def kind(self) -> str: ...
    @property
    def sku(self) -> str: ...
    @property
    def stock_taken(self) -> tuple[BundlePart, ...]: ...
    @property
    def goods(self) -> int: ...


class _SaleLine(msgspec.Struct):
    sku: str = ""
    quantity: int = 0
    units: int = 1
    voided: bool = False
    kind: str = "goods"
    parts: tuple[BundlePart, ...] = ()
    modifiers: tuple[ChosenModifier, ...] = ()

    @property
    def goods(self) -> int:
        return self.quantity * self.units

    @property
    def stock_taken(self) -> tuple[BundlePart, ...]:
        return stock_parts(self.sku, self.parts, self.modifiers)


class _Sale(msgspec.Struct):
    """The required fields of a stored sale, which are the same in all versions."""

    lines: tuple[_SaleLine, ...] = ()


_sale = msgspec.json.Decoder(_Sale).decode


class _Demand(RowBatch):
    """The figures of a turn by product and day, its papers, and its movements."""

    def __init__(self, db: Connection) -> None:
        super().__init__(db)
        self.days = AddedRows(_ADD)
        self.open = AddedRows(_OPEN)
        self.papers: dict[int, tuple[str, bool]] = {}
        self.moves: list[tuple[str, int, str]] = []
        self._levels: dict[str, int | None] = self.remember({})

    def flush(self) -> None:
        self._add_papers()
        self.days.flush(self.db)
        self.open.flush(self.db)
        self._add_levels()

    def sell(self, sku: str, day: str, came_back: bool, quantity: int, minor: int) -> None:
        self.days.add((sku, day), (0 if came_back else quantity, -quantity if came_back else 0, 0, 0, minor, 0))

    def _add_papers(self) -> None:
        for seq, sku, quantity, minor in goods_of(self.db, self.papers):
            self.sell(sku, *self.papers[seq], quantity, minor)
        self.papers.clear()

    def _add_levels(self) -> None:
        """Track stock-outs, but only of goods that had been in stock: a shop that books no deliveries never
        runs out.
        """
        if not self.moves:
            return
        levels = self._levels
        if missing := {sku for sku, *_ in self.moves if sku not in levels}:
            levels.update(dict.fromkeys(missing))
            levels.update(self.db.execute(_LEVELS, (json_text(missing),)).fetchall())
        changed: dict[str, str] = {}
        for sku, delta, day in self.moves:
            was = levels[sku]
            if was is None and delta <= 0:
                continue
            before, on_hand = was or 0, (was or 0) + delta
            levels[sku] = on_hand
            changed.setdefault(sku, day)
            if on_hand <= 0 < before:
                self.db.execute(_GAP, (sku, day))
            elif on_hand > 0 >= before:
                self.db.execute(_END_GAP, (day, sku))
        self.db.executemany(_LEVEL, [(sku, levels[sku], day) for sku, day in sorted(changed.items())])
        self.moves.clear()


def _paper(batch: _Demand, fact: RecordedEvent, event: SaleCompleted | SaleVoided | SaleRefunded) -> None:
    day, came_back = fact.business_date, isinstance(event, SaleRefunded)
    batch.papers[fact.seq] = (day, came_back)
    for sku, quantity, minor in _parts_of(batch.db, fact, event):
        batch.sell(sku, day, came_back, quantity, minor)
    batch.open.add((day,), (1,))


def _parts_of(
    db: Connection, fact: RecordedEvent, event: SaleCompleted | SaleVoided | SaleRefunded
) -> list[tuple[str, int, int]]:
    """Products sold as parts of others (`goods_of`); the revenue stays with the product sold."""
    match event:
        case SaleCompleted():
            returned = [line for goods in event.returns for line in goods.lines]
            return [*_parts(event.lines, 1), *_parts(returned, -1)]
        case SaleRefunded():
            return _parts(event.lines, -1)
        case SaleVoided():
            again = _parts([line for goods in event.refunds for line in goods.lines], 1)
            sale = read_receipt(db, fact.register, event.sale) if event.undoes == "sale" else None
            rows = read_rows(db, sale.seq, 1) if sale else []
            return [*again, *(part for row in rows for part in _parts(_sale(row.body).lines, -1))]


def _parts(lines: Iterable[_Line], sign: int) -> list[tuple[str, int, int]]:
    return [
        (part.sku, sign * part.taken_by(line.goods), 0)
        for line in lines
        if not line.voided and line.kind == "goods"
        for part in line.stock_taken
        if part.sku != line.sku
    ]


def _add_moves(batch: _Demand, fact: RecordedEvent, event: StockMoved) -> None:
    day = fact.business_date
    for move in event.moves:
        if event.reason.startswith(WASTE) and move.delta < 0:
            batch.days.add((move.sku, day), (0, 0, -move.delta, 0, 0, 0))
        elif event.reason == "used":
            batch.days.add((move.sku, day), (0, 0, 0, 0, 0, -move.delta))
        elif event.reason.startswith("receiv"):
            batch.days.add((move.sku, day), (0, 0, 0, move.delta, 0, 0))
        batch.moves.append((move.sku, move.delta, day))
    if event.reason == "used" and event.moves:
        batch.flush()  # write pending days first: whether this day is open depends on their sales
        batch.db.execute(_USED, (day,))


def _history(batch: _Demand, fact: RecordedEvent, event: HistoryRecorded) -> None:
    batch.flush()
    rows = [(row.sku, row.day, row.sold, row.returned, row.wasted, row.minor) for row in event.rows]
    batch.db.executemany(_BROUGHT, rows)
    days: Iterable[str] = {row.day for row in event.rows}
    batch.db.executemany(
        "INSERT OR IGNORE INTO demand_open (business_date, papers) VALUES (?, 0)", [(day,) for day in sorted(days)]
    )


def _take_back_history(batch: _Demand, fact: RecordedEvent, event: HistoryTakenBack) -> None:
    batch.flush()
    batch.db.executemany(_EMPTIED, event.rows)
    batch.db.executemany(_UNKNOWN_DAY, event.rows)
    days = [(day,) for day in sorted({day for _, day in event.rows})]
    batch.db.executemany(_NOT_OPEN, days)


def _elsewhere(batch: _Demand, fact: RecordedEvent, event: SoldElsewhere) -> None:
    batch.flush()
    batch.db.executemany(_ELSEWHERE, [(row.sku, event.day, row.quantity) for row in event.rows])
    batch.db.execute(_USED, (event.day,))


def _add_past_totals(db: Connection, fact: RecordedEvent, event: PastTotalsRecorded) -> None:
    rows = [(row.grouped, row.day, event.import_us, row.key, row.minor, row.receipts) for row in event.rows]
    db.executemany(_PAST_TOTAL, rows)


def _remove_past_totals(db: Connection, fact: RecordedEvent, event: PastTotalsTakenBack) -> None:
    span = (event.first, event.last, event.import_us)
    db.executemany(_PAST_TAKEN_BACK, [(*span, grouped) for grouped in get_args(PastGrouping)])


def _save_model(db: Connection, fact: RecordedEvent, event: ForecastTrained) -> None:
    figures, models = (msgspec.json.encode(part).decode() for part in (event.figures, event.models))
    when = (fact.at_us, fact.business_date, event.through)
    db.execute(_TRAINED, (event.model_version, event.role, *when, event.days, event.series, figures, models))


def _promote_model(db: Connection, fact: RecordedEvent, event: ModelPromoted) -> None:
    db.execute(_ROLE, ("retired", fact.at_us, event.instead_of))
    db.execute(_ROLE, ("champion", fact.at_us, event.model_version))


def _retire_model(db: Connection, fact: RecordedEvent, event: ModelRetired) -> None:
    db.execute(_ROLE, ("retired", fact.at_us, event.model_version))


demand = Projector(
    name="demand",
    version=1,
    tables=("demand_day", "demand_open", "demand_level", "demand_gap"),
    on={
        SaleCompleted: _paper,
        SaleVoided: _paper,
        SaleRefunded: _paper,
        StockMoved: _add_moves,
        HistoryRecorded: _history,
        HistoryTakenBack: _take_back_history,
        SoldElsewhere: _elsewhere,
    },
    strict=False,
    rests_on=("papers",),
    batch=_Demand,
    heavy={HistoryRecorded: HISTORY_WEIGHT, HistoryTakenBack: HISTORY_WEIGHT},
)
past_totals = Projector(
    name="past_totals",
    version=1,
    tables=("past_total",),
    on={PastTotalsRecorded: _add_past_totals, PastTotalsTakenBack: _remove_past_totals},
    strict=False,
)
versions = Projector(
    name="forecast_models",
    version=1,
    tables=("forecast_model",),
    on={ForecastTrained: _save_model, ModelPromoted: _promote_model, ModelRetired: _retire_model},
)
occasions_on = Projector(name="occasions", version=1, tables=(OCCASIONS.table,), on=OCCASIONS.on)
