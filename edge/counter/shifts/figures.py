"""Figures of a shift, and the papers and cash movements behind them.

The key is the journal row of the shift's opening. For figures of its report, it's the register, the shift's number and
a path such as `moved.payout.minor`. A report's figures are computed again from each event of the drawer, and from the
count when the shift was closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from types import MappingProxyType

from edge.core.figure import Amounts, Figure, key_number
from edge.core.journal.rows import facts_of_types, read_fact, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.reports.figure_paths import SOLD, FigurePaths, Sections, Unit, changes, currency_of_key, unit_of
from edge.counter.shifts.drawers import DRAWERS
from edge.counter.shifts.events import ShiftClosed
from edge.counter.shifts.queries import Shift, read_shift
from edge.counter.shifts.rules import Drawer, close_drawer, signed_amount
from edge.counter.till.queries import day_before
from edge.counter.till.rules import day_totals

_PAGE = "/manager/shifts"
_SHIFT = "SELECT register, seq, coalesce(closed_seq - 1, ?2) FROM shift WHERE seq = ?1"
_COUNTED = "SELECT closed_seq, counted_minor FROM shift WHERE seq = ?1 AND closed_seq IS NOT NULL"
Value = Callable[[Drawer], int]


def _drawers(db: Connection, registry: Registry, seq: int | str) -> Iterator[tuple[int, Drawer]]:
    """Each event of a shift, with the drawer after it."""
    for register, first, last in db.execute(_SHIFT, (seq, read_head(db).seq)).fetchall():
        drawer = Drawer(day=day_before(db, registry, register, first))
        for fact in facts_of_types(db, registry, [one.__name__ for one in DRAWERS.on], first, last):
            if fact.register == register:
                drawer = DRAWERS.on[type(fact.event)](drawer, fact, fact.event)
                yield fact.seq, drawer


def _drawer_changes(value: Value, db: Connection, registry: Registry, seq: str) -> Iterator[tuple[int, int]]:
    """The change that each event of a shift makes to a value of its drawer."""
    return changes((of, "", value(drawer)) for of, drawer in _drawers(db, registry, seq))


def _total(drawer: Drawer) -> int:
    return day_totals.sums(drawer.day).total_minor


def _cash_due(drawer: Drawer) -> int:
    return drawer.expected_minor


def _off(db: Connection, registry: Registry, seq: str) -> Amounts:
    """The counted amount less the expected one."""
    expected = [(of, -amount) for of, amount in _drawer_changes(_cash_due, db, registry, seq)]
    return [*expected, *db.execute(_COUNTED, (seq,)).fetchall()]


def _cash_moves(closed: ShiftClosed) -> dict[str, dict[str, int]]:
    signed = {kind: signed_amount(kind, one.minor) for kind, one in closed.moved.items()}
    return {kind: {"count": one.count, "minor": signed[kind]} for kind, one in closed.moved.items()}


def _others(closed: ShiftClosed) -> dict[str, dict[str, int]]:
    names = ("expected_minor", "counted_minor", "difference_minor")
    return {one.kind: {name: getattr(one, name) for name in names} for one in closed.others}


def _pieces(closed: ShiftClosed) -> dict[str, dict[str, int]]:
    return {str(one.value_minor): {"minor": one.value_minor * one.count} for one in closed.pieces}


_SECTIONS: Sections[ShiftClosed] = MappingProxyType(
    {
        **{name: attrgetter(name) for name in ("sales", "voids", "refunds", "total_minor", "apart")},
        SOLD: lambda closed: closed.total_minor - sum(closed.apart.values()),
        **{name: attrgetter(name) for name in ("discount_minor", "tenders", "tips", "tips_to", "rounding_minor")},
        **{name: attrgetter(name) for name in ("taxes", "float_minor")},
        "moved": _cash_moves,
        **{name: attrgetter(name) for name in ("expected_minor", "counted_minor", "difference_minor")},
        "others": _others,
        "pieces": _pieces,
        "opened": attrgetter("opened"),
    }
)
_PATHS = FigurePaths[ShiftClosed](_SECTIONS)
figures_of = _PATHS.all


def read_closed(db: Connection, registry: Registry, register: str, number: int) -> tuple[Shift, ShiftClosed] | None:
    """A closed shift with its report's data; None if there is none."""
    shift = read_shift(db, register, number)
    event = read_fact(db, registry, shift.closed_seq).event if shift and shift.closed_seq else None
    return (shift, event) if shift and isinstance(event, ShiftClosed) else None


def _on_report(unit: Unit, db: Connection, registry: Registry, register: str, number: str, path: str) -> int | None:
    found = read_closed(db, registry, register, key_number(number)) if unit_of(path) == unit else None
    return (_PATHS.at(found[1], path) or None) if found else None


def _report_parts(db: Connection, registry: Registry, register: str, number: str, path: str) -> Amounts:
    """Each event's change to a figure of the report, as it would have been then without a count.

    The count's change comes last.
    """
    found = read_closed(db, registry, register, key_number(number))
    return changes(_report_values(db, registry, *found, path)) if found else ()


def _report_values(
    db: Connection, registry: Registry, shift: Shift, closed: ShiftClosed, path: str
) -> Iterator[tuple[int, str, int]]:
    drawer, counted = Drawer(), {one.kind: one.counted_minor for one in closed.others}
    for of, drawer in _drawers(db, registry, shift.seq):
        then = close_drawer(drawer, closed.currency, 0, (), "", dict.fromkeys(counted, 0))
        yield of, "", _PATHS.at(then, path)
    then = close_drawer(drawer, closed.currency, closed.counted_minor, closed.pieces, "", counted)
    yield shift.closed_seq or 0, "", _PATHS.at(then, path)


def _of_report(unit: Unit) -> Figure:
    page, shown = "/manager/shift?of={0}&number={1}", partial(_on_report, unit)
    return Figure(f"shift.report_{unit}", unit, shown, _report_parts, page, "shift", keys=3, currency=currency_of_key)


def _figure(name: str, field: str, parts: str | Callable[..., Amounts]) -> Figure:
    return Figure(f"shift.{name}", "minor", f"SELECT {field} FROM shift WHERE seq = ?1", parts, _PAGE, "none")


FIGURES = (
    _figure("float", "float_minor", "SELECT seq, float_minor FROM shift WHERE seq = ?1"),
    _figure("total", "total_minor", partial(_drawer_changes, _total)),
    _figure("expected", "expected_minor", partial(_drawer_changes, _cash_due)),
    _figure("counted", "counted_minor", _COUNTED),
    _figure("difference", "counted_minor - expected_minor", _off),
    *(_of_report("minor"), _of_report("count")),
)
