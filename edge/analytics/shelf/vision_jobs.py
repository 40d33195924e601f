"""Vision jobs: submit a picture, get a number, fetch the answer later. Local to this box.

They're separate from command jobs, as they change nothing. Each is a file that is deleted after a week.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import msgspec

from edge.analytics.shelf.sight_process import SightError
from edge.core.process.parts import TaskSet
from edge.core.storage.atomic_write import write_whole

JOBS_WAITING = 32
KEPT_S = 7 * 24 * 3600
KEPT_JOBS = 5_000
_ID = re.compile(r"[0-9a-f-]{36}")


class VisionJob(msgspec.Struct, frozen=True):
    """A job for the API; `error` is a text code."""

    job_id: str
    kind: str
    status: Literal["pending", "running", "completed", "failed"]
    progress: int = 0
    result: Any = None
    error: str = ""
    values: dict[str, str | int] = {}
    took_ms: int = 0


class TooManyJobs(Exception):
    """The queue of waiting jobs is full."""


class VisionJobs:
    """The jobs of a folder, run one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tasks = TaskSet(JOBS_WAITING)
        self._turn = asyncio.Lock()
        self._now: dict[str, VisionJob] = {}
        self._settled = False

    async def begin(self, kind: str, work: Callable[[], Awaitable[Any]]) -> str:
        """Queue a job and return its number. Raises TooManyJobs."""
        self._settle()
        if len(self._now) >= JOBS_WAITING:
            raise TooManyJobs
        job = VisionJob(str(uuid.uuid4()), kind, "pending")
        self._now[job.job_id] = job
        await asyncio.to_thread(self._keep, job)
        if not self._tasks.start(self._do(job, work), f"vision {job.job_id}"):
            self._now.pop(job.job_id, None)
            raise TooManyJobs
        return job.job_id

    async def read(self, id: str) -> VisionJob | None:
        """Return a job, or None if it never existed or was deleted."""
        self._settle()
        if not _ID.fullmatch(id):
            return None
        return self._now.get(id) or await asyncio.to_thread(self._read, id)

    async def stop(self) -> None:
        """Abort the current job, which is then reported as failed."""
        await self._tasks.stop()

    def forget(self) -> None:
        """Delete outdated jobs."""
        found = sorted(self._folder.glob("*.json"), key=lambda path: -path.stat().st_mtime)
        for number, path in enumerate(found):
            if number >= KEPT_JOBS or time.time() - path.stat().st_mtime > KEPT_S:
                path.unlink(missing_ok=True)

    async def _do(self, job: VisionJob, work: Callable[[], Awaitable[Any]]) -> None:
        begun = time.monotonic()
        try:
            async with self._turn:
                self._now[job.job_id] = msgspec.structs.replace(job, status="running", progress=10)
                begun = time.monotonic()
                result = msgspec.to_builtins(await work())
            ended = msgspec.structs.replace(job, status="completed", progress=100, result=result)
        except SightError as error:
            ended = msgspec.structs.replace(job, status="failed", error=error.code, values=dict(error.values))
        ended = msgspec.structs.replace(ended, took_ms=round((time.monotonic() - begun) * 1000))
        await asyncio.to_thread(self._keep, ended)
        self._now.pop(job.job_id, None)

    def _settle(self) -> None:
        """Mark jobs left unfinished by an earlier process as failed."""
        if self._settled:
            return
        self._settled = True
        for path in self._folder.glob("*.json"):
            job = self._read(path.stem)
            if job is not None and job.status in ("pending", "running"):
                self._keep(msgspec.structs.replace(job, status="failed", error="vision_restarted"))
        self.forget()

    def _keep(self, job: VisionJob) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._folder / f"{job.job_id}.json", msgspec.json.encode(job))

    def _read(self, id: str) -> VisionJob | None:
        try:
            return msgspec.json.decode((self._folder / f"{id}.json").read_bytes(), type=VisionJob)
        except (OSError, msgspec.DecodeError):
            return None
