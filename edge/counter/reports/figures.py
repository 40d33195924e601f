"""Figures of business days, of a day until a moment, and of X and Z reports, with each till event's contribution.

A figure is a path in `DaySums`, such as `tenders.cash.minor`. To explain it, the events are applied again by the same
rules (`till/rules/day_totals.py`).

Keys: a day and a path; a day and a moment; a register, its Z report's number and a path; the journal row of an X report
and a path. The journal contains only an X report's totals, so its other figures are computed from the register's
events. A Z report's running total has the path `GRAND`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Literal

from edge.core.figure import Amounts, Figure, key_number
from edge.core.journal.browse import rows_of_day
from edge.core.journal.rows import facts_of_types, read_fact, read_head
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.reports.figure_paths import SOLD, FigurePaths, Unit, changes, currency_of_key, unit_of
from edge.counter.reports.queries import BEHIND, read_day_sums, read_sum_until
from edge.counter.till.events import (
    BasketAbandoned,
    ReceiptReprinted,
    ReportPrinted,
    ReportReprinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
    TrainingEnded,
)
from edge.counter.till.queries import day_before, read_z_before, read_z_report
from edge.counter.till.rules import day_totals
from edge.counter.till.rules.day_totals import Day, DaySums, Sum
from edge.foundation.printing.events import PrintCopied
from edge.lib.units.dates import day_of

Steps = Mapping[type, Callable[[Day, Any], Day]]
Value = Callable[[DaySums], int]
_OF_DAY: Steps = MappingProxyType(
    {
        **dict.fromkeys((SaleCompleted, SaleVoided, SaleRefunded), day_totals.with_paper),
        TenderCorrected: day_totals.with_correction,
        BasketAbandoned: day_totals.with_cleared,
        **dict.fromkeys((ReceiptReprinted, PrintCopied, ReportReprinted), lambda day, _: day_totals.with_copy(day)),
    }
)
_OF_Z: Steps = MappingProxyType({**_OF_DAY, TrainingEnded: day_totals.with_training})
_NO_FIGURES = ("first", "last")
_NAMES = [name for name in DaySums.__struct_fields__ if name not in _NO_FIGURES]
_PATHS = FigurePaths[DaySums]({name: attrgetter(name) for name in (*_NAMES, SOLD)})
figures_of, _figure_at = _PATHS.all, _PATHS.at
GRAND = "grand_total_minor"
NUMBER_DIGITS, MOMENT_DIGITS = 9, 17
"""Number of digits in a key, for a Z report's number (more than any has) and for a moment in microseconds."""
_SAID = ("sales", "voids", "refunds")
"""Figures that the event of an X report contains."""
_PAPERS = (SaleCompleted, SaleVoided, SaleRefunded)


def read_z(db: Connection, registry: Registry, register: str, number: int) -> ReportPrinted | None:
    """A Z report as printed; None if there is no such report."""
    found = read_z_report(db, register, number)
    report = read_fact(db, registry, found.seq).event if found else None
    return report if isinstance(report, ReportPrinted) else None


def read_z_sums(db: Connection, registry: Registry, register: str, number: int) -> DaySums | None:
    """A Z report's sums as printed; None if there is no such report, or an old one without sums."""
    report = read_z(db, registry, register, number)
    return report.sums if report else None


def _in_sums(sums: DaySums | None, unit: Unit, path: str) -> int | None:
    return _figure_at(sums, path) if sums and _PATHS.has(path) and unit_of(path) == unit else None


def _day(unit: Unit, db: Connection, registry: Registry, day: str, path: str) -> int | None:
    return _in_sums(read_day_sums(db, day) if day_of(day) else None, unit, path)


def _day_parts(db: Connection, registry: Registry, day: str, path: str) -> Amounts:
    return changes_of_day(db, registry, day, partial(_figure_at, path=path))


