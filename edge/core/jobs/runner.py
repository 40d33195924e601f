"""Runs long work as chunks of commands: resumable, cancellable, with progress, and without delaying tills.

A chunk's command ids derive from the job and its cursor, so a chunk done before a crash is recognised and has no second
effect.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec
import structlog

from edge.core import ids
from edge.core.bus import Bus
from edge.core.command_bus import CommandBus
from edge.core.jobs.chunk_reader import ChunkReader
from edge.core.jobs.store import JOBS, Job, next_job
from edge.core.limits import JOB_CHUNKS, JOB_REPORT_ROWS
from edge.core.messages import Actor, Outcome, OutcomeUnknown, Refused, Right
from edge.core.registry import Chunk, JobIssue, JobKind
from edge.core.storage.database import Connection, open_reader
from edge.core.transaction import encode
from edge.lib.errors import EdgeError

_log = structlog.get_logger(__name__)
RightsOf = Callable[[Connection, str], frozenset[Right]]
"""Looks up an actor's current rights in the ledger."""


class JobDeferred(EdgeError):
    """The shop can't write at the moment; the part is retried and the job resumes where it was."""


_PASSING = frozenset({"busy", "read_only"})
"""Temporary refusals that aren't caused by the job's input."""


class JobRunner:
    """A part that runs queued jobs one after another, a few chunks at a time.

    While no till is active, several chunks share a commit; otherwise they come one by one with pauses. `rights` apply
    to all jobs, or return the current rights of the user who started one: they are checked before each chunk, so a job
    whose owner loses the right stops and reports it. `own`: the one kind to run; None: all kinds that don't have their
    own runner.
    """

    def __init__(
        self, shop: CommandBus, bus: Bus, rights: frozenset[Right] | RightsOf, own: JobKind | None = None
    ) -> None:
        self._shop = shop
        self._bus = bus
        self._rights = rights
        apart = (kind.name for kind in shop.registry.jobs.values() if kind.own_runner)
        self._kinds = shop.registry.jobs if own is None else {own.name: own}
        self._which = (frozenset(apart), False) if own is None else (frozenset({own.name}), True)

    async def run(self, ready: Callable[[], None]) -> None:
        """Run queued jobs; wait for more. A failed job records its error in `message`; the next one continues."""
        subscription = self._bus.subscribe(JOBS, "committed")
        ready()
        try:
            while True:
                while job := next_job(self._shop.reader, *self._which):
                    await self._do(job)
                await self._shop.news(subscription)
        finally:
            self._bus.unsubscribe(subscription)

    async def _do(self, job: Job) -> None:
        progress = Progress(job.cursor, dict(job.counts))
        try:
            ended = await self._carry_out(job, progress)
        except JobDeferred:
            raise
        except (EdgeError, OSError, LookupError, ValueError) as error:
            _log.warning("a job failed", job=job.id, kind=job.kind, why=str(error))
            ended = JobResult("failed", *_failure_reason(error))
        except Exception as error:  # noqa: BLE001 - a failed job must not hold up the jobs behind it
            _log.exception("a job failed because of an internal error", job=job.id, kind=job.kind)
            ended = JobResult("failed", f"Internal error: {error!r}")
        state = await self._save(job, ended, progress)
        kind = self._kinds.get(job.kind)
        if state == "done" and kind and kind.logged and (line := kind.logged(job.params, progress.counts)):
            _log.info(line, job=job.id)

    async def _carry_out(self, job: Job, progress: Progress) -> JobResult:
        """Resume a job; return its final state and message."""
        kind = self._kinds.get(job.kind)
        if kind is None:
            return JobResult("failed", f"This version doesn't support the job {job.kind}.")
        await self._save(job, JobResult("running"), progress)
        db = await asyncio.to_thread(open_reader, self._shop.path)
        source = ChunkReader(kind.chunks(db, msgspec.json.decode(job.params), job.cursor))
        try:
            return await self._chunks(job, source, progress)
        finally:
            await asyncio.to_thread(source.close)
            db.close()

    async def _chunks(self, job: Job, source: ChunkReader, progress: Progress) -> JobResult:
        """Process chunk by chunk, producing the next while the current ones are written. Progress is saved with the
        following commit."""
        till_first = self._shop.till_first
        group = await asyncio.to_thread(source.take, 1)
        while group:
            async with till_first.turn():
                # All at once, in order: requests that wait together share a commit.
                answers = await asyncio.gather(
                    asyncio.to_thread(source.take, till_first.budget(JOB_CHUNKS)),
                    self._save(job, JobResult("running"), progress),
                    *self._submit_chunks(job, group),
                    return_exceptions=True,
                )
                for answer in answers:
                    if isinstance(answer, BaseException):
                        raise answer
                more, state, *outcomes = answers
                if state != "running":
                    return JobResult(str(state))
                if refused := _count(job, group, outcomes, progress):
                    return JobResult("failed", f"refused.{refused.code}", refused.values)
                group = more
        return JobResult("done")

    def _submit_chunks(self, job: Job, group: Sequence[Chunk]) -> Iterator[Coroutine[Any, Any, Outcome]]:
        """Submit the commands of a job's chunks on behalf of the user who started it."""
        actor = Actor(job.actor, "job", job.register, self._rights_of(job))
        for chunk in group:
            for place, command in enumerate(chunk.commands):
                yield self._shop.do(command, actor, _chunk_id(job, chunk, place))

    def _rights_of(self, job: Job) -> frozenset[Right]:
        if isinstance(self._rights, frozenset):
            return self._rights
        return self._rights(self._shop.reader, job.actor)

    async def _save(self, job: Job, ended: JobResult, progress: Progress) -> str:
        """Save the job's progress; return its current state (`cancelled` if a user cancelled it)."""
        now = self._shop.now_us()
        cursor, total, counts, notes = progress.cursor, progress.total, progress.counts_json(), tuple(progress.notes)
        progress.notes.clear()

        def save(db: Connection) -> str:
            db.execute(
                "UPDATE job SET state = ?, message = ?, told = ?, total = coalesce(?, total), cursor = ?, counts = ?,"
                " changed_us = ? WHERE id = ? AND state IN ('queued', 'running')",
                (ended.state, ended.message, msgspec.json.encode(ended.told), total, cursor, counts, now, job.id),
            )
            if notes:
                _save_notes(db, job.id, notes)
            return str(db.execute("SELECT state FROM job WHERE id = ?", (job.id,)).fetchone()[0])

        answer = await self._shop.maintain(save)
        self._bus.publish(JOBS, job.id)
        if isinstance(answer, Refused):
            raise JobDeferred(
                f"The progress of job {job.id} can't be saved: {answer.code}.", "It continues automatically."
            )
        return answer


