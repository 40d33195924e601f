"""Long work goes on where it was, does nothing twice, can be stopped, and says what it could not take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import CommandBus
from edge.core.jobs import store as jobs
from edge.core.jobs.runner import JobDeferred, JobRunner
from edge.core.jobs.store import CancelJob, Job, JobNote, read_job, read_job_notes, read_jobs
from edge.core.journal.verify import verify
from edge.core.limits import JOB_REPORT_ROWS, JOBS_LIMIT
from edge.core.messages import Actor, Command, Done, Refused
from edge.core.registry import Capability, Chunk, CommandSpec, JobKind
from edge.core.registry import JobIssue as JobsNote
from edge.core.surfaces import STAFF
from edge.lib.errors import NeedsHuman
from tests.unit.toys import ANN, WRITE, Boom, No, Note, Toy, registry, run_in_toy

MANAGER = Actor("max", "panel", "", frozenset({WRITE, jobs.MANAGE}))
RIGHTS = frozenset({WRITE, jobs.MANAGE})


class Start(Command, frozen=True):
    """Queue a job of a kind, over so many lines."""

    kind: str = "lines"
    lines: int = 10
    also: str = ""


def _start(tx: Any, command: Start) -> int:
    return jobs.queue(tx, command.kind, {"lines": command.lines, "also": command.also})


def _chunks(db: Any, params: Any, cursor: int) -> Iterator[Chunk]:
    """Three lines a chunk, a command each; every fifth line can't be taken."""
    if params["also"] == "no file":
        raise NeedsHuman("File lines.csv not found.", "Use another name.")
    for start in range(cursor, params["lines"], 3):
        lines = range(start, min(start + 3, params["lines"]))
        if params["also"] == "bug" and start >= 3:
            raise TypeError("a bug in the reader")
        commands: list[Command] = [Note(f"line {line}") for line in lines]
        commands += {"refused": [No()], "boom": [Boom()]}.get(params["also"], [])
        notes = tuple(JobsNote(line, "price", "x", "no_price", {"line": line}) for line in lines if line % 5 == 4)
        yield Chunk(tuple(commands), lines.stop, notes, total=params["lines"], counts={"lines": len(lines)})


LINES = Capability(
    "lines",
    (CommandSpec(Start, _start, WRITE, surfaces=STAFF),),
    jobs=(JobKind("lines", _chunks),),
)


async_test = partial(run_in_toy, house=registry(LINES))


async def started(shop: CommandBus, command: Start | None = None) -> int:
    done = await shop.do(command or Start(), ANN)
    assert isinstance(done, Done)
    return int(done.result)


@asynccontextmanager
async def runner(shop: CommandBus) -> AsyncIterator[asyncio.Task[None]]:
    """The part that does the jobs, for as long as the block lasts."""
    task = asyncio.ensure_future(JobRunner(shop, shop.bus, RIGHTS).run(lambda: None))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def ended(
    shop: CommandBus, id: int, *, until: Callable[[Job], bool] = lambda job: job.state not in ("queued", "running")
) -> Job:
    """The job once it has come to an end."""
    subscription = shop.bus.subscribe(jobs.JOBS)
    async with asyncio.timeout(30):
        while not ((job := read_job(shop.reader, id)) and until(job)):
            await subscription.next()
    return job


