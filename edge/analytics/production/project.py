"""Project events of production to rows, in the same commit."""

from __future__ import annotations

import msgspec

from edge.analytics.production.entities import BOMS
from edge.analytics.production.events import (
    BomEnded,
    BomSet,
    ComponentsIssued,
    ComponentsReturned,
    GoodsTakenApart,
    WorkEnded,
    WorkPlanned,
    WorkReported,
    WorkReportUndone,
    WorkStarted,
)
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

_PLANNED = """
    INSERT INTO work_order (number, sku, quantity, state, bom, bom_version, source, target, start_on, due_on,
        extra_cost_minor, good, scrap, taken_milli, brought_milli, planned_us, changed_us, changed_by)
    VALUES (?1, ?2, ?3, 'planned', ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, 0, 0, 0, ?11, ?11, ?12)
    ON CONFLICT (number) DO UPDATE SET quantity = ?3, source = ?6, target = ?7, start_on = ?8, due_on = ?9,
        changed_us = ?11, changed_by = ?12
"""
_COMPONENT = """
    INSERT INTO work_component (number, sku, n, need, whole, issued, returned, consumed, wip_milli, unknown)
    VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0)
    ON CONFLICT (number, sku) DO UPDATE SET need = excluded.need, n = excluded.n
"""
_STATE = "UPDATE work_order SET state = ?, changed_us = ?, changed_by = ? WHERE number = ?"
_ISSUE = "INSERT INTO work_issue (number, seq, n, sku, quantity, location, lot, expiry) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_ISSUED = """
    UPDATE work_component SET issued = issued + ?3, wip_milli = wip_milli + coalesce(?4, 0),
        unknown = max(unknown, ?4 IS NULL) WHERE number = ?1 AND sku = ?2
"""
_RETURNED = """
    UPDATE work_component SET returned = returned + ?3,
        wip_milli = iif(issued - consumed - returned = ?3, 0, wip_milli - coalesce(?4, 0))
    WHERE number = ?1 AND sku = ?2
"""
_REPORT = (
    "INSERT INTO work_report (seq, number, sku, good, scrap, lot, taken_milli, brought_milli,"
    " business_date, at_us, actor)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_REPORTED = """
    UPDATE work_order SET good = good + ?2, scrap = scrap + ?3, taken_milli = taken_milli + ?4,
        brought_milli = brought_milli + ?5, changed_us = ?6, changed_by = ?7 WHERE number = ?1
"""
_CONSUMED = """
    UPDATE work_component SET consumed = consumed + ?, wip_milli = wip_milli - ? WHERE number = ? AND sku = ?
