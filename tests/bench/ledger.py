"""`bench ledger`: a sale of eight lines through the door, against a loop that writes the same rows by hand.

The sale is a basket of eight lines that is paid in cash: the command `Pay`, which writes two journal rows, a receipt,
eight stock rows and where they lie, two print jobs and the basket. What is summed of it (the register since its last Z,
its drawer, its day), and by which it is found again (the paper, its products), follows in turns of many sales.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from edge.core.bus import Bus
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.journal.rows import read_head
from edge.core.messages import Done
from edge.core.storage.database import open_writer
from edge.counter.basket.basket import Basket
from edge.counter.reports.queries import BEHIND
from edge.counter.till.commands import Pay
from edge.counter.till.sale_effects import _SAVE, _encode
from edge.foundation.access.rights import anonymous_actor
from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from tests.bench.fill import STOCK, STOCK_ROW, a_sale, bench_config, fill_products, fill_sales
from tests.bench.measure import median_ratio, result
from tests.bench.slow_disk import BenchWriter, slowed

FOLLOWS = (*BEHIND, "periods", "drawers")
"""What follows of a sale that is not done with it, but read as if it were."""


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench ledger")
    parser.add_argument("--sales", type=int, default=600, help="sales a run")
    parser.add_argument("--pairs", type=int, default=5, help="runs of each side, in turn")
    parser.add_argument("--behind", type=int, default=1_000_000, help="sales in the journal for `flat`")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="edge-bench-") as name:
        return asyncio.run(_bench(Path(name), args))


async def _bench(folder: Path, args: argparse.Namespace) -> int:
    sales, pairs = args.sales, args.pairs
    figures: dict[str, list[float]] = {
        key: [] for key in ("door", "bare", "door_raw", "bare_raw", "tills32", "cpu", "behind")
    }
    for pair in range(pairs):
        for slow, suffix in ((True, ""), (False, "_raw")):
            place = folder / f"{pair}{suffix}"
            seconds, cpu, behind, rows = await _door(place, sales, 1, slow)
            figures[f"door{suffix}"].append(sales / seconds)
            if not slow:
                figures["cpu"].append(cpu / sales * 1e6)
                figures["behind"].append(behind / sales * 1e6)
            figures[f"bare{suffix}"].append(sales / _bare(place, rows, slow))
        seconds, _, _, _ = await _door(folder / f"{pair}-32", sales * 4, 32, True)
        figures["tills32"].append(sales * 4 / seconds)
        newest = ", ".join(f"{key} {values[-1]:.0f}" for key, values in figures.items())
        print(f"pair {pair + 1}: {newest}", flush=True)
    flat = await _flat(folder / "flat", args.behind)
    result(
        ratio=median_ratio(figures["door"], figures["bare"]),
        ratio_raw=median_ratio(figures["door_raw"], figures["bare_raw"]),
        door_us=statistics.median(figures["cpu"]),
        behind_us=statistics.median(figures["behind"]),
        tills32=median_ratio(figures["tills32"], figures["door"]),
        flat=flat,
        sales_per_s=statistics.median(figures["door"]),
        sales_per_s_32=statistics.median(figures["tills32"]),
    )
    return 0


def _open(config: Config) -> tuple[Ledger, BenchWriter]:
    ledger = Ledger(config)
    writer = BenchWriter(ledger.db, ledger.registry, ledger.clock, config.store.zone, config.day_turns_at_min)
    return ledger, writer


def _baskets(ledger: Ledger, config: Config, registers: list[str]) -> None:
    """A basket of eight lines on every counter."""
    ledger.db.execute("BEGIN")
    for number, register in enumerate(registers):
        basket = Basket(register, 9, 1, 8, a_sale(config, number, 1).lines)
        ledger.db.execute(_SAVE, (register, basket.revision, _encode(basket)))
    ledger.db.execute("COMMIT")


async def _door(folder: Path, sales: int, tills: int, slow: bool) -> tuple[float, float, float, dict[str, Any]]:
    """Seconds and CPU seconds of `sales` payments at `tills` tills, CPU seconds of what follows of them, and the
    rows they left."""
    config = bench_config(folder)
    ledger, writer = _open(config)
    registers = [f"r{number}" for number in range(sales)]
    _baskets(ledger, config, registers)
    first = read_head(ledger.db).seq + 1
    writer.slow = slow
    shop = CommandBus(ledger.path, ledger.registry, ledger.clock, writer, Bus())
    shop.start()

    async def till(mine: list[str]) -> None:
        for register in mine:
            outcome = await shop.do(Pay("cash"), anonymous_actor(register))
            assert isinstance(outcome, Done) and outcome.events, outcome

    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(till(registers[number::tills]) for number in range(tills)))
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    rows = _rows(ledger, first)
    began = time.process_time()
    await caught_up(shop, *FOLLOWS)
    behind = time.process_time() - began
    shop.close()
    ledger.close()
    return seconds, cpu, behind, rows


def _rows(ledger: Ledger, first: int) -> dict[str, Any]:
    """What the sales left, as the values that a loop by hand needs: one entry a sale."""
    db = ledger.db
    return {
        "journal": db.execute("SELECT * FROM journal WHERE seq >= ? ORDER BY seq", (first,)).fetchall(),
        "receipt": db.execute("SELECT * FROM receipt ORDER BY seq").fetchall(),
        "print_job": db.execute("SELECT * FROM print_job ORDER BY id").fetchall(),
        "basket": dict(db.execute("SELECT register, body FROM open_basket").fetchall()),
        "stock": db.execute("SELECT * FROM stock").fetchall(),
    }


def _insert(table: str, row: Any) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})"


def _bare(folder: Path, rows: dict[str, Any], slow: bool) -> float:
    """Seconds of a plain loop that writes the same rows to the same tables with the same commits."""
    place = folder.with_name(folder.name + "-bare")
    config = bench_config(place)
    ledger, _ = _open(config)
    registers = [row[0] for row in rows["receipt"]]
    _baskets(ledger, config, registers)
    ledger.close()
    db = open_writer(config.ledger)
    journal, jobs = rows["journal"], rows["print_job"]
    journal_sql, job_sql = _insert("journal", journal[0]), _insert("print_job", jobs[0])
    receipt_sql = _insert("receipt", rows["receipt"][0])
    skus = [[line.sku for line in a_sale(config, number, 1).lines] for number in range(len(registers))]
    began = time.perf_counter()
    for number, receipt in enumerate(rows["receipt"]):
        db.execute("BEGIN IMMEDIATE")
        db.execute(journal_sql, journal[2 * number])
        db.execute(receipt_sql, receipt)
        db.execute(journal_sql, journal[2 * number + 1])
        for sku in skus[number]:
            db.execute(STOCK, (sku, -1000))
            db.execute(STOCK_ROW, (sku, -1000))
        db.execute(job_sql, jobs[2 * number])
        db.execute(job_sql, jobs[2 * number + 1])
        db.execute(_SAVE, (receipt[0], 10, rows["basket"][receipt[0]]))
        slowed(lambda: db.execute("COMMIT"), slow)
    seconds = time.perf_counter() - began
    for table, expected in (("receipt", rows["receipt"]), ("stock", rows["stock"])):
        order = " ORDER BY seq" if table == "receipt" else ""
        assert db.execute(f"SELECT * FROM {table}{order}").fetchall() == expected, table
    db.close()
    return seconds


async def _flat(folder: Path, behind: int) -> float:
    """The median latency of a payment behind `behind` sales, over that in an empty shop."""
    latencies: dict[bool, float] = {}
    shops = {}
    for full in (False, True):
        config = bench_config(folder / str(full))
        ledger, writer = _open(config)
        if full:
            print(f"writing {behind} sales ...", flush=True)
            fill_products(ledger, 1000)
            fill_sales(ledger, config, behind)
            writer.probe()
        _baskets(ledger, config, [f"r{number}" for number in range(2000)])
        writer.slow = True
        shop = CommandBus(ledger.path, ledger.registry, ledger.clock, writer, Bus())
        shop.start()
        shops[full] = (ledger, shop, list[float]())
    for number in range(2000):  # in turn, so that the machine's moods hit both
        for _, shop, times in shops.values():
            began = time.perf_counter()
            outcome = await shop.do(Pay("cash"), anonymous_actor(f"r{number}"))
            times.append(time.perf_counter() - began)
            assert isinstance(outcome, Done), outcome
    for full, (ledger, shop, times) in shops.items():
        latencies[full] = statistics.median(times)
        shop.close()
        ledger.close()
    print(f"empty {latencies[False] * 1e3:.2f} ms, behind {behind} sales {latencies[True] * 1e3:.2f} ms", flush=True)
    return latencies[True] / latencies[False]