def test_a_job_does_all_its_lines_in_order_and_shows_how_far_it_is(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with runner(shop):
            id = await started(shop)
            job = await ended(shop, id)
        assert (job.state, job.cursor, job.total, job.refused, job.message) == ("done", 10, 10, 2, "")
        assert (job.actor, job.register) == ("ann", "1")
        assert house.notes() == [f"line {line}" for line in range(10)]
        notes = read_job_notes(shop.reader, id)
        assert notes == [JobNote(line, "price", "x", "no_price", {"line": line}) for line in (4, 9)]
        assert job.counts == {"lines": 10}
        assert verify(shop.reader, shop.registry).faults == ()

    async_test(scenario, tmp_path)


def test_jobs_are_done_one_after_the_other_and_the_newest_is_shown_first(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        first, second = await started(shop, Start(lines=2)), await started(shop, Start(lines=4))
        async with runner(shop):
            await ended(shop, second)
        assert house.notes() == ["line 0", "line 1", *(f"line {line}" for line in range(4))]
        assert [job.id for job in read_jobs(shop.reader)] == [second, first]

    async_test(scenario, tmp_path)


@pytest.mark.parametrize("stop_after", range(1, 11))
def test_what_was_done_before_a_crash_is_not_done_again(tmp_path: Path, stop_after: int) -> None:
    """Stopped behind any command: in the middle of a chunk its progress is not saved yet."""

    async def first(shop: CommandBus, house: Toy) -> None:
        await started(shop)
        reached = asyncio.Event()
        shop.listen(lambda command, actor, outcome: len(house.notes()) >= stop_after and reached.set())
        async with runner(shop):
            await reached.wait()

    async def second(shop: CommandBus, house: Toy) -> None:
        async with runner(shop):
            job = await ended(shop, 1)
        assert (job.state, job.cursor, job.refused) == ("done", 10, 2)
        assert house.notes() == [f"line {line}" for line in range(10)]
        assert len(read_job_notes(shop.reader, 1)) == 2
        assert verify(shop.reader, shop.registry).faults == ()

    async_test(first, tmp_path)
    async_test(second, tmp_path)


def test_a_cancelled_job_stops_behind_its_chunk_and_stays_cancelled(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        id = await started(shop, Start(lines=3000))
        async with runner(shop):
            await ended(shop, id, until=lambda job: job.cursor >= 6)
            assert isinstance(await shop.do(CancelJob(id), MANAGER), Done)
            behind = await started(shop, Start(lines=1))
            await ended(shop, behind)
        job = read_job(shop.reader, id)
        assert job is not None
        assert job.state == "cancelled"
        assert 6 <= len(house.notes()) < 3000
        assert await shop.do(CancelJob(id), MANAGER) == Refused("job_not_running", {"job": id})

    async_test(scenario, tmp_path)


def test_a_job_cancelled_before_it_began_never_does(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        id = await started(shop)
        await shop.do(CancelJob(id), MANAGER)
        async with runner(shop):
            await ended(shop, await started(shop, Start(lines=1)))
        assert house.notes() == ["line 0"]

    async_test(scenario, tmp_path)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (Start(also="no file"), "File lines.csv not found. Use another name."),
        (Start(also="refused"), "refused.no"),
        (Start(also="bug"), "a bug in the reader"),
        (Start(also="boom"), "boom"),
        (Start(kind="unheard-of"), "This version doesn't support the job unheard-of."),
    ],
)
def test_a_job_that_fails_says_why_and_the_next_goes_on(tmp_path: Path, command: Start, message: str) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        failing, next_one = await started(shop, command), await started(shop, Start(lines=1))
        async with runner(shop):
            job = await ended(shop, failing)
            assert job.state == "failed"
            assert message in job.message
            assert (await ended(shop, next_one)).state == "done"

    async_test(scenario, tmp_path)


def test_a_till_that_cannot_save_does_not_fail_the_job(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        id = await started(shop)
        await shop.maintain(lambda db: db.execute("PRAGMA query_only = ON"))
        async with runner(shop) as task:
            with pytest.raises(JobDeferred, match="continues automatically"):
                await task
        house.db.execute("PRAGMA query_only = OFF")
        while shop.why_read_only:
            await shop.heartbeat()
        async with runner(shop):
            assert (await ended(shop, id)).state == "done"
        assert len(house.notes()) == 10

    async_test(scenario, tmp_path)


def test_a_report_keeps_so_many_lines_and_counts_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "JOB_REPORT_ROWS", 3)

    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with runner(shop):
            job = await ended(shop, await started(shop, Start(lines=50)))
        assert job.refused == 10
        assert [note.line for note in read_job_notes(shop.reader, job.id)] == [4, 9, 14]

    assert JOB_REPORT_ROWS > 1000
    async_test(scenario, tmp_path)


def test_old_jobs_are_dropped_with_their_reports(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with runner(shop):
            await ended(shop, await started(shop, Start(lines=5)))
            for _ in range(JOBS_LIMIT + 1):
                last = await started(shop, Start(lines=0))
            await ended(shop, last)
            await started(shop, Start(lines=0))
        assert read_job(shop.reader, 1) is None
        assert read_job_notes(shop.reader, 1) == []
        assert shop.reader.execute("SELECT count(*) FROM job").fetchone()[0] <= JOBS_LIMIT + 2

    async_test(scenario, tmp_path)
