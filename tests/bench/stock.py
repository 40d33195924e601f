"""`bench stock`: goods received through the door, and reads of the stock of a large shop with years of movements.

`ratio`: movements a second of one person on a disk whose commit takes 2 ms, over a plain loop that writes the same rows
with the same commits, in turn; `ratio_raw`: on this disk.
`read_ms`: the 95th percentile of on-hand of one product; `page_p95_ms`: of a page of the list, by place and status,
and of movements. (A text is looked up by the search, whose bench is its own.) `till_ratio`: p99 from scan to line while
10,000 counted lines are posted, over that of an idle shop.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from edge.core.bus import Bus
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.storage.database import Connection, blob, open_reader, open_writer
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.moving.movements import list_movements
from edge.goods.stock.queries import list_stock, low_stock, read_item, read_stock
from edge.operations.ledger import Ledger
from tests.bench.disturbed import disturbed_by_counts
from tests.bench.fill import bench_config, fill_products, product
from tests.bench.measure import median_ratio, percentile, result
from tests.bench.slow_disk import BenchWriter, slowed
from tests.shop_fixture import SYSTEM

ROUNDS = 5
SKUS = 50
SAME = ("stock", "stock_row", "stock_receipt", "stock_average_day")
"""What a movement writes beside the journal."""
PLACE = '{"kind": "storage", "parent": "", "names": {}}'
LEVELS = '{"par": 90000, "reorder": 30000, "quantity": 0, "maximum": 0}'
_STOCK = """
    INSERT INTO stock VALUES (?, ?, ?, 1)
    ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + excluded.on_hand, average_micro = excluded.average_micro
"""
_ROW = """
    INSERT INTO stock_row VALUES (?, 'main', '', '', ?, 0, 0, ?)
    ON CONFLICT (sku, location, lot, expiry) DO UPDATE SET quantity = quantity + excluded.quantity
