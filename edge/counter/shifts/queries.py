"""Queries of shifts."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.counter.shifts.drawers import DRAWERS
from edge.counter.shifts.rules import Drawer

_LAST = "SELECT number, closed_seq FROM shift WHERE register = ? ORDER BY number DESC LIMIT 1"
SHIFTS_LIMIT = 200


class Shift(msgspec.Struct, frozen=True):
    """A shift in the list. `closed_us` and the fields after it are None while it's open. Sums in minor units.

    `seq` is the journal row of its opening, `closed_seq` that of its closing. `copies`: how often its report was
    reprinted.
    """

    seq: int
    register: str
    number: int
    currency: str
    opened_us: int
    opened_date: str
    opened_by: str
    float_minor: int
    closed_seq: int | None
    closed_us: int | None
    closed_date: str | None
    closed_by: str | None
    total_minor: int | None
    expected_minor: int | None
    counted_minor: int | None
    copies: int = 0

    @property
    def difference_minor(self) -> int | None:
        """The surplus in the drawer, negative for a shortage; None while the shift is open."""
        if self.counted_minor is None or self.expected_minor is None:
            return None
        return self.counted_minor - self.expected_minor


_FIELDS = ", ".join(Shift.__struct_fields__)


def read_drawer(db: Connection, register: str) -> Drawer:
    """The contents of a register's drawer; empty before its first shift."""
    return DRAWERS.read(db, register)


def open_registers(db: Connection) -> list[str]:
    """Registers with an open shift."""
    rows = db.execute("SELECT DISTINCT register FROM shift WHERE closed_seq IS NULL ORDER BY 1")
    return [register for (register,) in rows]


def open_number(db: Connection, register: str) -> int:
    """The number of the register's open shift, or 0."""
    last = db.execute(_LAST, (register,)).fetchone()
    return last[0] if last and last[1] is None else 0


def read_shift(db: Connection, register: str, number: Number) -> Shift | None:
    """One shift, or None."""
    row = db.execute(f"SELECT {_FIELDS} FROM shift WHERE register = ? AND number = ?", (register, number)).fetchone()
    return Shift(*row) if row else None


def last_shift(db: Connection, register: str) -> Shift | None:
    """The register's newest shift, open or not; None before its first one."""
    row = db.execute(f"SELECT {_FIELDS} FROM shift WHERE register = ? ORDER BY number DESC LIMIT 1", (register,))
    found = row.fetchone()
    return Shift(*found) if found else None


def read_shifts(db: Connection, before: Number | None = None, limit: Number = 50) -> list[Shift]:
    """Shifts of all registers, the newest first, below row `before` (for the next page)."""
    wanted = (before or 2**62, min(limit, SHIFTS_LIMIT))
    rows = db.execute(f"SELECT {_FIELDS} FROM shift WHERE seq < ? ORDER BY seq DESC LIMIT ?", wanted)
    return [Shift(*row) for row in rows]


def shifts_since(db: Connection, register: str, since_seq: int) -> list[Shift]:
    """A register's recent shifts that were open at any time since a journal row, the oldest first."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM (SELECT * FROM shift WHERE register = ? ORDER BY number DESC LIMIT ?)"
        " WHERE closed_seq IS NULL OR closed_seq > ? ORDER BY number",
        (register, SHIFTS_LIMIT, since_seq),
    )
    return [Shift(*row) for row in rows]
