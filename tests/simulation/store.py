"""A simulation of the hub's database, with one atomic transaction per device at a time.

The state machines are the product's (`sync.hub`), called through the product's `Store`; only Postgres is replaced. It
can be unreachable, and can lose the answer to a commit. All workers share it; a worker's own state dies with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from random import Random
from struct import unpack_from
from typing import Any

import msgspec

from sync import limits
from sync import lineage as history
from sync.hub.model import Device, GetLinks, Key, Link, Outcome, PutRows, Record, Steps, refused_pull
from sync.hub.row_verifier import COPY_COLUMNS
from sync.hub.rows import EPOCH_STARTED
from sync.hub.store import Store
from sync.lineage import Span
from sync.wire import COLUMNS, Directive, Directives, Orphans, Pull, Row, Stopped
from tests.simulation.process import Process
from tests.simulation.trace import Trace
from tests.sync_doubles import MemoryStore

ANSWER_S = 0.005
_NUMBERS = {"epoch", "seq", "n", "at_us", "mono_us", "version"}
_BYTES = {"command_id", "command_hash", "boot_id", "prev", "hash", "body"}


class Position(msgspec.Struct):
    """A projector's position in a device's history: a row of the table `projection`."""

    version: int = 0
    done: str = "{}"
    stale: bool = True
    went_back: bool = False
    epoch: int = 0
    through: int = 0


class Database(MemoryStore):
    """The data that all workers share. `projected`: positions by device and projector.

    There is only one device and therefore one lock. A worker holds it while projecting, so that the history can't go
    back meanwhile.
    """

    def __init__(self, trace: Trace, chance: Random) -> None:
        super().__init__()
        self.trace = trace
        self.up = True
        self.directives: list[Directive] = []
        self.projected: dict[tuple[Key, str], Position] = {}
        self._orphans: dict[tuple[int, int], int] = {}
        self.quarantined: list[str] = []
        self.gaps: list[str] = []
        self._chance = chance
        self._holder: Process | None = None
        self._before: dict[tuple[Key, str], Position] = {}

    @property
    def orphans(self) -> list[Span]:
        """Rows abandoned by restores, newest first."""
        return [Span(epoch, first, last) for (epoch, first), last in sorted(self._orphans.items(), reverse=True)]

    async def way(self) -> None:
        """Take the time of a message to or from the database. Raises `ConnectionError` while it is unreachable."""
        await asyncio.sleep(self._chance.expovariate(1 / ANSWER_S))
        if not self.up:
            raise ConnectionError("Postgres is away")

    def is_behind(self, key: Key, projector: str, version: int) -> bool:
        position = self.projected.get((key, projector), Position())
        device = self.device(key)
        at, end = (position.epoch, position.through), (device.epoch, device.through)
        return position.stale or position.went_back or position.version != version or at < end

    def books(self, key: Key) -> list[Row]:
        """Return the rows that head office counts: all that were ever acknowledged, each event once, in order."""
        found: dict[tuple[bytes, int], Row] = {}
        for row in self.history(key):
            found.setdefault((row.command_id, row.n), row)
        return list(found.values())

    def history(self, key: Key) -> Iterator[Row]:
        """Yield the rows of the view `history`."""
        device = self.device(key)
        for span in history.acknowledged_spans(device.epochs, device.through, self.orphans):
            for seq in range(span.first, span.last + 1):
                yield row_of(self.journal[key, span.epoch, seq])

    def may_go_on(self) -> bool:
        """Return whether the lock is free. A dead worker's lock is released first, and its uncommitted changes are
        undone.
        """
        if self._holder is not None and not self._holder.alive:
            self.unlock(commit=False)
        return self._holder is None

    def lock(self, process: Process) -> None:
        self._holder = process
        self._before = {place: msgspec.structs.replace(position) for place, position in self.projected.items()}

    def unlock(self, commit: bool) -> None:
        if not commit:
            self.projected = self._before
        self._holder = None

    def transact(self, process: Process, key: Key, decide: Callable[[Device], Steps[Outcome]]) -> Outcome:
        """Run a worker's transaction; it is undone if the worker dies during it."""
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
        self._note_gaps(key, before, outcome.device)
        if outcome.branched_at is not None:
            for position in self.projected.values():
                position.went_back = position.went_back or position.through > outcome.branched_at
        for span in outcome.orphans:
            place = (span.epoch, span.first)
            self._orphans[place] = max(self._orphans.get(place, 0), span.last)
        if outcome.device != before:
            stopped = f", stopped: {outcome.device.stopped.code}" if outcome.device.stopped else ""
            self.trace.add(process.name, f"holds through {outcome.device.through}{stopped}")
        process.point("after commit")
        return outcome

    def _note_gaps(self, key: Key, before: Device | None, device: Device) -> None:
        """Record rows that a commit acknowledges although they are missing."""
        known = before.through if before and before.epochs == device.epochs else 0
        for span in history.spans(device.epochs, known + 1, device.through) if device.epochs else ():
            lacking = [seq for seq in range(span.first, span.last + 1) if (key, span.epoch, seq) not in self.journal]
            if lacking:
                self.gaps.append(f"row {lacking[0]} of epoch {span.epoch} was acknowledged before it came")

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
    """A worker's access to the database."""

    def __init__(self, database: Database, process: Process, pool: Any = None) -> None:
        super().__init__(pool)
        self._database = database
        self._process = process

    async def directives(self, key: Key, pull: Pull, room: int = limits.MESSAGE_BYTES) -> Directives | Stopped:
        await self._database.way()
        self._process.point("before pulled")
        if device := self._database.devices.get(key):
            if stopped := refused_pull(device.epoch, device.barred, pull.epoch):
                return stopped
            self._database.devices[key] = msgspec.structs.replace(device, applied=pull.from_version)
        self._process.point("after pulled")
        found = [directive for directive in self._database.directives if directive.version > pull.from_version]
        known = device is not None and device.epoch == pull.epoch
        through = device.through if device is not None and known else 0
        return Directives(pull.from_version, tuple(found[: limits.DIRECTIVES]), through)

    async def orphans(self, key: Key) -> tuple[Orphans, ...]:
        await self._database.way()
        found = []
        for span in self._database.orphans:
            rows = [row_of(self._database.journal[key, span.epoch, seq]) for seq in range(span.first, span.last + 1)]
            facts = [row for row in rows if row.type != EPOCH_STARTED]
            if facts:
                last, begun_us = facts[-1], facts[0].at_us
                place = (span.epoch, span.first, span.last)
                found.append(Orphans(*place, last.command_id, last.n, begun_us, last.at_us))
        return tuple(found[: limits.ORPHANS])

    async def _decide(self, key: Key, decide: Callable[[Device], Steps[Outcome]]) -> Outcome:
        await self._database.way()
        while not self._database.may_go_on():  # noqa: ASYNC110  another worker's transaction ends it
            await asyncio.sleep(ANSWER_S)
        outcome = self._database.transact(self._process, key, decide)
        await self._database.way()  # the answer to the commit may be lost too
        return outcome


def row_of(record: Record) -> Row:
    """Return the row contained in a record's COPY data (see `sync.hub.row_verifier`)."""
    fields: dict[str, Any] = {}
    at = 0
    for name in COPY_COLUMNS[3:]:
        (size,) = unpack_from(">i", record.copy, at)
        data = record.copy[at + 4 : at + 4 + size]
        at += 4 + size
        if name in _NUMBERS:
            fields[name] = int.from_bytes(data, "big", signed=True)
        else:
            fields[name] = data if name in _BYTES else data.decode()
    return Row(*(fields[name] for name in COLUMNS))
