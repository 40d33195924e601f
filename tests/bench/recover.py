"""How long an empty box takes to become the shop again: `./run bench recover [EVENTS]` (1,000,000).

A ledger of that many events goes to a real hub by real sync; then `edge recover`, a process of its own, rebuilds it in
an empty folder over the real broker, and the shop that comes of it sells. Beside it, in the same run, the least that
it can cost: the same rows read from the old ledger and written into a new one, nothing checked and nothing derived.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import astuple

from edge.core.clock import SystemClock
from edge.core.journal.rows import INSERT, EpochStarted, read_head, read_rows, write_header
from edge.core.storage.database import open_reader, open_writer
from edge.core.storage.migrate import migrate
from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from sim.broker import Broker
from sim.postgres import Postgres
from sync.mqtt import BrokerConfig
from sync.store_link import StoreLink
from sync.uplink import DeviceIdentity, Head
from sync.wire import Directive, Epoch, Row
from tests.bench.fill import bench_config, fill_products, fill_sales
from tests.bench.measure import result
from tests.bench.sync import hub_worker
from tests.shop_fixture import CONFIG
from tests.sync_doubles import until

EVENTS = 1_000_000
PRODUCTS = 2_000
LIMIT_S = 1_800.0
SYNC = """
[sync]
host = "127.0.0.1"
port = {port}
tls = false
"""


class LedgerJournal:
    """A ledger that nobody has open, as sync reads it."""

    def __init__(self, config: Config) -> None:
        self.grown = asyncio.Event()
        self._db = open_reader(config.ledger)

    async def head(self) -> Head:
        head = read_head(self._db)
        return Head(head.epoch, head.seq, head.hash)

    async def epochs(self) -> Sequence[Epoch]:
        sql = "SELECT epoch, seq, prev FROM journal WHERE type = ? ORDER BY seq"
        return [Epoch(epoch, seq, 0, 0, prev) for epoch, seq, prev in self._db.execute(sql, (EpochStarted.__name__,))]

    async def read(self, from_seq: int, max_rows: int, max_bytes: int) -> list[Row]:
        return read_rows(self._db, from_seq, max_rows)

    async def hash_at(self, seq: int) -> bytes | None:
        rows = read_rows(self._db, seq, 1)
        return rows[0].hash if rows else None

    async def save_position(self, epoch: int, through: int, hash: bytes) -> None:
        return

    async def applied_version(self) -> int:
        return 0

    async def apply(self, directive: Directive) -> str | None:
        return "nothing is applied here"


def make(config: Config, events: int) -> int:
    """A ledger with so many events, or one more; its head."""
    ledger = Ledger(config, SystemClock())
    fill_products(ledger, PRODUCTS)
    fill_sales(ledger, config, (events - ledger.writer.head.seq) // 2)
    head = ledger.writer.head.seq
    ledger.close()
    return head


async def to_hub(config: Config, port: int, head: int) -> None:
    """All of it, until the hub has acknowledged the last row."""
    header = config.header
    link = StoreLink(
        DeviceIdentity(header.tenant, header.store, header.device), LedgerJournal(config), BrokerConfig(port=port)
    )
    running = asyncio.create_task(link.run())
    try:
        await until(lambda: link.state.through == head, "all rows acknowledged", LIMIT_S)
    finally:
        running.cancel()
        await asyncio.wait({running})


def copy_plain(config: Config, folder: Path) -> float:
    """Seconds for the same rows into another database, and nothing else."""
    source, target = open_reader(config.ledger), open_writer(folder / "plain.db")
    migrate(target)
    write_header(target, config.header, 0)
    began, at = time.perf_counter(), 1
    while rows := read_rows(source, at, 1_000):
        target.execute("BEGIN")
        target.executemany(INSERT, [astuple(row) for row in rows])
        target.execute("COMMIT")
        at = rows[-1].seq + 1
    took_s = time.perf_counter() - began
    source.close()
    target.close()
    return took_s


def command(folder: Path, *words: str) -> tuple[str, float, float]:
    """A command of the command line: what it said, its seconds, and the most memory it had (MiB)."""
    began = time.perf_counter()
    read, write = os.pipe()
    argv = [sys.executable, "-m", "edge", "--config", str(folder / "config.toml"), *words]
    pid = os.posix_spawn(sys.executable, argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)])
    os.close(write)
    with os.fdopen(read) as pipe:
        said = pipe.read()
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, said
    return said, time.perf_counter() - began, usage.ru_maxrss / 1024


async def measure(folder: Path, events: int) -> dict[str, float]:
    old = bench_config(folder / "old", CONFIG)
    head = await asyncio.to_thread(make, old, events)
    print(f"a ledger of {head:,} events, {old.ledger.stat().st_size / 2**20:,.0f} MiB")
    with Broker() as broker, Postgres() as postgres:
        async with hub_worker(postgres.dsn, broker.port):
            began = time.perf_counter()
            await to_hub(old, broker.port, head)
            print(f"the hub holds it, in {time.perf_counter() - began:.0f} s")
            new = folder / "new"
            new.mkdir()
            (new / "config.toml").write_text(CONFIG + SYNC.format(port=broker.port))
            said, recover_s, rss_mb = await asyncio.to_thread(command, new, "recover")
            print(said)
    fetch_s = float(re.findall(r"\(([0-9.]+) s of it", said)[0])
    _, verify_s, _ = await asyncio.to_thread(command, new, "verify")
    plain_s = await asyncio.to_thread(copy_plain, old, folder)
    return {
        "recover_s": round(recover_s, 1),
        "fetch_s": fetch_s,
        "rows_per_s": round(head / recover_s),
        "ratio": round(plain_s / recover_s, 3),
        "rss_mb": round(rss_mb),
        "verify_s": round(verify_s, 1),
        "events": head,
    }


def main(argv: Sequence[str] = ()) -> int:
    events = int(argv[0]) if argv else EVENTS
    with tempfile.TemporaryDirectory(prefix="edge-bench-") as folder:
        result(**asyncio.run(measure(Path(folder), events)))
    return 0
