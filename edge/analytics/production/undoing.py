"""Undo a work order's last report: its goods leave, and their components are in progress again."""

from __future__ import annotations

from edge.analytics.production.commands import UndoReport
from edge.analytics.production.components import correct
from edge.analytics.production.events import WorkReported, WorkReportUndone
from edge.analytics.production.queries import WorkOrder
from edge.analytics.production.work_orders import require_work
from edge.core.messages import RecordedEvent, Refusal
from edge.core.registry import Transaction
from edge.goods.stock.events import Move, StockMoved
from edge.goods.stock.moving import costs
from edge.goods.stock.queries import average_cost_micro
from edge.goods.stock.rows import available_at, called_by, rows_at
from edge.lib.units.quantity import show_quantity

_LAST = "SELECT max(seq) FROM work_report WHERE number = ?"


def undo_report(tx: Transaction, command: UndoReport) -> None:
    """Undo the report. Raises `Refusal` if there is none, or some of the goods have left stock."""
    order = require_work(tx, command.number)
    seq = tx.db.execute(_LAST, (order.number,)).fetchone()[0]
    if seq is None:
        raise Refusal("no_report", {"number": order.number})
    fact: RecordedEvent = tx.read(seq)
    report = fact.event
    assert isinstance(report, WorkReported)
    if order.state == "completed":  # reverse the correction of value made at completion
        correct(tx, order, order.sku, order.brought_milli - order.taken_milli)
    if report.good:
        _take_out(tx, order, report)
    else:
        correct(tx, order, order.sku, -report.taken_milli, "production_loss")
    what = (report.good, report.scrap, report.consumed, report.taken_milli, report.brought_milli)
    tx.append(WorkReportUndone(order.number, order.sku, seq, *what))


def _take_out(tx: Transaction, order: WorkOrder, report: WorkReported) -> None:
    """Take the goods out of stock at today's average.

    The difference from their value when received is a cost correction.
    """
    left, moves = report.good, list[Move]()
    for row in rows_at(tx.db, order.sku, order.target, tx.business_date):
        if row.lot == report.lot and row.quantity > 0 and left:
            moves.append(
                Move(order.sku, -min(left, row.quantity), location=row.location, lot=row.lot, expiry=row.expiry)
            )
            left += moves[-1].delta
    there = min(report.good - left, available_at(tx.db, order.sku, order.target))
    if there < report.good:
        values = {"made": show_quantity(report.good), "left": show_quantity(max(0, there))}
        raise Refusal("report_goods_gone", {**values, **called_by(tx.db, order.sku)})
    average = average_cost_micro(tx.db, order.sku)
    tx.append(StockMoved("issued", tuple(moves), document=order.holder))
    correct(tx, order, order.sku, costs.value_milli(average, report.good) - report.brought_milli)
