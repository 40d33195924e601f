"""Sync through real servers: rows a second from an appliance's SQLite ledger to committed on the hub.

The ledger is open, as in a shop that sells; it holds sales and their movements of stock. Beside it, in the same
Postgres and in turn with it, plain COPYs of the same rows into the same indexed tables: the least that storing them can
cost. Once until the hub holds the journal (`ratio`), once until head office's tables are filled from it, too, against a
COPY into the journal and each of those tables (`ratio_projected`). `./run bench sync [ROWS]`.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from msgspec.structs import astuple

from edge.app.hub import open_hub, projectors
from edge.backoffice.directives.service.sync_part import SyncSource
from edge.core.clock import SystemClock
from edge.core.journal.rows import read_rows
from edge.counter.till.events import SaleCompleted
from edge.goods.stock.events import Move, StockMoved
from edge.operations.ledger import Ledger
from edge.runtime.config import Config, parse
from sim.broker import Broker
from sim.postgres import Postgres
from sync.hub.migrate import migrate, read
from sync.hub.model import Key
from sync.mqtt import BrokerConfig
from sync.store_link import Journal as AnyJournal
from sync.store_link import StoreLink
from sync.uplink import DeviceIdentity
from sync.wire import COLUMNS, Row
from tests.bench.fill import a_sale, bench_config, fill_sales
from tests.shop_fixture import CONFIG
from tests.sync_doubles import KEY, History, until

ROWS = 100_000
ROUNDS = 5
LIMIT_S = 120.0
POLL_S = 0.01


PROJECTORS = len(projectors())
FILLED = tuple(table.name for one in projectors() for table in one.tables)
TABLES = ", ".join(["journal, device, projection, quarantine", *FILLED])
PLACE = ("tenant", "store", "device")
_COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attname <> 'month' ORDER BY attnum
"""
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


class Box:
    """A shop's ledger, open as while it sells: how sync reads it, its rows, and by what name it goes."""

    def __init__(self, config: Config, ledger: Ledger) -> None:
        header = config.header
        self.key = Key(header.tenant, header.store, header.device)
        self.shop = ledger.shop()
        self.journal = SyncSource(self.shop, config.header, config.ledger)
        self.rows: list[Row] = read_rows(ledger.db, 1, sys.maxsize)


