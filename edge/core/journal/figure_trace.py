"""Break down a figure into its parts and their journal rows, and check the chain of these rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from edge.core.figure import Figure
from edge.core.journal.rows import check_chain, fact_of, read_rows
from edge.core.messages import RecordedEvent
from edge.core.registry import Registry
from edge.core.storage.database import Connection

PARTS = 500
"""Rows to list individually; the rest are added up in one line."""
CHAIN_ROWS = 30_000
"""Longest range whose chain is verified from end to end. Parts further apart are verified one by one."""


class FigurePart(msgspec.Struct, frozen=True):
    """An event with its contribution. `number`: its receipt number, 0 if it has none."""

    seq: int
    at_us: int
    register: str
    actor: str
    type: str
    number: int
    numerator: int
    denominator: int = 0


class FigureProduct(msgspec.Struct, frozen=True):
    """A product's contribution to a day's figure."""

    sku: str
    names: dict[str, str]
    numerator: int
    denominator: int


class ExplainedFigure(msgspec.Struct, frozen=True):
    """A figure as shown on its page, broken down. It has the amount before the first listed event, the events (`more`:
    the number of unlisted ones, added up in one amount), the remainder, and faults of the chain. `too_many`: there were
    too many events to replay."""

    shown: tuple[int, int]
    before: tuple[int, int] = (0, 0)
    parts: tuple[FigurePart, ...] = ()
    more: int = 0
    more_sides: tuple[int, int] = (0, 0)
    left_over: tuple[int, int] = (0, 0)
    faults: tuple[str, ...] = ()
    products: tuple[FigureProduct, ...] = ()
    too_many: bool = False


def part_of(fact: RecordedEvent, numerator: int, denominator: int = 0) -> FigurePart:
    """An event as a part of a figure."""
    number = getattr(fact.event, "number", 0)
    named = type(fact.event).__name__, number if isinstance(number, int) else 0
    return FigurePart(fact.seq, fact.at_us, fact.register, fact.actor, *named, numerator, denominator)


def trace(db: Connection, registry: Registry, figure: Figure, key: str) -> ExplainedFigure | None:
    """Break down a declared figure and list its newest rows. Amounts without a journal row become the remainder.
    Returns None if there is no figure with this key.
    """
    shown = figure.read_shown(db, registry, key)
    if shown is None:
        return None
    amounts: dict[int, tuple[int, int]] = {}
    for seq, amount, *of in figure.read_parts(db, registry, key):
        was, was_of = amounts.get(seq, (0, 0))
        amounts[seq] = was + amount, was_of + sum(of)
    made = sorted((seq, both) for seq, both in amounts.items() if any(both) and seq > 0)
    before, listed = made[:-PARTS], made[-PARTS:]
    parts = [part for seq, both in listed for part in _part_at(db, registry, seq, both)]
    earlier = _add(both for _, both in before)
    found = _add((earlier, *((one.numerator, one.denominator) for one in parts)))
    return ExplainedFigure(
        shown,
        earlier,
        tuple(parts),
        left_over=(shown[0] - found[0], shown[1] - found[1]),
        faults=tuple(_faults(db, [seq for seq, _ in listed])),
    )


def _add(amounts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Add up numerators and denominators."""
    both = tuple(amounts)
    return sum(one for one, _ in both), sum(other for _, other in both)


def _part_at(db: Connection, registry: Registry, seq: int, both: tuple[int, int]) -> Iterator[FigurePart]:
    """Yield the part of the figure at this row; nothing if the journal doesn't have the row."""
    for row in read_rows(db, seq, 1):
        if row.seq == seq:
            yield part_of(fact_of(registry, row), *both)


def _faults(db: Connection, seqs: Sequence[int]) -> Iterator[str]:
    """Faults of the chain over these rows."""
    together = bool(seqs) and seqs[-1] - seqs[0] < CHAIN_ROWS
    for first, last in [(seqs[0], seqs[-1])] if together else [(seq, seq) for seq in seqs]:
        yield from (sentence for _, sentence in check_chain(db, first, last))
