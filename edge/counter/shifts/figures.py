"""Figures of a shift, and the papers and cash movements behind them. The key is the row of its opening."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from edge.core.figure import Amounts, Figure
from edge.core.journal.rows import facts_of_types, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.shifts.drawers import DRAWERS
from edge.counter.shifts.rules import Drawer
from edge.counter.till.queries import day_before
from edge.counter.till.rules import day_totals

_PAGE = "/manager/shifts"
_SHIFT = "SELECT register, seq, coalesce(closed_seq - 1, ?2) FROM shift WHERE seq = ?1"
_COUNTED = "SELECT closed_seq, counted_minor FROM shift WHERE seq = ?1 AND closed_seq IS NOT NULL"
Value = Callable[[Drawer], int]


def _drawer_changes(value: Value, db: Connection, registry: Registry, seq: str) -> Iterator[tuple[int, int]]:
    """Each shift event's change to a value of its drawer."""
    for register, first, last in db.execute(_SHIFT, (seq, read_head(db).seq)).fetchall():
        drawer, was = Drawer(day=day_before(db, registry, register, first)), 0
        for fact in facts_of_types(db, registry, [one.__name__ for one in DRAWERS.on], first, last):
            if fact.register == register:
                drawer = DRAWERS.on[type(fact.event)](drawer, fact, fact.event)
                yield fact.seq, value(drawer) - was
                was = value(drawer)


def _total(drawer: Drawer) -> int:
    return day_totals.sums(drawer.day).total_minor


def _cash_due(drawer: Drawer) -> int:
    return drawer.expected_minor


def _off(db: Connection, registry: Registry, seq: str) -> Amounts:
    """The counted amount less the expected one."""
    expected = [(of, -amount) for of, amount in _drawer_changes(_cash_due, db, registry, seq)]
    return [*expected, *db.execute(_COUNTED, (seq,)).fetchall()]


def _figure(name: str, field: str, parts: str | Callable[..., Amounts]) -> Figure:
    return Figure(f"shift.{name}", "minor", f"SELECT {field} FROM shift WHERE seq = ?1", parts, _PAGE, "none")


FIGURES = (
    _figure("float", "float_minor", "SELECT seq, float_minor FROM shift WHERE seq = ?1"),
    _figure("total", "total_minor", partial(_drawer_changes, _total)),
    _figure("expected", "expected_minor", partial(_drawer_changes, _cash_due)),
    _figure("counted", "counted_minor", _COUNTED),
    _figure("difference", "counted_minor - expected_minor", _off),
)
