"""Sync through real servers, for tests: an edge in this process, hub workers here or as processes to kill."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from msgspec.structs import astuple

from sync.hub.device_queue import NO_ANSWERS, Answer
from sync.hub.model import Key
from sync.hub.projection_runner import Projector
from sync.hub.store import Store, open_store
from sync.hub.worker import Worker
from sync.mqtt import BrokerConfig
from sync.store_link import StoreLink
from sync.uplink import DeviceIdentity, Timeouts
from sync.wire import COLUMNS, Row
from tests.sync_doubles import History, MemoryJournal, until

HURRIED = Timeouts(answer_s=1.0, answer_max_s=2.0, unheard_s=0.2, stopped_s=0.3, stopped_max_s=0.6, pull_s=60.0)
ROWS = f"""
    SELECT {", ".join(COLUMNS)} FROM history AS row WHERE (tenant, store, device) = ($1, $2, $3) AND NOT EXISTS (
        SELECT FROM orphaned_stretch AS gone WHERE gone.tenant = row.tenant AND gone.store = row.store
            AND gone.device = row.device AND gone.epoch = row.epoch AND seq BETWEEN first_seq AND last_seq
    ) ORDER BY seq
"""


@asynccontextmanager
async def background(work: Any) -> AsyncIterator[None]:
    """Run it meanwhile; what it raises, the test raises."""
    task = asyncio.ensure_future(work)
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()
        await asyncio.wait({task})


class Edge:
    """A device with its journal and its link."""

    def __init__(self, history: History, port: int, **broker: Any) -> None:
        self.history = history
        self.journal = MemoryJournal(history)
        who = DeviceIdentity(*astuple(history.key), "1.0")
        self.link = StoreLink(who, self.journal, BrokerConfig(port=port, **broker), patience=HURRIED)

    def synced(self) -> bool:
        head = self.history.head
        return self.journal.position == (head.epoch, head.seq)

    async def all_acknowledged(self, within_s: float = 30.0) -> None:
        await until(self.synced, "all rows acknowledged", within_s)

    async def sell(self, rows: int, at_once: int = 200) -> None:
        """Grow while others work."""
        for _ in range(0, rows, at_once):
            self.journal.append(at_once)
            await asyncio.sleep(0.01)


@asynccontextmanager
async def an_edge(history: History, port: int, **broker: Any) -> AsyncIterator[Edge]:
    edge = Edge(history, port, **broker)
    async with background(edge.link.run()):
        yield edge


@asynccontextmanager
async def a_hub(
    dsn: str,
    port: int,
    projectors: Sequence[Projector] = (),
    answers: Mapping[str, Answer] = NO_ANSWERS,
    **broker: Any,
) -> AsyncIterator[Store]:
    """A worker in this process."""
    async with open_store(dsn) as store:
        worker = Worker(store, BrokerConfig(port=port, **broker), projectors, answers=answers)
        async with background(worker.run()):
            await until(lambda: worker.why == "", "the hub is connected")
            yield store


async def hub_process(dsn: str, port: int) -> asyncio.subprocess.Process:
    """A worker as a process of its own."""
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.hub_worker", dsn, str(port))


async def kill(process: asyncio.subprocess.Process) -> None:
    """SIGKILL, and wait for it."""
    process.kill()
    await process.wait()


async def held(dsn: str, key: Key) -> list[Row]:
    """A device's own history at the hub, row by row, without what restores have left."""
    found = await query(dsn, ROWS, *astuple(key))
    return [Row(*record) for record in found]


async def query(dsn: str, statement: str, *values: Any) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()
