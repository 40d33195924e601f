"""Figures of a work order, and the plan and reports behind them."""

from __future__ import annotations

from collections.abc import Iterator

from edge.analytics.production.events import WorkPlanned
from edge.core.figure import Figure
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection

_PAGE = "/manager/production"


def _plan_rows(db: Connection, registry: Registry, number: str) -> Iterator[tuple[int, int]]:
    """The change in quantity by each planning of the order."""
    was = 0
    for fact in facts_of_types(db, registry, [WorkPlanned.__name__], 1, read_head(db).seq):
        if isinstance(fact.event, WorkPlanned) and str(fact.event.number) == number:
            yield fact.seq, fact.event.quantity - was
            was = fact.event.quantity


def _report_figure(field: str) -> Figure:
    shown = f"SELECT {field} FROM work_order WHERE number = ?1"
    return Figure(
        f"production.{field}", "quantity", shown, f"SELECT seq, {field} FROM work_report WHERE number = ?1", _PAGE
    )


FIGURES = (
    Figure("production.quantity", "quantity", "SELECT quantity FROM work_order WHERE number = ?1", _plan_rows, _PAGE),
    _report_figure("good"),
    _report_figure("scrap"),
)