"""


def _bom(db: Connection, fact: RecordedEvent, event: BomSet) -> None:
    BOMS.on[BomSet](db, fact, event)
    body = msgspec.json.encode(event.bom).decode()
    db.execute(
        "INSERT OR REPLACE INTO bom_version (id, version, body) VALUES (?, ?, ?)",
        (event.bom.id, event.bom.version, body),
    )
    db.execute("DELETE FROM bom_component WHERE bom = ?", (event.bom.id,))
    rows = [(line.sku, event.bom.id) for line in event.bom.lines]
    db.executemany("INSERT INTO bom_component (sku, bom) VALUES (?, ?)", rows)


def _bom_ended(db: Connection, fact: RecordedEvent, event: BomEnded) -> None:
    BOMS.on[BomEnded](db, fact, event)
    db.execute("DELETE FROM bom_component WHERE bom = ?", (event.id,))


def _plan_work(db: Connection, fact: RecordedEvent, event: WorkPlanned) -> None:
    what = (event.number, event.sku, event.quantity, event.bom, event.bom_version, event.source, event.target)
    db.execute(_PLANNED, (*what, event.start_on, event.due_on, event.extra_cost_minor, fact.at_us, fact.actor))
    db.execute("DELETE FROM work_component WHERE number = ? AND issued = 0", (event.number,))
    for n, line in enumerate(event.lines):
        db.execute(_COMPONENT, (event.number, line.sku, n, line.need, int(line.whole)))


def _start_work(db: Connection, fact: RecordedEvent, event: WorkStarted) -> None:
    db.execute(_STATE, ("in_progress", fact.at_us, fact.actor, event.number))


def _issue_components(db: Connection, fact: RecordedEvent, event: ComponentsIssued) -> None:
    for n, one in enumerate(event.goods):
        where = (one.location, one.lot, one.expiry)
        db.execute(_ISSUE, (event.number, fact.seq, n, one.sku, one.quantity, *where))
        db.execute(_ISSUED, (event.number, one.sku, one.quantity, one.value_milli))


def _return_components(db: Connection, fact: RecordedEvent, event: ComponentsReturned) -> None:
    for n, one in enumerate(event.goods):
        where = (one.location, one.lot, one.expiry)
        db.execute(_ISSUE, (event.number, fact.seq, n, one.sku, -one.quantity, *where))
        db.execute(_RETURNED, (event.number, one.sku, one.quantity, one.value_milli))


def _report_work(db: Connection, fact: RecordedEvent, event: WorkReported) -> None:
    made = (event.number, event.sku, event.good, event.scrap, event.lot, event.taken_milli, event.brought_milli)
    db.execute(_REPORT, (fact.seq, *made, fact.business_date, fact.at_us, fact.actor))
    worth = (event.taken_milli, event.brought_milli)
    db.execute(_REPORTED, (event.number, event.good, event.scrap, *worth, fact.at_us, fact.actor))
    for one in event.consumed:
        db.execute(_CONSUMED, (one.quantity, one.value_milli, event.number, one.sku))


def _report_undone(db: Connection, fact: RecordedEvent, event: WorkReportUndone) -> None:
    db.execute("DELETE FROM work_report WHERE seq = ?", (event.report,))
    worth = (-event.taken_milli, -event.brought_milli)
    db.execute(_REPORTED, (event.number, -event.good, -event.scrap, *worth, fact.at_us, fact.actor))
    db.execute(_STATE, ("in_progress", fact.at_us, fact.actor, event.number))
    for one in event.consumed:
        db.execute(_CONSUMED, (-one.quantity, -one.value_milli, event.number, one.sku))


def _end_work(db: Connection, fact: RecordedEvent, event: WorkEnded) -> None:
    db.execute(_STATE, (event.state, fact.at_us, fact.actor, event.number))


def _taken_apart(db: Connection, fact: RecordedEvent, event: GoodsTakenApart) -> None:
    parts = msgspec.json.encode(event.parts).decode()
    what = (event.number, event.sku, event.quantity, event.location, event.value_milli, parts)
    db.execute(
        "INSERT INTO taken_apart (number, sku, quantity, location, value_milli, parts, business_date, at_us, actor)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*what, fact.business_date, fact.at_us, fact.actor),
    )
    moved = [(event.sku, one.lot, -one.quantity) for one in event.lots]
    moved += [(one.sku, event.lot, one.quantity) for one in event.parts]
    rows = [(event.number, n, *one) for n, one in enumerate(moved)]
    db.executemany("INSERT INTO apart_lot (number, n, sku, lot, delta) VALUES (?, ?, ?, ?, ?)", rows)


projector = Projector(
    name="production",
    version=1,
    tables=(
        *("bom", "bom_component", "bom_version", "work_order", "work_component", "work_issue", "work_report"),
        *("taken_apart", "apart_lot"),
    ),
    on={
        BomSet: _bom,
        BomEnded: _bom_ended,
        WorkPlanned: _plan_work,
        WorkStarted: _start_work,
        ComponentsIssued: _issue_components,
        ComponentsReturned: _return_components,
        WorkReported: _report_work,
        WorkReportUndone: _report_undone,
        WorkEnded: _end_work,
        GoodsTakenApart: _taken_apart,
    },
)