def changes_of_day(db: Connection, registry: Registry, day: str, value: Value) -> Iterator[tuple[int, int]]:
    """The change that each event makes to a value of a business day's sums, at all registers."""
    first, last = rows_of_day(db, day)
    facts = facts_of_types(db, registry, [one.__name__ for one in _OF_DAY], first, last)
    return _changes(db, registry, value, (one for one in facts if one.business_date == day), _OF_DAY, first)


def _until(db: Connection, registry: Registry, day: str, until_us: str) -> Sum | None:
    is_moment = until_us.isdecimal() and len(until_us) <= MOMENT_DIGITS
    return read_sum_until(db, day, int(until_us)) if is_moment and day_of(day) else None


def _minor_until(db: Connection, registry: Registry, day: str, until_us: str) -> int | None:
    found = _until(db, registry, day, until_us)
    return found.minor if found else None


def _count_until(db: Connection, registry: Registry, day: str, until_us: str) -> int | None:
    found = _until(db, registry, day, until_us)
    return found.count if found else None


def _average_until(db: Connection, registry: Registry, day: str, until_us: str) -> tuple[int, int] | None:
    found = _until(db, registry, day, until_us)
    return (found.minor, found.count) if found else None


def _until_parts(
    paths: tuple[str, ...], db: Connection, registry: Registry, day: str, until_us: str
) -> Iterator[tuple[int, ...]]:
    """Each event's change to the figures at `paths`, for papers until a moment and their later corrections."""
    first, last = rows_of_day(db, day)
    corrected = [TenderCorrected.__name__]
    of_day = facts_of_types(db, registry, [*(one.__name__ for one in _PAPERS), *corrected], first, last)
    papers = set[tuple[str, int]]()
    facts = list[RecordedEvent]()
    for fact in (*of_day, *facts_of_types(db, registry, corrected, last + 1, read_head(db).seq)):
        event: Any = fact.event
        if isinstance(event, TenderCorrected):
            facts += [fact] if (fact.register, event.sale) in papers else []
        elif fact.business_date == day and fact.at_us < int(until_us):
            papers.add((fact.register, event.number))
            facts.append(fact)
    changes = [list(_changes(db, registry, partial(_figure_at, path=path), facts, _OF_DAY, first)) for path in paths]
    for of_fact in zip(*changes, strict=True):
        yield (of_fact[0][0], *(amount for _, amount in of_fact))


def _z(unit: Unit, db: Connection, registry: Registry, register: str, number: str, path: str) -> int | None:
    report = read_z(db, registry, register, int(number)) if is_paper_number(number) else None
    if report is None or path != GRAND:
        return _in_sums(report.sums if report else None, unit, path)
    return report.grand_total_minor if unit == "minor" else None


def is_paper_number(number: str) -> bool:
    """Whether a part of a key can be the number of a receipt or report."""
    return number.isdecimal() and len(number) <= NUMBER_DIGITS


def _z_parts(db: Connection, registry: Registry, register: str, number: str, path: str) -> Amounts:
    report = read_z_report(db, register, int(number))
    if report is None:
        return ()
    if path == GRAND:
        return _grand_parts(db, registry, register, report.seq)
    return _changes_since_z(db, registry, register, report.seq, path)


def _since_z(db: Connection, registry: Registry, register: str, row: int) -> tuple[int, list[RecordedEvent]]:
    """The first row after a register's last Z report before `row`, and the register's events from there up to `row`."""
    before = read_z_before(db, register, row)
    first = before.seq + 1 if before else 1
    facts = facts_of_types(db, registry, [one.__name__ for one in _OF_Z], first, row)
    return first, [one for one in facts if one.register == register]


def _changes_since_z(
    db: Connection, registry: Registry, register: str, row: int, path: str
) -> Iterator[tuple[int, int]]:
    first, facts = _since_z(db, registry, register, row)
    return _changes(db, registry, partial(_figure_at, path=path), facts, _OF_Z, first)


