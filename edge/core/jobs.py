"""Long work as chunks of commands: resumable, with progress, cancellable, and never in a till's way.

A chunk's command ids derive from the job and its cursor, so a chunk that was done
before a crash is recognised and has no second effect.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from edge.core import ids
from edge.core.bus import Bus
from edge.core.database import Connection
from edge.core.door import Shop
from edge.core.errors import EdgeError
from edge.core.limits import JOB_REPORT_ROWS, JOBS_KEPT
from edge.core.shapes import (
    Actor,
    Capability,
    Chunk,
    Command,
    CommandSpec,
    JobKind,
    Note,
    Number,
    QuerySpec,
    Refused,
    Right,
    Transaction,
    Unknown,
)

_log = structlog.get_logger(__name__)

MANAGE: Right = "manage"
"""What running and cancelling jobs needs."""

JOBS = "jobs"
"""Bus topic: a job was queued, moved on or ended; the message is its id."""

_FIELDS = "id, kind, params, actor, register, state, cursor, total, refused, message, queued_us, changed_us"


class Job(msgspec.Struct, frozen=True):
    """A job as stored. `cursor` of `total` units are done; `refused` counts what could not be taken."""

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


class JobNote(msgspec.Struct, frozen=True):
    """What a job could not take: where (`line`, `field`), the value, and why."""

    line: int
    field: str
    value: str
    reason: str


class CancelJob(Command, frozen=True):
    """Stop a job behind the chunk it is at; what it did so far stays done."""

    job: Number


def queue(tx: Transaction, kind: str, params: Any) -> int:
    """Put a job of `kind` into the queue, from within a handler; its id."""
    tx.db.execute(
        "DELETE FROM job WHERE state IN ('done', 'failed', 'cancelled') AND id <= (SELECT max(id) FROM job) - ?",
        (JOBS_KEPT,),
    )
    cursor = tx.db.execute(
        "INSERT INTO job (kind, params, actor, register, state, queued_us, changed_us)"
        " VALUES (?, ?, ?, ?, 'queued', ?, ?)",
        (kind, msgspec.json.encode(params), tx.actor.name, tx.actor.register, tx.at_us, tx.at_us),
    )
    return int(cursor.lastrowid)


def read_job(db: Connection, job: Number) -> Job | None:
    """One job, or None."""
    found = db.execute(f"SELECT {_FIELDS} FROM job WHERE id = ?", (job,)).fetchone()
    return Job(*found) if found else None


def read_jobs(db: Connection, limit: Number = 20) -> list[Job]:
    """The newest jobs first, at most `limit` (100 at most)."""
    rows = db.execute(f"SELECT {_FIELDS} FROM job ORDER BY id DESC LIMIT ?", (min(limit, 100),))
    return [Job(*row) for row in rows]


def read_job_notes(db: Connection, job: Number, limit: Number = 1000) -> list[JobNote]:
    """What a job could not take, in the order of its input."""
    rows = db.execute(
        "SELECT line, field, value, reason FROM job_note WHERE job = ? ORDER BY line LIMIT ?",
        (job, min(limit, JOB_REPORT_ROWS)),
    )
    return [JobNote(*row) for row in rows]


def _cancel(tx: Transaction, command: CancelJob) -> Refused | None:
    changed = tx.db.execute(
        "UPDATE job SET state = 'cancelled', changed_us = ? WHERE id = ? AND state IN ('queued', 'running')",
        (tx.at_us, command.job),
    )
    return None if changed.rowcount else Refused("job_not_running", {"job": command.job})


capability = Capability(
    name="jobs",
    commands=(CommandSpec(CancelJob, _cancel, right=MANAGE),),
    queries=(
        QuerySpec("jobs", read_jobs, right=MANAGE),
        QuerySpec("job", read_job, right=MANAGE),
        QuerySpec("job_notes", read_job_notes, right=MANAGE),
    ),
)


class NotNow(EdgeError):
    """The shop cannot write at the moment; the part is tried again, and the job goes on where it was."""


_PASSING = frozenset({"busy", "read_only"})
"""Refusals that say nothing about the job's input."""


