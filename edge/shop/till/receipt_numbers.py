"""Receipt numbers that are left out, so that none is ever given twice; and the gaps that nothing explains."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from edge.core.messages import RecordedEvent, Refused
from edge.core.registry import Projector, Transaction
from edge.core.storage.database import Connection
from edge.shop.printing.document import TemplateBlock
from edge.shop.till.commands import SKIPPED_MOST, SkipNumbers
from edge.shop.till.events import NumbersSkipped

_SKIPPED = """
    INSERT INTO skipped_number (register, first, last, why, seq, business_date) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (register, first) DO UPDATE SET last = max(last, excluded.last)
"""
_LAST = """
    SELECT max(coalesce((SELECT max(number) FROM receipt WHERE register = ?1), 0),
               coalesce((SELECT max(last) FROM skipped_number WHERE register = ?1), 0))
"""
_LASTS = """
    SELECT register, max(last) FROM (
        SELECT register, max(number) AS last FROM receipt GROUP BY register
        UNION ALL SELECT register, max(last) FROM skipped_number GROUP BY register
    ) GROUP BY register
"""
_SINCE = "SELECT first, last, why FROM skipped_number WHERE register = ? AND seq > ? ORDER BY first"
_GAPS = """
    SELECT register, before + 1, first - 1 FROM (
        SELECT register, first, coalesce(max(last) OVER (
            PARTITION BY register ORDER BY first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS before FROM (
            SELECT register, number AS first, number AS last FROM receipt
            UNION ALL SELECT register, first, last FROM skipped_number
        )
    ) WHERE first > before + 1 ORDER BY 1, 2
"""


class Gap(msgspec.Struct, frozen=True):
    """Numbers of a register that no receipt has. `why` they were left out; empty: nobody knows."""

    register: str
    first: int
    last: int
    why: str = ""


def skip_numbers(tx: Transaction, command: SkipNumbers) -> Refused | None:
    first = last_number(tx.db, tx.actor.register) + 1
    if command.through - first >= SKIPPED_MOST:
        return Refused("skips_too_many", {"limit": SKIPPED_MOST})
    if command.through >= first:
        tx.append(NumbersSkipped(first, command.through, command.why))
    return None


def last_number(db: Connection, register: str) -> int:
    """The newest number that the register has used or left out; 0 for none."""
    return int(db.execute(_LAST, (register,)).fetchone()[0])


def last_numbers(db: Connection) -> dict[str, int]:
    """The same of every register that has any."""
    return dict(db.execute(_LASTS).fetchall())


def left_out(db: Connection) -> list[Gap]:
    """The gaps that are explained, by register."""
    found = db.execute("SELECT register, first, last, why FROM skipped_number ORDER BY register, first")
    return [Gap(*row) for row in found]


def unexplained(db: Connection) -> list[Gap]:
    """The gaps that are not: a receipt is gone."""
    return [Gap(*row) for row in db.execute(_GAPS)]


def on_report(db: Connection, register: str, since_seq: int) -> Iterator[TemplateBlock]:
    """What a register's report says of numbers that were left out since a row of the journal."""
    gaps = [
        {"first": first, "last": last, "why": why} for first, last, why in db.execute(_SINCE, (register, since_seq))
    ]
    if gaps:
        yield TemplateBlock("till/skipped", {"gaps": gaps})


def _skipped(db: Connection, fact: RecordedEvent, event: NumbersSkipped) -> None:
    db.execute(_SKIPPED, (fact.register, event.first, event.last, event.why, fact.seq, fact.business_date))


projector = Projector(name="skipped", version=1, tables=("skipped_number",), on={NumbersSkipped: _skipped})
