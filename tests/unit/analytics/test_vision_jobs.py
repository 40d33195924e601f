"""Vision jobs: a restart, a crowd, a picture that can't be looked at, and a week."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from edge.analytics.shelf.sight_process import SightError
from edge.analytics.shelf.vision_jobs import JOBS_WAITING, TooManyJobs, VisionJobs
from tests.shop_fixture import run


async def never() -> None:
    await asyncio.Event().wait()


async def seen() -> dict[str, int]:
    return {"facings": 3}


async def ended(jobs: VisionJobs, id: str) -> str:
    async with asyncio.timeout(10):
        while True:
            job = await jobs.read(id)
            assert job is not None
            if job.status in ("completed", "failed"):
                return f"{job.status} {job.result or job.error}"
            await asyncio.sleep(0)


def test_a_job_that_a_restart_met_has_failed_for_that_and_those_that_were_done_stay(tmp_path: Path) -> None:
    async def scenario() -> None:
        before = VisionJobs(tmp_path)
        done = await before.begin("analyze-shelf", seen)
        assert await ended(before, done) == "completed {'facings': 3}"
        waits = await before.begin("analyze-shelf", never)
        after = VisionJobs(tmp_path)
        assert await ended(after, waits) == "failed vision_restarted"
        assert await ended(after, done) == "completed {'facings': 3}"
        await before.stop()

    run(scenario())


def test_no_more_wait_than_may_and_one_that_fails_holds_up_no_one(tmp_path: Path) -> None:
    async def broken() -> None:
        raise SightError("picture_broken")

    async def scenario() -> None:
        jobs = VisionJobs(tmp_path)
        first = await jobs.begin("detect-bottles", broken)
        assert await ended(jobs, first) == "failed picture_broken"
        assert await ended(jobs, await jobs.begin("detect-bottles", seen)) == "completed {'facings': 3}"
        for _ in range(JOBS_WAITING):
            await jobs.begin("detect-bottles", never)
        with pytest.raises(TooManyJobs):
            await jobs.begin("detect-bottles", never)
        await jobs.stop()

    run(scenario())


def test_what_came_of_a_job_is_kept_for_a_week(tmp_path: Path) -> None:
    async def scenario() -> None:
        jobs = VisionJobs(tmp_path)
        old, young = [await jobs.begin("analyze-shelf", seen) for _ in range(2)]
        for id in (old, young):
            await ended(jobs, id)
        for id, days in ((old, 7.1), (young, 6.9)):
            at_s = time.time() - days * 24 * 3600
            os.utime(tmp_path / f"{id}.json", (at_s, at_s))
        jobs.forget()
        assert (await jobs.read(old), (await jobs.read(young)) is not None) == (None, True)

    run(scenario())
