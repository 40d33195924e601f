"""Figures of signing registers and closed periods, with the signed papers and closings behind them. Keys: a law and a
register, or a closing's journal row.

A perpetual total is that of the newest closing plus the papers since; the closing's own total is built the same way. So
looking up a total reads one day's papers, however many years the register has sold.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Literal

import msgspec

from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.queries import KeptClosing
from edge.core.figure import Figure, Unit, key_number
from edge.core.journal.rows import facts_of_types, read_fact, read_head
from edge.core.registry import Registry
from edge.core.storage.database import Connection

Perpetual = Literal["perpetual_minor", "absolute_minor"]
Sum = Literal["papers", "total_minor"]
_PAGE = "/manager/fiscal"
_NOW = "SELECT {} FROM fiscal_register WHERE regime = ?1 AND register = ?2"
_CLOSING = "SELECT regime, register, kind, period, body FROM fiscal_closing WHERE seq = ?"
_SIGNED_BEFORE = """
    SELECT c.seq, p.seq, c.body ->> ?5 FROM fiscal_closing c JOIN fiscal_paper p
    ON p.regime = c.regime AND p.register = c.register AND p.zero = 0 AND p.number = c.body ->> '$.last'
    WHERE c.regime = ?1 AND c.register = ?2 AND c.kind = 'day' AND c.seq < ?3 AND p.seq <= ?4
    ORDER BY p.seq DESC LIMIT 1
"""
_LAST_DAY = """
    SELECT seq, body ->> '$.perpetual_minor' FROM fiscal_closing
    WHERE regime = ? AND register = ? AND kind = 'day' AND seq < ? ORDER BY seq DESC LIMIT 1
"""
_LAST_PAPER = "SELECT seq FROM fiscal_paper WHERE regime = ? AND register = ? AND zero = 0 AND number = ?"
_PAPERS = "SELECT seq FROM fiscal_paper WHERE regime = ? AND register = ? AND zero = 0 AND day = ? ORDER BY seq"
_PART_OF = {"month": "day", "year": "month"}
_CLOSED = """
    SELECT seq, body ->> ?5 FROM fiscal_closing WHERE regime = ?1 AND register = ?2 AND kind = ?3 AND seq < ?4
    AND seq > (SELECT coalesce(max(seq), 0) FROM fiscal_closing
        WHERE regime = ?1 AND register = ?2 AND kind = ?6 AND seq < ?4)
"""


class _Closing(msgspec.Struct, frozen=True):
    """A closed period, with its law."""

    regime: str
    register: str
    kind: str
    period: str
    kept: KeptClosing


def _closing_at(db: Connection, seq: str) -> _Closing | None:
    found = db.execute(_CLOSING, (key_number(seq),)).fetchone()
    if found is None:
        return None
    regime, register, kind, period, kept = found
    return _Closing(regime, register, kind, period, msgspec.json.decode(kept, type=KeptClosing))


def _papers_at(db: Connection, registry: Registry, seqs: list[tuple[int]]) -> Iterator[tuple[int, PaperSigned]]:
    for (seq,) in seqs:
        event = read_fact(db, registry, seq).event
        assert isinstance(event, PaperSigned)
        yield seq, event


def _size(of: Perpetual, paper: PaperSigned) -> int:
    return abs(paper.total_minor) if of == "absolute_minor" else paper.total_minor


def _perpetual_rows(
    of: Perpetual, db: Connection, registry: Registry, regime: str, register: str
) -> Iterator[tuple[int, int]]:
    yield from _until(of, db, registry, regime, register, read_head(db).seq, 2**62)


def _until(
    of: Perpetual, db: Connection, registry: Registry, regime: str, register: str, last: int, before: int
) -> Iterator[tuple[int, int]]:
    """The newest closing below row `before` with its perpetual total, and the papers since, up to row `last`."""
    where = (regime, register, before, last, f"$.{of}")
    closed, first, minor = db.execute(_SIGNED_BEFORE, where).fetchone() or (0, 0, 0)
    if closed:
        yield closed, minor
    for fact in facts_of_types(db, registry, [PaperSigned.__name__], first + 1, last):
        paper = fact.event
        if isinstance(paper, PaperSigned) and (paper.regime, fact.register) == (regime, register):
            yield fact.seq, _size(of, paper)


def _closing_sum(of: Sum | Perpetual, db: Connection, registry: Registry, seq: str) -> int | None:
    found = _closing_at(db, seq)
    return getattr(found.kept, of) if found else None


def _closed_rows(of: Sum, db: Connection, registry: Registry, seq: str) -> Iterator[tuple[int, int]]:
    """The rows of a day's papers, a month's days, or a year's months."""
    found = _closing_at(db, seq)
    if found is None:
        return
    where = (found.regime, found.register)
    if part := _PART_OF.get(found.kind):
        yield from db.execute(_CLOSED, (*where, part, found.kept.seq, f"$.{of}", found.kind)).fetchall()
        return
    papers = db.execute(_PAPERS, (*where, found.period)).fetchall()
    for row, paper in _papers_at(db, registry, papers):
        yield row, 1 if of == "papers" else paper.total_minor


def _closed_perpetual_rows(db: Connection, registry: Registry, seq: str) -> Iterator[tuple[int, int]]:
    """The rows of the previous closing's total and of the papers since then. For a month or year, those of its last
    day."""
    found = _closing_at(db, seq)
    if found is None:
        return
    where = (found.regime, found.register)
    if found.kind != "day":
        yield from db.execute(_LAST_DAY, (*where, found.kept.seq)).fetchall()
        return
    (last,) = db.execute(_LAST_PAPER, (*where, found.kept.last)).fetchone()
    yield from _until("perpetual_minor", db, registry, *where, last, before=found.kept.seq)


def _of_register(name: str, of: Perpetual) -> Figure:
    return Figure(f"fiscal.{name}", "minor", _NOW.format(of), partial(_perpetual_rows, of), _PAGE, keys=2)


def _of_closing(name: str, unit: Unit, of: Sum) -> Figure:
    return Figure(f"fiscal.{name}", unit, partial(_closing_sum, of), partial(_closed_rows, of), _PAGE, "none")


FIGURES = (
    _of_register("perpetual", "perpetual_minor"),
    _of_register("absolute", "absolute_minor"),
    _of_closing("papers", "count", "papers"),
    _of_closing("total", "minor", "total_minor"),
    Figure(
        "fiscal.closed_perpetual",
        "minor",
        partial(_closing_sum, "perpetual_minor"),
        _closed_perpetual_rows,
        _PAGE,
        "none",
    ),
)
