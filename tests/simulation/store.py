"""The hub's database, played: one transaction at a time for a device, all of it or nothing.

The machines that decide are the product's (`sync.hub`), through the product's `Store`; only Postgres is not here. It
can be away, and it can lose the answer to a commit. Workers share it; what they keep themselves dies with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from random import Random

import msgspec

from sync import limits
from sync.hub.machine import Device, GetLinks, Key, Link, Outcome, PutRows, Steps
from sync.hub.store import Store
from sync.wire import Directive, Directives
from tests.simulation.process import Process
from tests.simulation.trace import Trace
from tests.wires import MemoryStore

ANSWER_S = 0.005


class Database(MemoryStore):
    """What all workers share. `stale`: devices whose history went back since head office looked."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace
        self.up = True
        self.directives: list[Directive] = []
        self.stale: set[Key] = set()

    def transact(self, process: Process, key: Key, decide: Callable[[Device], Steps[Outcome]]) -> Outcome:
        """One transaction of a worker; undone where it dies in the middle."""
        before, journal, seqs = self.devices.get(key), dict(self.journal), {k: list(v) for k, v in self._seqs.items()}
        process.point("before transaction")
        try:
            outcome = self.run(key, self._passing(process, decide(self.device(key))))
            process.point("before commit")
        except BaseException:
            self.journal, self._seqs = journal, seqs
            if before is None:
                self.devices.pop(key, None)
            else:
                self.devices[key] = before
            raise
        if outcome.branched_at is not None:
            self.stale.add(key)
        if outcome.device != before:
            stopped = f", stopped: {outcome.device.stopped.code}" if outcome.device.stopped else ""
            self.trace.add(process.name, f"holds through {outcome.device.through}{stopped}")
        process.point("after commit")
        return outcome

    def _passing(self, process: Process, steps: Steps[Outcome]) -> Generator[GetLinks | PutRows, list[Link], Outcome]:
        answer: list[Link] = []
        need: GetLinks | PutRows | None = None
        while True:
            try:
                need = next(steps) if need is None else steps.send(answer)
            except StopIteration as finished:
                outcome: Outcome = finished.value
                return outcome
            if isinstance(need, PutRows):
                process.point("before rows")
            answer = yield need


class SimStore(Store):
    """One worker's way to the database."""

    def __init__(self, database: Database, process: Process, chance: Random) -> None:
        super().__init__(pool=None)
        self._database = database
        self._process = process
        self._chance = chance

    async def directives(self, key: Key, from_version: int) -> Directives:
        await self._way()
        if device := self._database.devices.get(key):
            self._database.devices[key] = msgspec.structs.replace(device, applied=from_version)
        found = [directive for directive in self._database.directives if directive.version > from_version]
        return Directives(from_version, tuple(found[: limits.DIRECTIVES]))

    async def _decide(self, key: Key, decide: Callable[[Device], Steps[Outcome]]) -> Outcome:
        await self._way()
        outcome = self._database.transact(self._process, key, decide)
        await self._way()  # the answer to the commit may be lost, too
        return outcome

    async def _way(self) -> None:
        await asyncio.sleep(self._chance.expovariate(1 / ANSWER_S))
        if not self._database.up:
            raise ConnectionError("Postgres is away")
