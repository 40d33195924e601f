"""Figures of a work order and its components, and the plan, issues and reports they are calculated from.

Keys: the order; the order and a component.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edge.analytics.production.events import ComponentsIssued, ComponentsReturned, WorkPlanned
from edge.core.figure import Amounts, Figure
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


def _need_rows(db: Connection, registry: Registry, number: str, sku: str) -> Iterator[tuple[int, int]]:
    """The change in a component's required quantity by each planning of the order."""
    was = 0
    for fact in facts_of_types(db, registry, [WorkPlanned.__name__], 1, read_head(db).seq):
        if isinstance(fact.event, WorkPlanned) and str(fact.event.number) == number:
            now = sum(line.need for line in fact.event.lines if line.sku == sku)
            yield fact.seq, now - was
            was = now


def _used_rows(db: Connection, registry: Registry, number: str, sku: str) -> Iterator[tuple[int, int]]:
    """Net stock movements of the order: issues minus returns."""
    moved = [ComponentsIssued.__name__, ComponentsReturned.__name__]
    for fact in facts_of_types(db, registry, moved, 1, read_head(db).seq):
        if isinstance(fact.event, ComponentsIssued | ComponentsReturned) and str(fact.event.number) == number:
            quantity = sum(one.quantity for one in fact.event.goods if one.sku == sku)
            yield fact.seq, quantity if isinstance(fact.event, ComponentsIssued) else -quantity


def _component(name: str, shown: str, parts: Callable[..., Amounts]) -> Figure:
    of = f"SELECT {shown} FROM work_component WHERE CAST(number AS TEXT) = ?1 AND sku = ?2"
    return Figure(f"production.{name}", "quantity", of, parts, "/manager/production/make", keys=2)


def _report_figure(field: str) -> Figure:
    shown = f"SELECT {field} FROM work_order WHERE number = ?1"
    return Figure(
        f"production.{field}", "quantity", shown, f"SELECT seq, {field} FROM work_report WHERE number = ?1", _PAGE
    )


FIGURES = (
    Figure("production.quantity", "quantity", "SELECT quantity FROM work_order WHERE number = ?1", _plan_rows, _PAGE),
    _report_figure("good"),
    _report_figure("scrap"),
    _component("need", "need", _need_rows),
    _component("issued", "issued - returned", _used_rows),
)
