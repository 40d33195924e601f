"""From a device's history to Postgres tables: after the ack, in order, from a cursor a projector.

An event that cannot be projected is noted in `quarantine` with the reason, and the rest flows. A
projector with another version, a history that went back (a restore), and a newer release of the hub
where an older one left events in quarantine, begin that device again from its first row: what comes
later may depend on what was left out, so nothing is put in afterwards.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import asyncpg
from msgspec.structs import astuple

from sync import history, limits
from sync.history import Span
from sync.hub import sql
from sync.hub.machine import Key
from sync.hub.store import Connection, Store, is_passing, load_epochs
from sync.wire import Row

log = logging.getLogger(__name__)

Project = Callable[[Connection, Key, Sequence[Row]], Awaitable[None]]
"""Turns rows into table rows. Runs in a transaction that may be tried again; must not commit.
Any exception but NOT_THE_ROWS_FAULT means: these rows cannot be projected."""


NOT_THE_ROWS_FAULT = (asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError)
"""The tables are not what the projector takes them for: nothing goes into quarantine, and it is tried again later."""

ARCHIVED = "It has to begin again, and rows of it are only in archives: bring them back with `edge hub bring-back`."


class Projector(Protocol):
    """What head office wants of some events; a capability's hub.py makes one.

    All types that map to the same function come to it together, in the order of the journal;
    different functions know nothing of each other's order.
    """

    @property
    def name(self) -> str:
        """Stays the same for ever."""
        ...

    @property
    def version(self) -> int:
        """Raise it when the tables or their meaning change: each device is projected again."""
        ...

    @property
    def handlers(self) -> Mapping[str, Project]:
        """Event type -> function."""
        ...

    async def reset(self, connection: Connection, key: Key) -> None:
        """Delete what was projected of this device."""
        ...


class Projecting:
    """Runs the projectors of one worker, a device and a batch at a time. Other workers may do so too."""

    def __init__(self, store: Store, projectors: Sequence[Projector], release: int = 0) -> None:
        self._store = store
        self._release = release
        self._projectors = projectors
        self._sql = sql.load("projecting.sql")
        self._behind: dict[Key, None] = {}  # in turn; bounded by the number of devices
        self._woken = asyncio.Event()

    def wake(self, key: Key) -> None:
        """This device may have something new."""
        if self._projectors:
            self._behind[key] = None
            self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        if not self._projectors:
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep())
            tasks.create_task(self._work())

    async def _sweep(self) -> None:
        """Find what a worker left behind when it died, and what a new version of a projector asks for."""
        names = [projector.name for projector in self._projectors]
        versions = [projector.version for projector in self._projectors]
        again = self._sql["try_again_what_an_older_release_could_not"]
        while True:
            try:
                await self._store.pool.execute(again, names, self._release)
                found = await self._store.pool.fetch(self._sql["get_behind"], names, versions, limits.SWEEP_DEVICES)
            except Exception as error:
                if not is_passing(error):
                    raise
                found = []
            for record in found:
                self.wake(Key(*record))
            await asyncio.sleep(limits.SWEEP_S)

    async def _work(self) -> None:
        while True:
            if not self._behind:
                self._woken.clear()
                await self._woken.wait()
            key = next(iter(self._behind))
            del self._behind[key]
            try:
                more = [await self._step(key, projector) for projector in self._projectors]
            except Exception as error:
                if not is_passing(error):
                    log.exception("hub: %s cannot be projected", key)  # rows flow on; the sweep tries again
                    continue
                log.warning("hub: projecting %s waits for Postgres (%s)", key, error)
                await asyncio.sleep(limits.STORE_RETRY_MAX_S)
                more = [True]
            if any(more):
                self.wake(key)  # behind the others

    async def _step(self, key: Key, projector: Projector) -> bool:
        """Project the next rows of one device in one transaction; whether there are more."""
        place = (*astuple(key), projector.name)
        async with self._store.pool.acquire() as connection:
            await connection.execute(self._sql["add_projection"], *place)
            async with connection.transaction():
                # its history cannot go back while we read along it, and no other worker does the same
                await connection.execute(self._sql["lock_history"], *astuple(key))
                position = await connection.fetchrow(self._sql["get_position"], *place)
                if position is None:
                    return False
                version, through, stale, goal, epochs, archived = position
                if stale or version != projector.version:
                    if archived:
                        await connection.execute(self._sql["wait"], *place, ARCHIVED)
                        return False
                    await projector.reset(connection, key)
                    await connection.execute(self._sql["forget_quarantine"], *place)
                    await connection.execute(self._sql["begin_again"], *place, projector.version)
                    through = 0
                if through >= goal:
                    return False
                span = history.spans(load_epochs(epochs), through + 1, goal)[0]
                rows = await self._read(connection, key, projector, span)
                await self._project(connection, key, projector, rows)
                reached = rows[-1].seq if len(rows) == limits.PROJECT_ROWS else span.last
                await connection.execute(self._sql["move_on"], *place, reached)
                return bool(reached < goal)

    async def _read(self, connection: Connection, key: Key, projector: Projector, span: Span) -> list[Row]:
        types = list(projector.handlers)
        found = await connection.fetch(
            *(self._sql["get_rows"], *astuple(key), *astuple(span), types, limits.PROJECT_ROWS)
        )
        return [Row(*record) for record in found]

    async def _project(self, connection: Connection, key: Key, projector: Projector, rows: Sequence[Row]) -> None:
        batches: dict[Project, list[Row]] = {}
        for row in rows:
            batches.setdefault(projector.handlers[row.type], []).append(row)
        for project, batch in batches.items():
            if await self._try(connection, key, project, batch) is None:
                continue
            for row in batch:  # one of them is to blame: find it
                reason = await self._try(connection, key, project, [row])
                if reason is not None:
                    log.warning("hub: row %d of %s is in quarantine: %s", row.seq, key, reason)
                    place = (*astuple(key), projector.name, row.epoch, row.seq)
                    await connection.execute(self._sql["quarantine"], *place, reason, self._release)

    async def _try(self, connection: Connection, key: Key, project: Project, rows: Sequence[Row]) -> str | None:
        """Project these rows, or undo it and say why it cannot be done."""
        try:
            async with connection.transaction():
                await project(connection, key, rows)
        except Exception as error:
            if is_passing(error) or isinstance(error, NOT_THE_ROWS_FAULT):
                raise
            return f"{type(error).__name__}: {error}".replace("\0", "")[: limits.TEXT_CHARS]
        return None