"""
_RECEIPT = "INSERT INTO stock_receipt VALUES (?, ?, ?, ?, '', 1000, 90, 0, 'main', '', '', '')"
_AVERAGE_DAY = "INSERT INTO stock_average_day VALUES (?, ?, ?)"
_MOVEMENT = "INSERT INTO stock_movement VALUES (?, ?, 0, ?, 0, ?, '', ?, 0, 0, 'main', '', '', 'x', '', '', NULL, ?)"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench stock")
    parser.add_argument("--products", type=int, default=60_000)
    parser.add_argument("--movements", type=int, default=2_000_000)
    parser.add_argument("--moves", type=int, default=400)
    parser.add_argument("--scans", type=int, default=400, help="at a till, idle and while counts are posted")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-stock-") as name:
        ratio = asyncio.run(_ratio(Path(name) / "slow", args.moves, True))
        ratio_raw = asyncio.run(_ratio(Path(name) / "raw", args.moves, False))
        ledger = Ledger(bench_config(Path(name) / "large"))
        fill_products(ledger, args.products)
        _fill(ledger.db, args.products, args.movements)
        path = ledger.path
        ledger.close()
        read_ms, page_ms = _reads(open_reader(path), args.products)
        till = Path(name) / "till"
        till.mkdir()
        idle_ms, busy_ms, counted = asyncio.run(disturbed_by_counts(till, args.scans, args.products))
    print(f"a movement: {ratio:.2f} of a bare loop, {ratio_raw:.2f} on this disk")
    print(f"one product {read_ms:.2f} ms, a page {page_ms:.1f} ms")
    print(f"a till: p99 {idle_ms:.1f} ms idle, {busy_ms:.1f} ms while {counted} of 10,000 counts were posted")
    result(ratio=ratio, ratio_raw=ratio_raw, read_ms=read_ms, page_p95_ms=page_ms, till_ratio=busy_ms / idle_ms)
    return 0


async def _ratio(folder: Path, moves: int, slow: bool) -> float:
    """The median over rounds of (seconds of the loop) / (seconds of the door)."""
    door, bare = [], []
    for number in range(ROUNDS):
        config = bench_config(folder / f"door{number}")
        ledger = Ledger(config)
        fill_products(ledger, SKUS)
        writer = BenchWriter(ledger.db, ledger.registry, ledger.clock, config.store.zone, config.day_turns_at_min)
        writer.slow = slow
        head = writer.head.seq
        shop = CommandBus(ledger.path, ledger.registry, ledger.clock, writer, Bus())
        shop.start()
        began = time.perf_counter()
        for at in range(moves):
            outcome = await shop.do(RecordMovement(f"sku{at % SKUS}", "in", units=1000, unit_cost_minor=90), SYSTEM)
            assert isinstance(outcome, Done), outcome
        door.append(time.perf_counter() - began)
        rows = ledger.db.execute("SELECT * FROM journal WHERE seq > ? ORDER BY seq", (head,)).fetchall()
        expected = _written(ledger.db)
        shop.close()
        ledger.close()
        bare.append(_bare(folder / f"bare{number}", rows, expected, slow))
    return median_ratio(bare, door)


def _bare(folder: Path, rows: list[tuple[Any, ...]], expected: list[list[tuple[Any, ...]]], slow: bool) -> float:
    """Seconds of a plain loop that writes what the door wrote."""
    config = bench_config(folder)
    ledger = Ledger(config)
    fill_products(ledger, SKUS)
    ledger.close()
    db = open_writer(config.ledger)
    names = [column[1] for column in db.execute("PRAGMA table_info(journal)")]
    seq, day, at_us = (names.index(name) for name in ("seq", "business_date", "at_us"))
    journal = f"INSERT INTO journal VALUES ({', '.join('?' * len(names))})"
    began = time.perf_counter()
    for at, row in enumerate(rows):
        sku = f"sku{at % SKUS}"
        db.execute("BEGIN IMMEDIATE")
        db.execute(journal, [blob(value) if isinstance(value, bytes) else value for value in row])
        db.execute(_STOCK, (sku, 1000, 90_000_000))
        db.execute(_ROW, (sku, 1000, row[seq]))
        db.execute(_RECEIPT, (sku, row[seq], row[day], row[at_us]))
        if at < SKUS:
            db.execute(_AVERAGE_DAY, (sku, row[day], 90_000_000))
        slowed(lambda: db.execute("COMMIT"), slow)
    seconds = time.perf_counter() - began
    assert _written(db) == expected
    db.close()
    return seconds


def _written(db: Connection) -> list[list[tuple[Any, ...]]]:
    return [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in SAME]


def _fill(db: Connection, products: int, movements: int) -> None:
    """Rows of years of selling, straight into the tables: what is read does not ask who wrote them."""
    db.execute("BEGIN")
    each = max(1, movements // products)

    def moved() -> Iterator[tuple[object, ...]]:
        for number in range(products):
            sku = product(number).sku
            for at in range(each):
                seq = 1_000_000 + at * products + number
                day = f"2026-{1 + at % 12:02d}-{1 + at % 28:02d}"
                yield (sku, seq, day, "sale" if at % 9 else "received", -1000 if at % 9 else 8000, 1000 * at)

    db.executemany(_MOVEMENT, moved())
    db.executemany(_STOCK, ((product(n).sku, 1000 * (n % 90), 90_000_000) for n in range(products)))
    db.executemany(_ROW, ((product(n).sku, 1000 * (n % 90), n) for n in range(products)))
    for place, every in (("storage", 3), ("rooftop", 40)):
        db.execute("INSERT INTO stock_location (id, body, seq) VALUES (?, ?, 0)", (place, PLACE))
        rows = ((product(n).sku, place, n % 50) for n in range(0, products, every))
        db.executemany("INSERT INTO stock_row VALUES (?, ?, '', '', ?, 0, 0, 1)", rows)
    low = ((product(n).sku, LEVELS, "low" if n % 5 else "critical") for n in range(0, products, 50))
    db.executemany("INSERT INTO stock_level (sku, location, body, status, seq) VALUES (?, 'main', ?, ?, 0)", low)
    db.execute("COMMIT")


def _reads(db: Connection, products: int) -> tuple[float, float]:
    chance = random.Random(1)

    def sku() -> str:
        return product(chance.randrange(products)).sku

    def timed(read: Callable[[], object], times: int) -> list[float]:
        spent = []
        for _ in range(times):
            began = time.perf_counter()
            read()
            spent.append((time.perf_counter() - began) * 1000)
        return spent

    one = timed(lambda: (read_stock(db, sku()), read_item(db, sku())), 500)
    pages = (
        lambda: list_stock(db, after=sku()),
        lambda: list_stock(db, location="storage", after=sku()),
        lambda: list_stock(db, location="rooftop"),
        lambda: list_stock(db, status="low"),
        lambda: list_movements(db, sku()),
        lambda: list_movements(db),
        lambda: list_movements(db, type="waste", sku=sku()),
    )
    spent = []
    for page in pages:
        times = timed(page, 25)
        print(f"  a page: {percentile(times, 0.95):.1f} ms")
        spent += times
    print(f"  all that runs low: {percentile(timed(lambda: low_stock(db), 5), 0.95):.1f} ms")
    return percentile(one, 0.95), percentile(spent, 0.95)
