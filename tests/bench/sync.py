"""Sync through real servers: rows a second from an edge's journal to committed on the hub.

Beside it, in the same Postgres and in turn with it, one plain COPY of the same rows into the same
indexed table: the least that storing them can cost. Then the same with what head office reads: real
sales, until the last is in the hub's tables of sales and stock. `./run bench sync [ROWS]`.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec
from msgspec.structs import astuple

from edge.config import parse
from edge.hub import open_hub, projectors
from edge.stock.events import Move, StockMoved
from edge.till.events import SaleCompleted
from sim.broker import Broker
from sim.postgres import Postgres
from sync.edge_shell import StoreLink
from sync.hub.machine import Key
from sync.hub.migrate import migrate, read
from sync.mqtt import BrokerConfig
from sync.uplink import Who
from sync.wire import COLUMNS
from tests.bench.fill import a_sale
from tests.house import CONFIG
from tests.wires import KEY, History, MemoryJournal, until

ROWS = 100_000
ROUNDS = 5
LIMIT_S = 120.0
POLL_S = 0.01


PROJECTORS = len(projectors())
TABLES = ", ".join(["journal, device, projection, quarantine", *(name for one in projectors() for name in one.tables)])
PROJECTED = f"SELECT count(*) = {PROJECTORS} AND min(through) = $1 FROM projection"


@asynccontextmanager
async def hub_worker(dsn: str, port: int, *, projecting: bool = False) -> AsyncIterator[int]:
    """A hub worker in a process of its own; its process id."""
    plain = ("tests.hub_worker", dsn, str(port))
    whole = ("edge", "hub", "--no-tls", "--database", dsn, "--broker", f"127.0.0.1:{port}")
    command = (sys.executable, "-m", *(whole if projecting else plain))
    process = await asyncio.create_subprocess_exec(*command)
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def real_sales(rows: int, key: Key = KEY) -> History:
    """A journal of sales and their stock movements, as the till writes them."""
    history = History(key)
    config = parse(CONFIG, Path("config.toml"))
    moved = StockMoved("sale", tuple(Move(line.sku, -line.quantity) for line in a_sale(config, 1, 1).lines))
    moves, base = msgspec.json.encode(moved), a_sale(config, 1, 1)
    for number in range(1, (rows - 1) // 2 + 1):
        sale = msgspec.structs.replace(base, number=number)
        history.append(type=SaleCompleted.__name__, body=msgspec.json.encode(sale), version=SaleCompleted.version)
        history.append(type=StockMoved.__name__, body=moves, version=StockMoved.version)
    return history


async def emptied(connection: asyncpg.Connection, tables: str = "journal, device") -> None:
    """Both begin with empty tables and a fresh checkpoint."""
    await connection.execute(f"TRUNCATE {tables}")
    await connection.execute("CHECKPOINT")


@asynccontextmanager
async def linked(journal: MemoryJournal, port: int) -> AsyncIterator[StoreLink]:
    """A store's box, as far as sync knows it: connected meanwhile."""
    link = StoreLink(Who(*astuple(journal.history.key)), journal, BrokerConfig(port=port))
    running = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        running.cancel()
        await asyncio.wait({running})


async def time_sync(history: History, port: int, done: Callable[[], Awaitable[None]] | None = None) -> float:
    """Seconds from connecting to the last row's ack, or until `done` returns after that."""
    began = time.perf_counter()
    async with linked(MemoryJournal(history), port) as link:
        await until(lambda: link.state.through == history.head.seq, "all rows acknowledged", LIMIT_S)
        if done:
            await asyncio.wait_for(done(), LIMIT_S)
        return time.perf_counter() - began


async def time_copy(history: History, connection: asyncpg.Connection) -> float:
    """Seconds for one COPY, committed."""
    place = astuple(KEY)
    began = time.perf_counter()
    records = (place + astuple(row) for row in history.rows)
    await connection.copy_records_to_table("journal", records=records, columns=("tenant", "store", "device", *COLUMNS))
    return time.perf_counter() - began


def peak_rss_mb(pid: int, field: str = "VmHWM") -> float:
    """The most memory the process has had (proc(5), VmHWM), or has now (VmRSS)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"this kernel does not say {field}")


class Grown:
    """How much memory this process takes more at its peak, from now on (proc(5), clear_refs)."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")
        self._began_mb = peak_rss_mb(os.getpid(), "VmRSS")

    @property
    def mb(self) -> float:
        return peak_rss_mb(os.getpid()) - self._began_mb


async def measure(rows: int) -> dict[str, float]:
    """The figures; see the module."""
    history = History()
    history.append(rows - 1)
    synced, copied, uplink_mb = [], [], 0.0
    with Broker() as broker, Postgres() as postgres:
        connection = await asyncpg.connect(postgres.dsn)
        await migrate(connection, read())
        async with hub_worker(postgres.dsn, broker.port) as pid:
            for round_ in range(ROUNDS + 1):  # the first is to warm up: WAL files, caches, connections
                await emptied(connection)
                copy_s = await time_copy(history, connection)
                await emptied(connection)
                uplink = Grown()
                sync_s = await time_sync(history, broker.port)
                uplink_mb = max(uplink_mb, uplink.mb)
                assert await connection.fetchval("SELECT count(*) FROM history") == rows
                if round_:
                    synced.append(sync_s)
                    copied.append(copy_s)
                    print(f"round {round_}: sync {rows / sync_s:,.0f} rows/s, COPY {rows / copy_s:,.0f} rows/s")
            rss_mb = peak_rss_mb(pid)
        projected, projecting_mb = await measure_projected(rows, connection, postgres.dsn, broker.port)
        await connection.close()
    rows_per_s, copy_rows_per_s = (rows / statistics.median(times) for times in (synced, copied))
    return {
        "ratio": round(rows_per_s / copy_rows_per_s, 3),
        "ratio_projected": round(projected, 3),
        "rows_per_s": round(rows_per_s),
        "copy_rows_per_s": round(copy_rows_per_s),
        "hub_rss_mb": round(max(rss_mb, projecting_mb), 1),
        "uplink_mb": round(uplink_mb, 1),
    }


async def measure_projected(rows: int, connection: asyncpg.Connection, dsn: str, port: int) -> tuple[float, float]:
    """The same ratio for real sales, until they are in the hub's tables; and the hub's memory at its peak, in MB."""
    history = real_sales(rows)

    async def projected() -> None:
        while not await connection.fetchval(PROJECTED, history.head.seq):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(POLL_S)

    async with open_hub(dsn):  # makes the tables
        pass
    ratios, rss_mb = [], 0.0
    for round_ in range(ROUNDS + 1):
        await emptied(connection, TABLES)
        copy_s = await time_copy(history, connection)
        await emptied(connection, TABLES)
        async with hub_worker(dsn, port, projecting=True) as pid:
            sync_s = await time_sync(history, port, projected)
            rss_mb = max(rss_mb, peak_rss_mb(pid))
        assert await connection.fetchval("SELECT count(*) FROM sale") == len(history.rows) // 2
        assert not await connection.fetchval("SELECT count(*) FROM quarantine")
        if round_:
            ratios.append(copy_s / sync_s)
            print(f"round {round_}: projected {rows / sync_s:,.0f} rows/s, COPY {rows / copy_s:,.0f} rows/s")
    return statistics.median(ratios), rss_mb


def main(arguments: Sequence[str] = ()) -> int:
    """Print the figures; the last line is one JSON object."""
    rows = int(arguments[0]) if arguments else ROWS
    print(json.dumps(asyncio.run(measure(rows))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
