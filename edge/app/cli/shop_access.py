"""Access to the shop from the command line: through the running appliance, or the ledger itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import msgspec

from edge.core.bus import Bus
from edge.core.command_bus import CommandBus
from edge.core.jobs import runner
from edge.core.jobs import store as jobs
from edge.core.jobs.store import Job, JobNote
from edge.core.journal.projections import Follower, FollowersTogether
from edge.core.messages import Command, Done, Outcome, Refused
from edge.core.process.parts import Part, Supervisor
from edge.core.storage.database import ProcessLock
from edge.foundation.access.queries import rights_of
from edge.foundation.access.rights import system
from edge.lib.errors import EdgeError
from edge.lib.i18n import ENGLISH, translate
from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from edge.web.client import Client

POLL_S = 0.2
"""Interval of requests to a running appliance for a job's progress."""


class NotDone(EdgeError):
    """The shop refused a command."""


class Access(Protocol):
    """Executes commands and follows their jobs, wherever the shop is open."""

    async def do(self, command: Command) -> Done: ...
    async def job(self, id: int) -> tuple[Job, list[JobNote]]: ...
    async def wait_for_change(self) -> None: ...


@asynccontextmanager
async def reach(config: Config, register: str = "") -> AsyncIterator[Access]:
    """Connect to the running appliance, or open the ledger here for this context. Commands run as if from
    `register`."""
    lock = ProcessLock(config.folder)
    config.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not lock.take():
        yield _Remote(Client(config, register))
        return
    lock.release()
    ledger = Ledger(config)
    bus = Bus()
    shop = ledger.shop(bus)
    shop.start()
    supervisor = Supervisor(bus)
    supervisor.start(Part("jobs", runner.JobRunner(shop, bus, rights_of).run))
    together = FollowersTogether()
    for projector in shop.registry.projectors:
        if not projector.strict:
            supervisor.start(Part(projector.name, Follower(shop, projector, together).run))
    try:
        yield _Local(shop, register)
    finally:
        await supervisor.stop()
        shop.close()
        ledger.close()


async def finish(access: Access, id: int, show: Callable[[Job], None]) -> tuple[Job, list[JobNote]]:
    """Wait for a job to end, showing progress."""
    while True:
        job, notes = await access.job(id)
        show(job)
        if job.state not in ("queued", "running"):
            return job, notes
        await access.wait_for_change()


class _Local:
    def __init__(self, shop: CommandBus, register: str) -> None:
        self._shop = shop
        self._actor = msgspec.structs.replace(system(), register=register)
        self._subscription = shop.bus.subscribe(jobs.JOBS)

    async def do(self, command: Command) -> Done:
        return _require_done(command, await self._shop.do(command, self._actor))

    async def job(self, id: int) -> tuple[Job, list[JobNote]]:
        job = jobs.read_job(self._shop.reader, id)
        if job is None:
            raise NotDone(f"Job {id} not found.")
        return job, jobs.read_job_notes(self._shop.reader, id)

    async def wait_for_change(self) -> None:
        await self._subscription.next()


class _Remote:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._polled = 0.0

    async def do(self, command: Command) -> Done:
        return _require_done(command, await asyncio.to_thread(self._client.do, command))

    async def job(self, id: int) -> tuple[Job, list[JobNote]]:
        job = await asyncio.to_thread(self._client.query, "job", Job, job=id)
        return job, await asyncio.to_thread(self._client.query, "job_notes", list[JobNote], job=id)

    async def wait_for_change(self) -> None:
        await asyncio.sleep(max(0.0, self._polled + POLL_S - time.monotonic()))
        self._polled = time.monotonic()


def _require_done(command: Command, outcome: Outcome) -> Done:
    if isinstance(outcome, Done):
        return outcome
    why = (
        translate(ENGLISH, f"refused.{outcome.code}", **outcome.values) if isinstance(outcome, Refused) else outcome.why
    )
    raise NotDone(f"{type(command).__name__} failed: {why}")
