"""Queries of printing."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.foundation.printing.commands import HELD, State
from edge.foundation.printing.document import Document
from edge.lib.late_decoder import late_decoder

DOUBTS_SHOWN = 20
NOT_MADE = ("not_readable", "not_drawn")
"""Reasons why a document never reached its printer, so that it can't have been read."""
DOUBTFUL = f"""
    (state = 'unknown' OR state = 'failed' AND problem IN ({", ".join(f"'{problem}'" for problem in NOT_MADE)}))
    AND expires_us IS NULL
"""
"""States in which a person must check the paper, or learn that there is none. Jobs that expire (a drawer pulse) need no
check."""
_FIELDS = "id, register, target, kind, document, receipt, copy, state, problem, printer, queued_us, expires_us, boot_id"
_WAITING = """
    SELECT (SELECT count(*) FROM print_job WHERE state = 'queued' AND register = ? AND target = '')
         + (SELECT count(*) FROM print_job WHERE state = 'sending' AND register = ? AND target = '')
"""
_PAPERS = _WAITING.replace("target = ''", "target = '' AND expires_us IS NULL")


class PrintJob(msgspec.Struct, frozen=True):
    """A stored print job. `expires_us` is monotonic within the boot `boot_id`.

    `target`: its printer, empty for the register's own.
    """

    id: int
    register: str
    target: str
    kind: str
    document: Document
    receipt: int | None
    copy: int
    state: State
    problem: str
    printer: str
    queued_us: int
    expires_us: int | None
    boot_id: bytes

    def is_expired(self, mono_us: int, boot_id: bytes) -> bool:
        """Whether it is too late for this job."""
        return self.expires_us is not None and (boot_id != self.boot_id or mono_us > self.expires_us)


class PrintedPaper(msgspec.Struct, frozen=True):
    """A receipt's print: kind, copy number (0: original), and its state with time."""

    kind: str
    copy: int
    state: State
    problem: str
    printer: str
    queued_us: int
    changed_us: int


_decode = late_decoder(Document)
_OF_RECEIPT = """
    SELECT kind, copy, state, problem, printer, queued_us, changed_us FROM print_job
    WHERE register = ? AND receipt = ? ORDER BY id LIMIT 20
"""


def next_print_job(
    db: Connection, register: str | None, printer: str = "printer", expires: bool | None = None
) -> PrintJob | None:
    """Return the oldest job waiting for a printer: of its register (None: none), or addressed to it.

    `expires`: filter by whether the job expires.
    """
    wanted = {None: "", True: "AND expires_us IS NOT NULL", False: "AND expires_us IS NULL"}[expires]
    where = f"state = 'queued' AND (target = '' AND register = ? OR target = ?) {wanted} ORDER BY id LIMIT 1"
    return _one(db, where, register, printer)


def last_print_job(db: Connection, register: str, kind: str = "receipt") -> PrintJob | None:
    """Return the newest job of a kind at a register, in any state; None if there is none."""
    return _one(db, "register = ? AND kind = ? ORDER BY id DESC LIMIT 1", register, kind)


def read_print_job(db: Connection, job: int) -> PrintJob | None:
    """Return a job by number; None if it isn't stored, or no longer."""
    return _one(db, "id = ?", job)


def prints_of_receipt(db: Connection, register: str, number: int) -> list[PrintedPaper]:
    """Recorded prints of a receipt."""
    return [PrintedPaper(*row) for row in db.execute(_OF_RECEIPT, (register, number))]


def unconfirmed_prints(db: Connection, register: str) -> list[PrintJob]:
    """Uncertain jobs of a register, oldest first, at most DOUBTS_SHOWN."""
    return _all(db, f"{DOUBTFUL} AND register = ? ORDER BY id LIMIT {DOUBTS_SHOWN}", register)


def count_unconfirmed(db: Connection, register: str) -> int:
    """Count the unconfirmed prints."""
    row = db.execute(f"SELECT count(*) FROM print_job WHERE {DOUBTFUL} AND register = ?", (register,)).fetchone()
    return int(row[0])


def interrupted_prints(db: Connection, register: str | None, printer: str) -> list[PrintJob]:
    """Jobs being sent for a register or by a printer when interrupted."""
    where = "state = 'sending' AND (target = '' AND register = ? OR target = ? OR printer = ?) ORDER BY id"
    return _all(db, where, register, printer, printer)


def has_confirmed(db: Connection, printer: str) -> bool:
    """Whether this printer has ever confirmed a print, according to the stored jobs."""
    found = db.execute("SELECT 1 FROM print_job WHERE printer = ? AND state = 'printed' LIMIT 1", (printer,))
    return found.fetchone() is not None


def count_waiting(db: Connection, register: str) -> int:
    """Number of jobs waiting or being sent at a register's printer."""
    row = db.execute(_WAITING, (register, register)).fetchone()
    return int(row[0])


def count_papers(db: Connection, register: str) -> int:
    """Return the number of documents among `count_waiting`, without drawer pulses."""
    return int(db.execute(_PAPERS, (register, register)).fetchone()[0])


def waiting_for(db: Connection, register: str) -> dict[str, int]:
    """Return a register's jobs waiting for other printers, by printer."""
    where = "state = 'queued' AND register = ? AND target NOT IN ('', ?)"
    rows = db.execute(f"SELECT target, count(*) FROM print_job WHERE {where} GROUP BY target", (register, HELD))
    return dict(rows.fetchall())


def count_queued(db: Connection) -> int:
    """Return the number of jobs not printed yet, at all printers."""
    return int(db.execute("SELECT count(*) FROM print_job WHERE state = 'queued'").fetchone()[0])


def held_prints(db: Connection) -> list[PrintJob]:
    """Jobs waiting for their content, oldest first."""
    return _all(db, "state = 'queued' AND target = ? ORDER BY id LIMIT 100", HELD)


def _one(db: Connection, where: str, *values: object) -> PrintJob | None:
    return next(iter(_all(db, where, *values)), None)


def _all(db: Connection, where: str, *values: object) -> list[PrintJob]:
    rows = db.execute(f"SELECT {_FIELDS} FROM print_job WHERE {where}", values).fetchall()
    return [PrintJob(*row[:4], _decode(row[4]), *row[5:]) for row in rows]  # type: ignore[call-arg]
