"""Sync through real servers: rows a second from an edge's journal to committed on the hub.

Beside it, in the same Postgres and in turn with it, one plain COPY of the same rows into the same
indexed table: the least that storing them can cost. `python -m tests.bench.sync [ROWS]`.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from msgspec.structs import astuple

from sim.broker import Broker
from sim.postgres import Postgres
from sync.edge_shell import StoreLink
from sync.hub.migrate import migrate, read
from sync.mqtt import BrokerConfig
from sync.uplink import Who
from sync.wire import COLUMNS
from tests.wires import KEY, History, MemoryJournal, until

ROWS = 100_000
ROUNDS = 5
LIMIT_S = 120.0


@asynccontextmanager
async def hub_worker(dsn: str, port: int) -> AsyncIterator[int]:
    """A hub worker in a process of its own; its process id."""
    command = (sys.executable, "-m", "tests.hub_worker", dsn, str(port))
    process = await asyncio.create_subprocess_exec(*command)
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


async def emptied(connection: asyncpg.Connection) -> None:
    """Both begin with empty tables and a fresh checkpoint."""
    await connection.execute("TRUNCATE journal, device")
    await connection.execute("CHECKPOINT")


async def time_sync(history: History, port: int) -> float:
    """Seconds from connecting to the last row's ack."""
    journal = MemoryJournal(history)
    link = StoreLink(Who(*astuple(KEY)), journal, BrokerConfig(port=port))
    began = time.perf_counter()
    running = asyncio.create_task(link.run())
    try:
        await until(lambda: link.state.through == history.head.seq, "all rows acknowledged", LIMIT_S)
        return time.perf_counter() - began
    finally:
        running.cancel()
        await asyncio.wait({running})


async def time_copy(history: History, connection: asyncpg.Connection) -> float:
    """Seconds for one COPY, committed."""
    place = astuple(KEY)
    began = time.perf_counter()
    records = (place + astuple(row) for row in history.rows)
    await connection.copy_records_to_table("journal", records=records, columns=("tenant", "store", "device", *COLUMNS))
    return time.perf_counter() - began


def peak_rss_mb(pid: int) -> float:
    """The most memory the process has had (proc(5), VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError("this kernel does not say VmHWM")


async def measure(rows: int) -> dict[str, float]:
    """The figures; see the module."""
    history = History()
    history.append(rows - 1)
    synced, copied = [], []
    with Broker() as broker, Postgres() as postgres:
        connection = await asyncpg.connect(postgres.dsn)
        await migrate(connection, read())
        async with hub_worker(postgres.dsn, broker.port) as pid:
            for round_ in range(ROUNDS + 1):  # the first is to warm up: WAL files, caches, connections
                await emptied(connection)
                copy_s = await time_copy(history, connection)
                await emptied(connection)
                sync_s = await time_sync(history, broker.port)
                assert await connection.fetchval("SELECT count(*) FROM history") == rows
                if round_:
                    synced.append(sync_s)
                    copied.append(copy_s)
                    print(f"round {round_}: sync {rows / sync_s:,.0f} rows/s, COPY {rows / copy_s:,.0f} rows/s")
            rss_mb = peak_rss_mb(pid)
        await connection.close()
    rows_per_s, copy_rows_per_s = (rows / statistics.median(times) for times in (synced, copied))
    return {
        "ratio": round(rows_per_s / copy_rows_per_s, 3),
        "rows_per_s": round(rows_per_s),
        "copy_rows_per_s": round(copy_rows_per_s),
        "hub_rss_mb": round(rss_mb, 1),
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Print the figures; the last line is one JSON object."""
    rows = int(arguments[0]) if arguments else ROWS
    print(json.dumps(asyncio.run(measure(rows))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
