"""Apply production, order and sales records with the same commands that users have."""

from __future__ import annotations

from collections.abc import Iterable

from edge.accounting.accounts.commands import CloseSalesOrder, OpenSalesOrder, OrderedLine
from edge.analytics.forecast.commands import RecordHistory
from edge.analytics.forecast.events import HistoryRow
from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.commands import CancelWork, PlanWork, ReportWork, SetBom, StartWork
from edge.analytics.production.queries import read_work
from edge.backoffice.feeds.applying.bounds import within_bounds
from edge.backoffice.feeds.applying.order_judging import our_number
from edge.backoffice.feeds.reading.order_records import BomRow, HistoryDayRow, SalesOrderRow, WorkOrderRow
from edge.core.registry import Transaction

_SOLD = """
    INSERT OR REPLACE INTO feed_sold (day, sku, location, sold, returned, wasted, minor) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_SUM = """
    SELECT sum(sold), sum(returned), sum(wasted), sum(minor) FROM feed_sold WHERE day = ? AND sku = ?
"""


def set_bom(tx: Transaction, row: BomRow) -> None:
    """Set the bill of materials of a record."""
    lines = tuple(BomLine(one.component, one.quantity, one.measure) for one in row.lines)  # type: ignore[arg-type]
    what = (row.makes, row.yield_permille, row.extra_cost_minor, row.from_date, row.active)
    tx.do(within_bounds(SetBom(Bom(row.id, row.sku, lines, *what))), asks=False)


def take_work(tx: Transaction, row: WorkOrderRow) -> int:
    """Advance a work order to the record's state. Returns our number. Stock moves only after approval."""
    number = our_number(tx.db, row)
    known = read_work(tx.db, number)
    if row.status == "cancelled":
        tx.do(CancelWork(number), asks=False)
        return number
    if known is None or known.state == "planned":
        what = (row.start_on, row.due_on, row.source, row.target)
        planned = tx.do(within_bounds(PlanWork(row.sku, row.quantity, *what, number)), asks=False).result
        number = planned.number
    if row.status == "in_progress" and (known is None or known.state == "planned"):
        tx.do(StartWork(number), asks=False)
    if row.status == "completed":
        done_good, done_scrap = (known.good, known.scrap) if known else (0, 0)
        good = row.quantity - row.scrap if row.good is None else row.good
        tx.do(
            within_bounds(ReportWork(number, good - done_good, max(0, row.scrap - done_scrap), close=True)), asks=False
        )
    return number


def take_sales(tx: Transaction, row: SalesOrderRow) -> int:
    """Set an account order. Returns our number. Missing goods are back-ordered. Deliveries made elsewhere have no
    receipt here, so such an order is closed, after approval."""
    number = our_number(tx.db, row)
    if number and row.status in ("complete", "cancelled"):
        tx.do(CloseSalesOrder(number), asks=False)
        return number
    lines = tuple(OrderedLine(one.sku, one.quantity, one.price_minor) for one in row.lines)
    asked = OpenSalesOrder(row.customer, lines, row.location, True, row.due_on, number=number)
    return int(tx.do(within_bounds(asked), asks=False).result.number)


def keep_sold(tx: Transaction, row: HistoryDayRow) -> None:
    """Store the sales of a location and day until all are reported at once (`tell_sold`)."""
    tx.db.execute(_SOLD, (row.day, row.sku, row.location, row.sold, row.returned, row.wasted, row.minor))


def tell_sold(tx: Transaction, source: str, days: Iterable[tuple[str, str]]) -> None:
    """Report the current totals of days and products over all locations, as the forecast's past data has no
    locations."""
    rows = [HistoryRow(sku, day, *tx.db.execute(_SUM, (day, sku)).fetchone()) for day, sku in dict.fromkeys(days)]
    if rows:
        tx.do(RecordHistory(source[:80], tuple(rows)), asks=False)