def read_xs(db: Connection, registry: Registry, first: int, last: int) -> list[RecordedEvent]:
    """The X reports among these journal rows."""
    facts = facts_of_types(db, registry, [ReportPrinted.__name__], max(first, 1), last)
    return [one for one in facts if isinstance(one.event, ReportPrinted) and one.event.kind == "x"]


def read_x_sums(db: Connection, registry: Registry, report: RecordedEvent) -> DaySums:
    """An X report's sums as printed."""
    first, facts = _since_z(db, registry, report.register, report.seq)
    day = day_before(db, registry, report.register, first)
    for fact in facts:
        day = _OF_Z[type(fact.event)](day, fact.event)
    return day_totals.sums(day)


def _x(unit: Unit, db: Connection, registry: Registry, row: str, path: str) -> int | None:
    for report in read_xs(db, registry, key_number(row), key_number(row)):
        event: Any = report.event
        said = {"total_minor": event.total_minor, **{f"{one}.count": getattr(event, one) for one in _SAID}}
        return (
            said[path]
            if path in said and unit_of(path) == unit
            else _in_sums(read_x_sums(db, registry, report), unit, path)
        )
    return None


def _x_parts(db: Connection, registry: Registry, row: str, path: str) -> Iterator[tuple[int, int]]:
    for report in read_xs(db, registry, key_number(row), key_number(row)):
        yield from _changes_since_z(db, registry, report.register, report.seq, path)


def _grand_parts(db: Connection, registry: Registry, register: str, through: int) -> Iterator[tuple[int, int]]:
    """The total of each of a register's Z reports up to a row."""
    for fact in facts_of_types(db, registry, [ReportPrinted.__name__], 1, through):
        if isinstance(fact.event, ReportPrinted) and fact.event.kind == "z" and fact.register == register:
            yield fact.seq, fact.event.total_minor


def _changes(
    db: Connection, registry: Registry, value: Value, facts: Iterable[RecordedEvent], steps: Steps, first: int
) -> Iterator[tuple[int, int]]:
    """The change that each event makes to a value of its register's sums."""

    def values() -> Iterator[tuple[int, str, int]]:
        days: dict[str, Day] = {}
        for fact in facts:
            of = fact.register
            day = days[of] if of in days else day_before(db, registry, of, first)
            days[of] = steps[type(fact.event)](day, fact.event)
            yield fact.seq, of, value(day_totals.sums(days[of]))

    return changes(values())


def _of_day(unit: Unit) -> Figure:
    page = "/manager/explained?day={0}"
    shown = partial(_day, unit)
    return Figure(f"reports.day_{unit}", unit, shown, _day_parts, page, "sums", BEHIND, 2, currency_of_key)


def _of_z(unit: Unit) -> Figure:
    page = "/manager/explained?of={0}&z={1}"
    return Figure(
        f"reports.z_{unit}", unit, partial(_z, unit), _z_parts, page, "sums", keys=3, currency=currency_of_key
    )


def _of_x(unit: Unit) -> Figure:
    page = "/manager/explained?x={0}"
    return Figure(f"reports.x_{unit}", unit, partial(_x, unit), _x_parts, page, "x", keys=2, currency=currency_of_key)


def _of_day_until(name: str, unit: Unit, shown: Callable[..., Any], *paths: str) -> Figure:
    parts, page = partial(_until_parts, paths), "/manager/today?day={0}"
    over: Unit | Literal[""] = "count" if len(paths) > 1 else ""
    return Figure(f"reports.{name}_until", unit, shown, parts, page, "moment", BEHIND, 2, over=over)


_TOTAL, _COUNT = "total_minor", "sales.count"
FIGURES = (
    *(_of_day("minor"), _of_day("count"), _of_z("minor"), _of_z("count"), _of_x("minor"), _of_x("count")),
    _of_day_until("minor", "minor", _minor_until, _TOTAL),
    _of_day_until("count", "count", _count_until, _COUNT),
    _of_day_until("average", "minor", _average_until, _TOTAL, _COUNT),
)
