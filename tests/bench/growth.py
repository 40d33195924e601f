"""What years do to a ledger: `./run bench growth [EVENTS]` (400,000; sales of eight lines, two events each).

Bytes a sale in the ledger and in the archive, how long archiving, backups and verifications take, how long one
archived fact takes to read, and the turns of the writer in which archived facts leave the ledger.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from edge.core import ids
from edge.core.clock import SystemClock
from edge.core.journal import archive
from edge.core.journal.projections import rebuild_stale
from edge.core.journal.rows import INSERT, read_rows
from edge.core.journal.verify import verify
from edge.core.secrets import keys
from edge.core.storage.database import open_reader, open_writer
from edge.goods.stock.events import Move, StockMoved
from edge.operations.ledger import Ledger, build_registry
from edge.operations.maintenance import archive as archiving
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.restoring import restore
from edge.runtime.config import Config
from sync.wire import row_hash
from tests.bench.fill import a_sale, bench_config, fill_products
from tests.bench.measure import percentile, result
from tests.shop_fixture import CONFIG

EVENTS = 400_000
READS = 200
PRODUCTS = 2_000
A_COMMIT = 1_000
PIECES = (1, 1, 1, 1, 1, 2, 2, 3, 4, 6)
YEAR_US = 365 * 86_400_000_000
LATER_US = 500 * 86_400_000_000
BACKUP = '\n[backup]\nfolder = "{}"\nsame_disk = true\n'
T = TypeVar("T")


def live(config: Config, events: int, years: int = 0) -> int:
    """A ledger with sales that differ as real ones do, written in bulk with a chain that holds; its head. `years`: the
    sales are of so many, up to now; 0: of one day."""
    ledger = Ledger(config, SystemClock())
    fill_products(ledger, PRODUCTS)
    chance, head, boot = random.Random(8), ledger.writer.head, ledger.clock.read().boot_id
    base, prev, seq = a_sale(config, 1, 1), head.hash, head.seq
    step_us = years * YEAR_US * 2 // events or 1_000_000
    at_us, day = ledger.clock.read().at_us - events // 2 * step_us, "2026-01-01"
    while seq < events:
        rows = []
        for _ in range(A_COMMIT):
            at_us += step_us
            day = datetime.fromtimestamp(at_us / 1e6, UTC).date().isoformat() if years else day
            asked, id = chance.randbytes(32), ids.command_id(at_us, chance.randbytes(10))
            sale = a_sale(config, chance.randrange(10**6), at_us)
            lines = tuple(msgspec.structs.replace(line, quantity=1000 * chance.choice(PIECES)) for line in sale.lines)
            sale = msgspec.structs.replace(base, number=seq + 1, lines=lines, opened_us=at_us)
            moved = StockMoved("sale", tuple(Move(line.sku, -line.quantity) for line in lines))
            for command_id, event in ((id, sale), (ids.child_id(id, 0), moved)):
                seq += 1
                values = (
                    *(1, seq, command_id, 0, asked, str(chance.randrange(1, 4)), "cashier", "cashier", day),
                    *(at_us, at_us, boot, "ok", type(event).__name__, event.version, msgspec.json.encode(event), prev),
                )
                prev = row_hash(*values)
                rows.append((*values, prev))
        ledger.db.execute("BEGIN")
        ledger.db.executemany(INSERT, rows)
        ledger.db.execute("COMMIT")
    ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ledger.close()
    return seq


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    given = work()
    return time.perf_counter() - began, given


def verified(config: Config, deep: bool = False) -> float:
    """Seconds of a verification that finds nothing."""
    db = open_reader(config.ledger)
    took_s, report = timed(lambda: verify(db, build_registry(config), deep))
    db.close()
    assert report.faults == (), report.faults[0]
    return took_s


def derived(config: Config, head: int) -> float:
    """Seconds for making all strict tables from the journal, which was written in bulk; the hub holds all of it."""
    db = open_writer(config.ledger)
    db.execute("INSERT INTO sync_position SELECT 1, epoch, seq, hash FROM journal WHERE seq = ?", (head,))
    db.execute("UPDATE projection SET version = -1")
    took_s, _ = timed(lambda: rebuild_stale(db, build_registry(config)))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return took_s


def take_over(config: Config) -> tuple[list[float], list[float]]:
    """Seconds of each turn of the writer in which archived facts leave the ledger: on the clock, and of work (what
    others on the machine take from it is on the clock alone)."""
    ledger = Ledger(config, SystemClock())
    turns: list[float] = []
    worked: list[float] = []
    ledger.db.execute("PRAGMA wal_autocheckpoint = 1000")  # a shop's checkpointer has a thread of its own
    for segment in archiving.waiting(ledger.db):
        archiving.enter(ledger.db, segment)
    more = True
    while more:
        ledger.db.execute("BEGIN IMMEDIATE")
        began_s = time.thread_time()
        took_s, more = timed(lambda: archiving.take_out(ledger.db))
        worked.append(time.thread_time() - began_s)
        ledger.db.execute("COMMIT")
        turns.append(took_s)
    ledger.close()
    return turns, worked


def used_bytes(config: Config) -> int:
    """Bytes of the ledger that are in use: room that was given back is used again before the file grows."""
    db = open_reader(config.ledger)
    pages, free, size = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    db.close()
    return int((pages - free) * size)


def main(argv: Sequence[str] = ()) -> int:
    events = int(argv[0]) if argv else EVENTS
    with tempfile.TemporaryDirectory(prefix="edge-bench-") as name:
        folder = Path(name)
        config = bench_config(folder, CONFIG + BACKUP.format(folder / "backups"))
        head = live(config, events)
        rebuild_s = derived(config, head)
        sales = head / 2
        in_use = used_bytes(config)
        print(f"{head:,} events: {in_use / sales:,.0f} bytes a sale in the ledger", flush=True)
        whole_s = verified(config)
        print(f"verified in {whole_s:.0f} s", flush=True)
        now_us = SystemClock().read().at_us
        backup_s, found = timed(lambda: backup.make(config, now_us))
        size = found.path.stat().st_size
        secret = keys.stored_or_made(config.folder)
        drill_s, _ = timed(lambda: restore.drill(config, found, secret, now_us))
        print(
            f"backup in {backup_s:.0f} s, {size / sales:,.0f} bytes a sale; restored and verified in {drill_s:.0f} s",
            flush=True,
        )
        archive_s, made = timed(lambda: archiving.make(config, now_us + LATER_US))
        packed = sum(segment.bytes for segment in made)
        last = made[-1].last
        print(f"{len(made)} files to #{last} in {archive_s:.0f} s, {packed / last * 2:,.0f} bytes a sale", flush=True)
        turns, worked = take_over(config)
        db = open_reader(config.ledger)
        reads = [timed(lambda at=at: read_rows(db, at, 1))[0] for at in range(1, last, max(1, last // READS))]
        (base,) = (path.stat().st_size for path in archive.folder_of(db).glob("base-*"))
        db.close()
        assert msgspec.structs.astuple(made[0])[1] == 1
        result(
            bytes_a_sale=round(in_use / sales),
            archive_bytes_a_sale=round(packed / last * 2),
            left_bytes_a_sale=round((used_bytes(config) - in_use * (head - last) / head) / (last / 2)),
            backup_bytes_a_sale=round(size / sales),
            base_mb=base / 2**20,
            rebuild_s=rebuild_s,
            verify_s=whole_s,
            verify_checkpoint_s=verified(config),
            verify_deep_s=verified(config, deep=True),
            archive_s=archive_s,
            backup_s=backup_s,
            drill_s=drill_s,
            turn_p50_ms=percentile(turns, 0.5) * 1000,
            turn_p99_ms=percentile(turns, 0.99) * 1000,
            turn_work_p99_ms=percentile(worked, 0.99) * 1000,
            read_p50_ms=percentile(reads, 0.5) * 1000,
            read_p99_ms=percentile(reads, 0.99) * 1000,
            events=head,
        )
    return 0