@asynccontextmanager
async def a_box(folder: Path, rows: int) -> AsyncIterator[Box]:
    """A shop that has sold for so many rows: each sale is two, with its movement of stock."""
    config = bench_config(folder)
    ledger = Ledger(config, SystemClock())
    fill_sales(ledger, config, rows // 2)
    box = Box(config, ledger)
    box.shop.start()
    try:
        yield box
    finally:
        box.shop.close()
        ledger.close()


@asynccontextmanager
async def linked(journal: AnyJournal, port: int, key: Key) -> AsyncIterator[StoreLink]:
    """A store's box, as far as sync knows it: connected meanwhile."""
    link = StoreLink(DeviceIdentity(*astuple(key)), journal, BrokerConfig(port=port))
    running = asyncio.create_task(link.run())
    try:
        yield link
    finally:
        running.cancel()
        await asyncio.wait({running})


async def time_sync(box: Box, port: int, done: Callable[[], Awaitable[None]] | None = None) -> float:
    """Seconds from connecting to the last row's ack, or until `done` returns after that."""
    began = time.perf_counter()
    async with linked(box.journal, port, box.key) as link:
        await until(lambda: link.state.through == len(box.rows), "all rows acknowledged", LIMIT_S)
        if done:
            await asyncio.wait_for(done(), LIMIT_S)
        return time.perf_counter() - began


async def time_copy(connection: asyncpg.Connection, box: Box, filled: dict[str, Records] | None = None) -> float:
    """Seconds for a COPY of the journal and of each table in `filled`, committed."""
    place = astuple(box.key)
    began = time.perf_counter()
    async with connection.transaction():
        records = (place + astuple(row) for row in box.rows)
        await connection.copy_records_to_table("journal", records=records, columns=(*PLACE, *COLUMNS))
        for table, (columns, rows) in (filled or {}).items():
            await connection.copy_records_to_table(table, records=rows, columns=columns)
    return time.perf_counter() - began


Records = tuple[list[str], list[tuple[Any, ...]]]
"""The columns of a table, and its rows."""


async def contents(connection: asyncpg.Connection) -> dict[str, Records]:
    """What head office's tables hold: of those that hold anything."""
    found = {}
    for table in FILLED:
        columns = [record["attname"] for record in await connection.fetch(_COLUMNS, table)]
        rows = await connection.fetch(f"SELECT {', '.join(columns)} FROM {table}")
        if rows:
            found[table] = (columns, [tuple(row) for row in rows])
    return found


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
    with tempfile.TemporaryDirectory(prefix="bench-sync-") as name, Broker() as broker, Postgres() as postgres:
        async with a_box(Path(name), rows) as box:
            connection = await asyncpg.connect(postgres.dsn)
            await migrate(connection, read())
            held = await measure_held(box, connection, postgres.dsn, broker.port)
            projected = await measure_projected(box, connection, postgres.dsn, broker.port)
            await connection.close()
    return {**held, **projected, "hub_rss_mb": max(held["hub_rss_mb"], projected["hub_rss_mb"])}


async def measure_held(box: Box, connection: asyncpg.Connection, dsn: str, port: int) -> dict[str, float]:
    """Until the hub holds the journal."""
    rows, synced, copied, uplink_mb = len(box.rows), [], [], 0.0
    async with hub_worker(dsn, port) as pid:
        for round_ in range(ROUNDS + 1):  # the first is to warm up: WAL files, caches, connections
            await emptied(connection)
            copy_s = await time_copy(connection, box)
            await emptied(connection)
            uplink = Grown()
            sync_s = await time_sync(box, port)
            uplink_mb = max(uplink_mb, uplink.mb)
            assert await connection.fetchval("SELECT count(*) FROM history") == rows
            if round_:
                synced.append(sync_s)
                copied.append(copy_s)
                print(f"round {round_}: sync {rows / sync_s:,.0f} rows/s, COPY {rows / copy_s:,.0f} rows/s")
        rss_mb = peak_rss_mb(pid)
    rows_per_s, copy_rows_per_s = (rows / statistics.median(times) for times in (synced, copied))
    return {
        "ratio": round(rows_per_s / copy_rows_per_s, 3),
        "rows_per_s": round(rows_per_s),
        "copy_rows_per_s": round(copy_rows_per_s),
        "hub_rss_mb": round(rss_mb, 1),
        "uplink_mb": round(uplink_mb, 1),
    }


async def measure_projected(box: Box, connection: asyncpg.Connection, dsn: str, port: int) -> dict[str, float]:
    """Until head office's tables are filled, too."""
    rows, filled = len(box.rows), dict[str, Records]()

    async def projected() -> None:
        while not await connection.fetchval(PROJECTED, rows):  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(POLL_S)

    async with open_hub(dsn):  # makes the tables
        pass
    synced, copied, rss_mb = [], [], 0.0
    for round_ in range(ROUNDS + 1):
        await emptied(connection, TABLES)
        copy_s = await time_copy(connection, box, filled)
        await emptied(connection, TABLES)
        async with hub_worker(dsn, port, projecting=True) as pid:
            sync_s = await time_sync(box, port, projected)
            rss_mb = max(rss_mb, peak_rss_mb(pid))
        assert await connection.fetchval("SELECT count(*) FROM sale") == rows // 2
        assert not await connection.fetchval("SELECT count(*) FROM quarantine")
        filled = filled or await contents(connection)
        if round_:
            synced.append(sync_s)
            copied.append(copy_s)
            print(f"round {round_}: projected {rows / sync_s:,.0f} rows/s, COPY {rows / copy_s:,.0f} rows/s")
    rows_per_s, copy_rows_per_s = (rows / statistics.median(times) for times in (synced, copied))
    return {
        "ratio_projected": round(rows_per_s / copy_rows_per_s, 3),
        "projected_rows_per_s": round(rows_per_s),
        "copy_tables_rows_per_s": round(copy_rows_per_s),
        "hub_rss_mb": round(rss_mb, 1),
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Print the figures; the last line is one JSON object."""
    rows = int(arguments[0]) if arguments else ROWS
    print(json.dumps(asyncio.run(measure(rows))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
