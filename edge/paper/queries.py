"""Reads of the paper."""

from __future__ import annotations

import msgspec

from edge.core.database import Connection
from edge.paper.document import Document

_FIELDS = "id, register, kind, document, state, problem, queued_us, expires_us, boot_id"


class PrintJob(msgspec.Struct, frozen=True):
    """A print job as stored. `expires_us` is monotonic, within the boot `boot_id`."""

    id: int
    register: str
    kind: str
    document: Document
    state: str
    problem: str
    queued_us: int
    expires_us: int | None
    boot_id: bytes

    def expired(self, mono_us: int, boot_id: bytes) -> bool:
        """Whether it is too late for this job."""
        return self.expires_us is not None and (boot_id != self.boot_id or mono_us > self.expires_us)


_decode = msgspec.json.Decoder(Document).decode


def next_print_job(db: Connection, register: str) -> PrintJob | None:
    """The oldest job that waits for a register's printer."""
    row = db.execute(
        f"SELECT {_FIELDS} FROM print_job WHERE state = 'queued' AND register = ? ORDER BY id LIMIT 1", (register,)
    ).fetchone()
    return _job(row) if row else None


def last_print_job(db: Connection, register: str, kind: str = "receipt") -> PrintJob | None:
    """The newest job of a kind at a register, whatever became of it."""
    row = db.execute(
        f"SELECT {_FIELDS} FROM print_job WHERE register = ? AND kind = ? ORDER BY id DESC LIMIT 1", (register, kind)
    ).fetchone()
    return _job(row) if row else None


def count_waiting(db: Connection, register: str) -> int:
    """How many jobs wait for a register's printer."""
    row = db.execute("SELECT count(*) FROM print_job WHERE state = 'queued' AND register = ?", (register,)).fetchone()
    return int(row[0])


def _job(row: tuple[object, ...]) -> PrintJob:
    id, register, kind, document, state, problem, queued_us, expires_us, boot_id = row
    return PrintJob(id, register, kind, _decode(document), state, problem, queued_us, expires_us, boot_id)  # type: ignore[arg-type]