class JobResult(msgspec.Struct, frozen=True):
    """Final state of a job and its message (see `Job`)."""

    state: str
    message: str = ""
    told: dict[str, str | int] = {}


class Progress:
    """Progress of a job, and notes not yet saved."""

    def __init__(self, cursor: int, counts: dict[str, int]) -> None:
        self.cursor = cursor
        self.total: int | None = None
        self.notes: list[JobIssue] = []
        self._counts = counts

    def add(self, chunk: Chunk, results: tuple[Any, ...]) -> None:
        """Count a completed chunk."""
        self.cursor = chunk.cursor
        self.total = self.total if chunk.total is None else chunk.total
        self.notes += chunk.notes + (chunk.explain(results) if chunk.explain else ())
        for name, count in chunk.counts.items():
            self._counts[name] = self._counts.get(name, 0) + count

    @property
    def counts(self) -> Mapping[str, int]:
        return self._counts

    def counts_json(self) -> bytes:
        return msgspec.json.encode(self._counts)


def _count(job: Job, group: list[Chunk], outcomes: list[Any], progress: Progress) -> Refused | None:
    """Add completed chunks to the progress; return the first refusal, if any."""
    left = iter(outcomes)
    for chunk in group:
        results = []
        for outcome in islice(left, len(chunk.commands)):
            if isinstance(outcome, OutcomeUnknown) or (isinstance(outcome, Refused) and outcome.code in _PASSING):
                raise JobDeferred(f"Job {job.id} waits: {outcome}.", "It continues automatically.")
            if isinstance(outcome, Refused):
                return outcome
            results.append(outcome.result)
        progress.add(chunk, tuple(results))
    return None


def _failure_reason(error: Exception) -> tuple[str, dict[str, str | int]]:
    if isinstance(error, EdgeError) and error.key:
        return error.key, error.values
    return str(error), {}


def _save_notes(db: Connection, job: int, notes: tuple[JobIssue, ...]) -> None:
    kept = db.execute("SELECT count(*) FROM job_note WHERE job = ?", (job,)).fetchone()[0]
    db.executemany(
        "INSERT INTO job_note (job, line, field, value, reason, told) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (job, note.line, note.field, note.value, note.reason, msgspec.json.encode(note.values))
            for note in notes[: max(0, JOB_REPORT_ROWS - kept)]
        ],
    )
    db.execute("UPDATE job SET refused = refused + ? WHERE id = ?", (sum(note.fault for note in notes), job))


def _chunk_id(job: Job, chunk: Chunk, place: int) -> ids.CommandId:
    """Return a chunk command's id, derived from its content: work done before a crash is recognised, while a different
    command gets a different id.
    """
    content = encode(chunk.commands[place])
    digest = hashlib.sha256(f"{job.id} {job.queued_us} {chunk.cursor} {place} ".encode() + content).digest()
    return ids.command_id(job.queued_us, digest[:10])
