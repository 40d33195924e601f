"""Break a day's figures or a Z report's down to the events behind them, from the journal.

The events are folded again by the rules that made the figures (`till/rules/day_totals.py`); an event's part is the
change it makes. The parts are compared with the shown figures: any difference is `unexplained`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from types import MappingProxyType
from typing import Any

import msgspec

from edge.core.journal.browse import first_row_of_day
from edge.core.journal.past import open_view
from edge.core.journal.past_reads import files_of
from edge.core.journal.rows import check_chain, fact_of, facts_of_types, read_rows
from edge.core.messages import RecordedEvent
from edge.core.process.reading_process import ReadQuestion
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.reports.queries import read_day_sums
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
from edge.counter.till.queries import day_before, read_z_report
from edge.counter.till.rules import day_totals
from edge.counter.till.rules.day_totals import Day, DaySums
from edge.foundation.printing.events import PrintCopied
from edge.lib.units.dates import after

Figures = dict[str, int]
"""A report's sums by path, such as `tenders.cash.minor`."""
_OF_PAPERS = (SaleCompleted, SaleVoided, SaleRefunded)
_STEPS: Mapping[type, Callable[[Day, Any], Day]] = MappingProxyType(
    {
        **dict.fromkeys(_OF_PAPERS, day_totals.with_paper),
        TenderCorrected: day_totals.with_correction,
        BasketAbandoned: day_totals.with_cleared,
        **dict.fromkeys((ReceiptReprinted, PrintCopied, ReportReprinted), lambda day, _: day_totals.with_copy(day)),
        TrainingEnded: day_totals.with_training,
    }
)
_NO_FIGURES = frozenset({"first", "last"})


class FactPart(msgspec.Struct, frozen=True):
    """An event with its contribution to each figure; `number`: that of its paper, 0 if it has none."""

    seq: int
    at_us: int
    register: str
    actor: str
    type: str
    number: int
    parts: Figures


class Explained(msgspec.Struct, frozen=True):
    """The figures as shown, the events behind them, the rest without an event (empty unless there is a fault), and
    faults of the hash chain from the first event to the last."""

    figures: Figures
    facts: tuple[FactPart, ...]
    unexplained: Figures
    faults: tuple[str, ...]


class ExplainReport(ReadQuestion[Explained | None], frozen=True, tag=True):
    """Break down a day's figures, or (`number` above 0) those of a register's Z report. `through`: the journal row to
    read up to (0: now). None if there is no such Z."""

    day: str
    register: str
    number: int
    through: int = 0

    def read(self, db: Connection, registry: Registry) -> Explained | None:
        if not self.through:
            return self._explain(db, registry)
        files = files_of(db)
        with closing(open_view(files.view(db, registry, self.through), files.ledger, self.through)) as then:
            return self._explain(then, registry)

    def _explain(self, db: Connection, registry: Registry) -> Explained | None:
        if self.number:
            return explain_z(db, registry, self.register, self.number)
        return explain_day(db, registry, self.day)


def explain_day(db: Connection, registry: Registry, day: str) -> Explained:
    """A business day's figures in all registers, and the events behind them."""
    first, behind = first_row_of_day(db, day), first_row_of_day(db, after(day, 1))
    steps = {kind: step for kind, step in _STEPS.items() if kind is not TrainingEnded}
    facts = [fact for fact in _facts(db, registry, steps, first, behind) if fact.business_date == day]
    return _explain(db, registry, _figures(read_day_sums(db, day)), facts, steps, first, behind)


def explain_z(db: Connection, registry: Registry, register: str, number: int) -> Explained | None:
    """A Z report's figures and the events behind them; None if there is no such number."""
    found = read_z_report(db, register, number)
    if found is None:
        return None
    report = fact_of(registry, read_rows(db, found.seq, 1)[0]).event
    before = read_z_report(db, register, number - 1) if number > 1 else None
    if not isinstance(report, ReportPrinted) or report.sums is None:
        return None
    first = before.seq + 1 if before else 1
    facts = [fact for fact in _facts(db, registry, _STEPS, first, found.seq) if fact.register == register]
    return _explain(db, registry, _figures(report.sums), facts, _STEPS, first, found.seq + 1)


def _explain(
    db: Connection,
    registry: Registry,
    figures: Figures,
    facts: list[RecordedEvent],
    steps: Mapping[type, Callable[[Day, Any], Day]],
    first: int,
    behind: int,
) -> Explained:
    days: dict[str, Day] = {}
    parts = []
    for fact in facts:
        if fact.register not in days:
            days[fact.register] = day_before(db, registry, fact.register, first)
        was = days[fact.register]
        now = days[fact.register] = steps[type(fact.event)](was, fact.event)
        part = _less(_figures(day_totals.sums(now)), _figures(day_totals.sums(was)))
        if part:
            number = int(getattr(fact.event, "number", 0))
            said = fact.seq, fact.at_us, fact.register, fact.actor, type(fact.event).__name__
            parts.append(FactPart(*said, number, part))
    made: Figures = {}
    for one in parts:
        for name, amount in one.parts.items():
            made[name] = made.get(name, 0) + amount
    faults = tuple(sentence for _, sentence in check_chain(db, first, behind - 1)) if facts else ()
    return Explained(figures, tuple(parts), _less(figures, made), faults)


def _facts(
    db: Connection, registry: Registry, types: Iterable[type], first: int, behind: int
) -> Iterator[RecordedEvent]:
    """Events of these types from row `first` to before row `behind`."""
    return facts_of_types(db, registry, [one.__name__ for one in types], first, behind - 1)


def _figures(sums: DaySums) -> Figures:
    """All numbers of the sums except zeros; taxes by name and rate."""
    return {name: amount for name, amount in _numbers(msgspec.to_builtins(sums), "") if amount}


def _numbers(value: Any, path: str) -> Iterator[tuple[str, int]]:
    if isinstance(value, int):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if path or key not in _NO_FIGURES:
                yield from _numbers(inner, f"{path}.{key}" if path else str(key))
    else:
        for row in value:
            for key in ("net_minor", "tax_minor"):
                yield f"{path}.{row['name']} {row['rate']}.{key}", row[key]


def _less(one: Figures, other: Figures) -> Figures:
    found = {name: one.get(name, 0) - other.get(name, 0) for name in {**one, **other}}
    return {name: amount for name, amount in found.items() if amount}
