"""Storage of long jobs: queue, read, cancel. `runner.py` runs them."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.limits import JOB_REPORT_ROWS, JOBS_LIMIT
from edge.core.messages import Command, Number, Refusal, Right
from edge.core.registry import Capability, CommandSpec, QuerySpec, Transaction
from edge.core.storage.database import Connection
from edge.core.surfaces import STAFF

MANAGE: Right = "manage"
"""The right to run and cancel jobs."""

JOBS = "jobs"
"""Bus topic: a job was queued, progressed or ended. The message is its id."""

_FIELDS = (
    "id, kind, params, actor, register, state, cursor, total, refused, message, queued_us, changed_us, told, counts"
)


class Job(msgspec.Struct, frozen=True):
    """A stored job. `cursor` of `total` units are done; `refused` counts the rejected ones.

    `message`: why it failed, as a sentence or a key of `edge/lib/i18n` with `told` as its values. `counts`: its own
    statistics.
    """

    id: int
    kind: str
    params: bytes
    actor: str
    register: str
    state: str
    cursor: int
    total: int
    refused: int
    message: str
    queued_us: int
    changed_us: int
    told: dict[str, str | int] = {}
    counts: dict[str, int] = {}


class JobNote(msgspec.Struct, frozen=True):
    """Input that a job rejected: the position (`line`, `field`), the value and the reason.

    `reason` is a key of `edge/lib/i18n`, section `reason`, with `values` as its placeholders.
    """

    line: int
    field: str
    value: str
    reason: str
    values: dict[str, str | int] = {}


class CancelJob(Command, frozen=True):
    """Stop a job after its current chunk; completed work remains."""

    job: Number


def queue(tx: Transaction, kind: str, params: Any) -> int:
    """Queue a job of `kind` from within a handler; return its id."""
    tx.db.execute(
        "DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled') AND id <= (SELECT max(id) FROM job) - ?",
        (JOBS_LIMIT,),
    )
    cursor = tx.db.execute(
        "INSERT INTO job (kind, params, actor, register, state, queued_us, changed_us)"
        " VALUES (?, ?, ?, ?, 'queued', ?, ?)",
        (kind, msgspec.json.encode(params), tx.actor.name, tx.actor.register, tx.at_us, tx.at_us),
    )
    return int(cursor.lastrowid)


def read_job(db: Connection, job: Number) -> Job | None:
    """Return one job, or None."""
    found = db.execute(f"SELECT {_FIELDS} FROM job WHERE id = ?", (job,)).fetchone()
    return _job(found) if found else None


def read_jobs(db: Connection, limit: Number = 20) -> list[Job]:
    """Return the newest jobs first, at most `limit` (up to 100)."""
    rows = db.execute(f"SELECT {_FIELDS} FROM job ORDER BY id DESC LIMIT ?", (min(limit, 100),))
    return [_job(row) for row in rows]


def _job(row: tuple[Any, ...]) -> Job:
    return Job(*row[:-2], *map(msgspec.json.decode, row[-2:]))


_NEXT = f"""
    SELECT {_FIELDS} FROM job
    WHERE state IN ('running', 'queued') AND (kind IN (SELECT value FROM json_each(?))) = ? ORDER BY id LIMIT 1
"""


def next_job(db: Connection, kinds: frozenset[str] = frozenset(), of_these: bool = False) -> Job | None:
    """Return the next job to start or resume: one `of_these` kinds, or of any other."""
    found = db.execute(_NEXT, (msgspec.json.encode(sorted(kinds)).decode(), of_these)).fetchone()
    return _job(found) if found else None


def read_job_notes(db: Connection, job: Number, limit: Number = 1000, after: Number = 0) -> list[JobNote]:
    """Return a job's rejected input in input order, skipping `after`, at most `limit`."""
    rows = db.execute(
        "SELECT line, field, value, reason, told FROM job_note WHERE job = ? ORDER BY line, rowid LIMIT ? OFFSET ?",
        (job, min(limit, JOB_REPORT_ROWS), after),
    )
    return [JobNote(line, field, value, reason, msgspec.json.decode(told)) for line, field, value, reason, told in rows]


def _cancel(tx: Transaction, command: CancelJob) -> None:
    changed = tx.db.execute(
        "UPDATE job SET state = 'cancelled', changed_us = ? WHERE id = ? AND state IN ('queued', 'running')",
        (tx.at_us, command.job),
    )
    if not changed.rowcount:
        raise Refusal("job_not_running", {"job": command.job})


capability = Capability(
    name="jobs",
    commands=(CommandSpec(CancelJob, _cancel, right=MANAGE, surfaces=STAFF),),
    queries=(
        QuerySpec("jobs", read_jobs, right=MANAGE, surfaces=STAFF),
        QuerySpec("job", read_job, right=MANAGE, surfaces=STAFF),
        QuerySpec("job_notes", read_job_notes, right=MANAGE, surfaces=STAFF),
    ),
)
