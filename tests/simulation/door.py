"""The product's command bus, whose writer takes turns in the event loop instead of a thread, at virtual times."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random
from typing import Any

from edge.core import ids
from edge.core.bus import Bus
from edge.core.clock import Clock, Doubt
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import Head
from edge.core.limits import READ_ONLY_PROBE_S
from edge.core.registry import Registry
from edge.core.writer import Answered, MaintenanceWrite, Request, Writer
from tests.simulation.process import Process

COMMIT_S = 0.004
"""Mean time until a commit. Requests that arrive meanwhile share the next commit."""


class SimShop(CommandBus):
    """A command bus whose writer runs in the event loop."""

    def __init__(
        self, path: Path, registry: Registry, clock: Clock, writer: Writer, bus: Bus, process: Process, chance: Random
    ) -> None:
        super().__init__(path, registry, clock, writer, bus)
        self._process = process
        self._chance = chance
        self._arrived = asyncio.Event()
        self._settled = True

    def start(self) -> None:
        self._process.start(self._turns())

    @property
    def settled(self) -> bool:
        """Whether all answers agree with the disk."""
        return self._settled and not self._doubt

    async def finish(self) -> None:
        """Finish like `close`: execute waiting requests, and refuse new ones."""
        self._queue.close()
        self._arrived.set()
        while len(self._queue):  # noqa: ASYNC110  the writer's turns end it
            await asyncio.sleep(COMMIT_S)

    def new_id(self) -> ids.CommandId:
        return ids.command_id(self.now_us(), self._chance.randbytes(10))

    def _ask(self, request: Request | MaintenanceWrite) -> asyncio.Future[Any]:
        future = super()._ask(request)
        self._arrived.set()
        return future

    def _turn(self, batch: list[Request | MaintenanceWrite]) -> None:
        self._settled = False
        super()._turn(batch)

    def _settle(self, answers: list[Answered], head: Head, why_read_only: str | None, doubt: Doubt | None) -> None:
        super()._settle(answers, head, why_read_only, doubt)
        self._settled = True

    async def _turns(self) -> None:
        while True:
            self._arrived.clear()
            if not len(self._queue):
                await self._wait()
            await asyncio.sleep(self._chance.expovariate(1 / COMMIT_S))
            # A commit may take longer or shorter than showing an answer.
            self._turn(self._queue.pick(others=self._chance.random() < 0.5))

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(READ_ONLY_PROBE_S if self._writer.why_read_only else None):
                await self._arrived.wait()
        except TimeoutError:
            return
