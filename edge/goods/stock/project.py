"""Projects stock events to rows, in the same commit."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import json_text
from edge.goods.stock import rules
from edge.goods.stock.entities import LEVELS, LOCATIONS
from edge.goods.stock.events import (
    CostCorrected,
    CountEnded,
    CountScanned,
    CountStarted,
    LevelsSet,
    LocationRetired,
    LocationSet,
    LotRecalled,
    Move,
    RecallLifted,
    ReceiptCorrected,
    ReservationFulfilled,
    ReservationReleased,
    SellingPlaceSet,
    StockExpected,
    StockMoved,
    StockReserved,
)
from edge.goods.stock.moving import costs
from edge.goods.stock.rows import available_at, on_hand_at, reserved_at

WATCHED = frozenset({"received", "found", "counted", "transferred", "arrived", "produced"})
"""Reasons of movements that show that a product's stock is tracked."""
_SCANNED = """
    INSERT INTO stock_count_line (number, sku, lot, expiry, quantity, boxes, box, expected, looks, person, at_us,
        since)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (number, sku, lot) DO UPDATE SET
        expiry = excluded.expiry, quantity = excluded.quantity, boxes = excluded.boxes, box = excluded.box,
        expected = excluded.expected, looks = excluded.looks, person = excluded.person, at_us = excluded.at_us,
        since = CASE WHEN excluded.looks > looks THEN excluded.since ELSE since END
"""
"""Adds up quantities counted in the same pass; another pass replaces them."""
_ADD = """
    INSERT INTO stock (sku, on_hand, average_micro, watched) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (sku) DO UPDATE SET
        on_hand = on_hand + excluded.on_hand, average_micro = coalesce(excluded.average_micro, average_micro),
        watched = max(watched, excluded.watched)
"""
_ADD_PLAIN = """
    INSERT INTO stock (sku, on_hand) VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + excluded.on_hand
"""
"""Adds sold quantities without a cost, for products whose stock isn't tracked."""
_ROW = """
    INSERT INTO stock_row (sku, location, lot, expiry, quantity, boxes, box, arrived)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT (sku, location, lot, expiry) DO UPDATE SET
        quantity = quantity + excluded.quantity,
        boxes = iif(excluded.box IN (0, box), boxes, 0) + excluded.boxes,
        box = iif(excluded.box = 0, box, excluded.box),
        arrived = iif(quantity <= 0 AND excluded.quantity > 0, excluded.arrived, arrived)
"""
_GONE = """
    DELETE FROM stock_row
    WHERE sku = ? AND location = ? AND lot = ? AND expiry = ? AND quantity = 0 AND boxes = 0
"""
_AVERAGE = "SELECT on_hand, average_micro FROM stock WHERE sku = ?"
_AVERAGE_DAY = """
    SELECT business_date, average_micro FROM stock_average_day WHERE sku = ? ORDER BY business_date DESC LIMIT 1
"""
_SET_AVERAGE = "UPDATE stock SET average_micro = ? WHERE sku = ?"
_RECEIPT = """
    INSERT INTO stock_receipt (sku, seq, business_date, at_us, document, quantity, unit_cost_minor, added_minor,
        location, lot, expiry, supplier)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11)
    ON CONFLICT (sku, seq) DO UPDATE SET quantity = quantity + excluded.quantity
"""
_REVISED = "UPDATE stock_receipt SET quantity = ?, unit_cost_minor = ?, added_minor = ? WHERE sku = ? AND seq = ?"
_CLAIM = (
    "INSERT INTO stock_claim (kind, holder, sku, location, quantity, expires_us, seq, said)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_UNCLAIM = "DELETE FROM stock_claim WHERE kind = ? AND holder = ? RETURNING sku, location"
_FULFIL = "UPDATE stock_claim SET quantity = quantity - ? WHERE kind = 'reserved' AND holder = ? AND sku = ?"
_FULFILLED = "DELETE FROM stock_claim WHERE kind = 'reserved' AND holder = ? AND quantity <= 0"
_NOT_PROMISED = "DELETE FROM stock_promised_day WHERE sku = ? AND location = ? AND business_date >= ?"
_PROMISED_TO = "SELECT sku, location FROM stock_claim WHERE kind = 'reserved' AND holder = ?"
_LEVELS = """
    SELECT l.sku, l.location, l.par, l.reorder, l.status FROM json_each(?) j JOIN stock_level l ON l.sku = j.value
    WHERE EXISTS (SELECT 1 FROM stock_level)
"""
_STATUS = "UPDATE stock_level SET status = ? WHERE sku = ? AND location = ?"


def _apply_moves(db: Connection, fact: RecordedEvent, event: StockMoved) -> None:
    watched, seq = int(event.reason in WATCHED), fact.seq
    changes, rows, gone, places = [], [], [], set()
    for m in event.moves:
        changes.append((m.sku, m.delta))
        rows.append((m.sku, m.location, m.lot, m.expiry, m.delta, m.boxes, m.box, seq))
        places.add((m.sku, m.location))
        if m.lot or m.expiry:
            gone.append((m.sku, m.location, m.lot, m.expiry))
    if event.unit_cost_minor is None and not watched:
        db.executemany(_ADD_PLAIN, changes)
    elif event.unit_cost_minor is None:
        db.executemany(_ADD, [(move.sku, move.delta, None, watched) for move in event.moves])
    else:
        for move in event.moves:
            average = _average_with(db, fact, move, event.unit_cost_minor)
            db.execute(_ADD, (move.sku, move.delta, average, watched))
    db.executemany(_ROW, rows)
    if gone:
        db.executemany(_GONE, gone)
    if event.reason == "received" or event.unit_cost_minor is not None:
        _receipt(db, fact, event)
    if event.rests:
        poured = [(rest.sku, rest.location, rest.rest, rest.of) for rest in event.rests]
        db.executemany("INSERT OR REPLACE INTO stock_pour (sku, location, rest, of) VALUES (?, ?, ?, ?)", poured)
    _follow(db, places)


def _receipt(db: Connection, fact: RecordedEvent, event: StockMoved) -> None:
    about = (fact.business_date, fact.at_us, event.document)
    for move in event.moves:
        if move.delta > 0:
            what = (move.delta, event.unit_cost_minor, move.location, move.lot, move.expiry, event.supplier)
            db.execute(_RECEIPT, (move.sku, fact.seq, *about, *what))


def _average_with(db: Connection, fact: RecordedEvent, move: Move, unit_cost_minor: int) -> int | None:
    """The average unit cost after a receipt at a cost; None if unchanged, for example for outgoing goods."""
    if move.delta <= 0:
        return None
    on_hand, was = db.execute(_AVERAGE, (move.sku,)).fetchone() or (0, None)
    average = costs.average_after(was, on_hand, move.delta, unit_cost_minor)
    _average_day(db, fact, move.sku, average)
    return average


def _average_day(db: Connection, fact: RecordedEvent, sku: str, average_micro: int) -> None:
    """Set the average unit cost at the end of this day so far, and of later days, which exist if a clock ran ahead for
    a while.
    """
    now = (fact.business_date, average_micro)
    if db.execute(_AVERAGE_DAY, (sku,)).fetchone() != now:
        db.execute("DELETE FROM stock_average_day WHERE sku = ? AND business_date >= ?", (sku, fact.business_date))
        db.execute("INSERT INTO stock_average_day (sku, business_date, average_micro) VALUES (?, ?, ?)", (sku, *now))


def _receipt_corrected(db: Connection, fact: RecordedEvent, event: ReceiptCorrected) -> None:
    now = (event.quantity, event.unit_cost_minor, event.added_minor)
    db.execute(_REVISED, (*now, event.sku, event.receipt))
    on_hand, was = db.execute(_AVERAGE, (event.sku,)).fetchone() or (0, None)
    average = costs.average_with(was, on_hand, event.value_milli)
    db.execute(_SET_AVERAGE, (average, event.sku))
    if average is not None:
        _average_day(db, fact, event.sku, average)


def _cost_corrected(db: Connection, fact: RecordedEvent, event: CostCorrected) -> None:
    what = (event.sku, event.why, event.amount_milli, event.receipt, event.document)
    db.execute(
        "INSERT INTO stock_correction (seq, business_date, sku, why, amount_milli, receipt, document)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (fact.seq, fact.business_date, *what),
    )


def _follow(db: Connection, places: set[tuple[str, str]]) -> None:
    """Update the status of products at locations with stock levels."""
    levels = db.execute(_LEVELS, (json_text(dict(places)),)).fetchall()
    for sku, location, par, reorder, was in levels:
        if (sku, location) in places:
            now = rules.status(available_at(db, sku, location), par, reorder, was, on_hand_at(db, sku, location))
            if now != was:
                db.execute(_STATUS, (now, sku, location))


def _location(db: Connection, fact: RecordedEvent, event: LocationSet) -> None:
    LOCATIONS.keep(db, fact, event)
    levels = db.execute("SELECT sku FROM stock_level WHERE location = ?", (event.id,)).fetchall()
    _follow(db, {(sku, event.id) for (sku,) in levels})


def _location_retired(db: Connection, fact: RecordedEvent, event: LocationRetired) -> None:
    LOCATIONS.drop(db, fact, event)
    db.execute("DELETE FROM stock_level WHERE location = ?", (event.id,))


def _selling_place(db: Connection, fact: RecordedEvent, event: SellingPlaceSet) -> None:
    db.execute(
        "INSERT OR REPLACE INTO stock_register (register, location) VALUES (?, ?)", (event.register, event.location)
    )


def _levels(db: Connection, fact: RecordedEvent, event: LevelsSet) -> None:
    LEVELS.keep(db, fact, event)
    _follow(db, {(event.sku, event.location)})


def _insert_recall(db: Connection, fact: RecordedEvent, event: LotRecalled) -> None:
    recall = (event.sku, event.lot, event.note, fact.at_us)
    db.execute("INSERT OR REPLACE INTO stock_recall (sku, lot, note, at_us) VALUES (?, ?, ?, ?)", recall)


def _lift_recall(db: Connection, fact: RecordedEvent, event: RecallLifted) -> None:
    db.execute("DELETE FROM stock_recall WHERE sku = ? AND lot = ?", (event.sku, event.lot))


def _replace_claims(db: Connection, fact: RecordedEvent, event: StockReserved | StockExpected) -> None:
    kind, expires_us, said = "ordered", 0, ""
    if isinstance(event, StockReserved):
        kind, expires_us, said = "reserved", event.expires_us, event.said
    before = db.execute(_UNCLAIM, (kind, event.holder)).fetchall()
    for line in event.lines:
        db.execute(_CLAIM, (kind, event.holder, line.sku, event.location, line.quantity, expires_us, fact.seq, said))
    places = [*before, *((line.sku, event.location) for line in event.lines)]
    if kind == "reserved":
        _save_promised_day(db, fact, places)
    _follow(db, set(places))


def _save_promised_day(db: Connection, fact: RecordedEvent, places: Iterable[tuple[str, str]]) -> None:
    for sku, location in set(places):
        where = (sku, location, fact.business_date)
        db.execute(_NOT_PROMISED, where)
        db.execute(
            "INSERT INTO stock_promised_day (sku, location, business_date, reserved) VALUES (?, ?, ?, ?)",
            (*where, reserved_at(db, sku, location)),
        )


def _release_claims(db: Connection, fact: RecordedEvent, event: ReservationReleased) -> None:
    places = db.execute(_UNCLAIM, ("reserved", event.holder)).fetchall()
    _save_promised_day(db, fact, places)
    _follow(db, set(places))


def _fulfil_claims(db: Connection, fact: RecordedEvent, event: ReservationFulfilled) -> None:
    places = db.execute(_PROMISED_TO, (event.holder,)).fetchall()
    for line in event.lines:
        db.execute(_FULFIL, (line.quantity, event.holder, line.sku))
    db.execute(_FULFILLED, (event.holder,))
    _save_promised_day(db, fact, places)
    _follow(db, set(places))


def _count_started(db: Connection, fact: RecordedEvent, event: CountStarted) -> None:
    begun = (event.number, event.location, int(event.blind), event.category, "open", fact.at_us, fact.actor)
    db.execute(
        "INSERT INTO stock_count (number, location, blind, category, state, started_us, started_by, ended_us)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
        begun,
    )


def _count_scanned(db: Connection, fact: RecordedEvent, event: CountScanned) -> None:
    found = (event.quantity, event.boxes, event.box, event.expected, event.looks, fact.actor, fact.at_us, fact.seq)
    db.execute(_SCANNED, (event.number, event.sku, event.lot, event.expiry, *found))


def _count_ended(db: Connection, fact: RecordedEvent, event: CountEnded) -> None:
    db.execute("UPDATE stock_count SET state = ?, ended_us = ? WHERE number = ?", (event.how, fact.at_us, event.number))


projector = Projector(
    name="stock",
    version=1,
    tables=(
        *("stock", "stock_row", "stock_location", "stock_level", "stock_recall", "stock_claim"),
        *("stock_count", "stock_count_line", "stock_receipt", "stock_correction"),
        *("stock_promised_day", "stock_average_day", "stock_pour"),
    ),
    on={
        StockMoved: _apply_moves,
        ReceiptCorrected: _receipt_corrected,
        CostCorrected: _cost_corrected,
        LocationSet: _location,
        LocationRetired: _location_retired,
        LevelsSet: _levels,
        LotRecalled: _insert_recall,
        RecallLifted: _lift_recall,
        StockReserved: _replace_claims,
        StockExpected: _replace_claims,
        ReservationReleased: _release_claims,
        ReservationFulfilled: _fulfil_claims,
        CountStarted: _count_started,
        CountScanned: _count_scanned,
        CountEnded: _count_ended,
    },
)
registers_projector = Projector(
    name="stock_registers", version=1, tables=("stock_register",), on={SellingPlaceSet: _selling_place}
)
"""Projects registers' selling locations.

It is separate from the others, so that a sale doesn't invalidate their caches (`Memo`).
"""