class JobRunner:
    """A part that does queued jobs one after the other, a chunk at a time."""

    def __init__(self, shop: Shop, bus: Bus, rights: frozenset[Right]) -> None:
        self._shop = shop
        self._bus = bus
        self._rights = rights

    async def run(self, ready: Callable[[], None]) -> None:
        """Do what is queued; wait for more. A job that fails says so in its `message`; the next goes on."""
        subscription = self._bus.subscribe(JOBS, "committed")
        ready()
        try:
            while True:
                while job := self._next():
                    await self._do(job)
                await subscription.next()
        finally:
            self._bus.unsubscribe(subscription)

    def _next(self) -> Job | None:
        found = self._shop.reader.execute(
            f"SELECT {_FIELDS} FROM job WHERE state IN ('running', 'queued') ORDER BY id LIMIT 1"
        ).fetchone()
        return Job(*found) if found else None

    async def _do(self, job: Job) -> None:
        try:
            ended = await self._carry_out(job)
        except NotNow:
            raise
        except (EdgeError, OSError, LookupError, ValueError) as error:
            _log.warning("a job failed", job=job.id, kind=job.kind, why=str(error))
            ended = "failed", str(error)
        except Exception as error:  # noqa: BLE001 - a job's fault is its own: it must not hold up the ones behind it
            _log.exception("a job failed by a fault of ours", job=job.id, kind=job.kind)
            ended = "failed", f"A fault of ours: {error!r}"
        await self._save(job, *ended)

    async def _carry_out(self, job: Job) -> tuple[str, str]:
        """Do a job from where it stands: the state in which it ended, and what there is to say about it."""
        kind = self._shop.registry.jobs.get(job.kind)
        if kind is None:
            return "failed", f"This version knows no job {job.kind}."
        actor = Actor(job.actor, "job", job.register, self._rights)
        params = msgspec.json.decode(job.params)
        await self._save(job, "running", total=await asyncio.to_thread(kind.total, params))
        return await self._chunks(job, kind, params, actor)

    async def _chunks(self, job: Job, kind: JobKind, params: Any, actor: Actor) -> tuple[str, str]:
        chunks, through = kind.chunks(params, job.cursor), job.cursor
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            if chunk.cursor <= through:
                # The ids of its commands come from there: they would be those of the chunk before.
                raise ValueError(
                    f"A fault of ours: a chunk of {kind.name} ends at {chunk.cursor}, as the last one did."
                )
            through = chunk.cursor
            results = []
            for place, command in enumerate(chunk.commands):
                outcome = await self._shop.do(command, actor, _chunk_id(job, chunk, place))
                if isinstance(outcome, Unknown) or (isinstance(outcome, Refused) and outcome.code in _PASSING):
                    raise NotNow(f"Job {job.id} waits: {outcome}.", "It goes on by itself.")
                if isinstance(outcome, Refused):
                    return "failed", f"{outcome.code}: {outcome.values}"
                results.append(outcome.result)
            notes = chunk.notes + (chunk.explain(tuple(results)) if chunk.explain else ())
            state = await self._save(job, "running", cursor=chunk.cursor, notes=notes)
            if state != "running":
                return state, ""
        return "done", ""

    async def _save(
        self,
        job: Job,
        state: str,
        message: str = "",
        total: int | None = None,
        cursor: int | None = None,
        notes: tuple[Note, ...] = (),
    ) -> str:
        """Write down how far the job is; the state it has now (`cancelled` if somebody stopped it)."""
        now = self._shop.now_us()

        def save(db: Connection) -> str:
            db.execute(
                "UPDATE job SET state = ?, message = ?, total = coalesce(?, total), cursor = coalesce(?, cursor),"
                " changed_us = ? WHERE id = ? AND state IN ('queued', 'running')",
                (state, message, total, cursor, now, job.id),
            )
            if notes:
                _save_notes(db, job.id, notes)
            return str(db.execute("SELECT state FROM job WHERE id = ?", (job.id,)).fetchone()[0])

        answer = await self._shop.maintain(save)
        self._bus.publish(JOBS, job.id)
        if isinstance(answer, Refused):
            raise NotNow(f"The progress of job {job.id} cannot be saved: {answer.code}.", "It goes on by itself.")
        return answer


def _save_notes(db: Connection, job: int, notes: tuple[Note, ...]) -> None:
    last = db.execute("SELECT coalesce(max(line), 0), count(*) FROM job_note WHERE job = ?", (job,)).fetchone()
    fresh = sorted(note for note in notes if note[0] > last[0])
    room = max(0, JOB_REPORT_ROWS - last[1])
    db.executemany(
        "INSERT INTO job_note (job, line, field, value, reason) VALUES (?, ?, ?, ?, ?)",
        [(job, *note) for note in fresh[:room]],
    )
    db.execute("UPDATE job SET refused = refused + ? WHERE id = ?", (len(fresh), job))


def _chunk_id(job: Job, chunk: Chunk, place: int) -> ids.CommandId:
    digest = hashlib.sha256(f"{job.id} {job.queued_us} {chunk.cursor} {place}".encode()).digest()
    return ids.command_id(job.queued_us, digest[:10])
