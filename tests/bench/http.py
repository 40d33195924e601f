"""`bench http`: a whole sale of eight lines by one request, against plain aiohttp that writes the same rows.

Both are a process of their own, asked by the same client, which does little itself: prepared bytes over a connection
a till that stays open. The sale is paid in cash: two journal rows, a receipt, the paper and its eight products by
which it is found again, the register's sums since its last Z, of the day and of the drawer, eight stock rows, and the
print jobs of drawer and receipt: in one commit on the plain side, some of it behind the commit in the appliance. The
plain side knows nothing of rights, prices, promotions, taxes or
hashes: it gets the rows that the appliance has left, and commits each sale.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from edge.core import ids
from edge.core.journal.rows import read_head
from edge.core.storage.database import Connection, open_reader
from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from sim.child import Child
from sim.ports import free_port
from tests.bench.fill import LINES, bench_config, fill_products, follow, product
from tests.bench.http_plain import PlainSale
from tests.bench.measure import median_ratio, percentile, result
from tests.shop_fixture import CONFIG

TILLS = 8
PRODUCTS = 2_000
WARM = 50
"""Sales a run before those that are measured."""
PATH = "/api/v1/sales"
START_S = 20.0
LOOK_S = 0.02
TABLES = {
    "journal": "SELECT * FROM journal WHERE seq > ? AND type IN ('SaleCompleted', 'StockMoved') ORDER BY seq",
    "receipt": "SELECT * FROM receipt WHERE seq > ? ORDER BY seq",
    "paper": "SELECT * FROM paper WHERE seq > ? ORDER BY seq",
    "paper_product": "SELECT * FROM paper_product WHERE seq > ? ORDER BY seq, sku",
    "print_job": "SELECT * FROM print_job WHERE id > 0 * ? ORDER BY id",
}
SUMS = ("register_period", "register_day", "drawer")
"""A row a register, written again by each of its sales."""


class Run(msgspec.Struct):
    """Sales a second, how long each took, and what came back of each."""

    per_s: float
    times_ms: list[float]
    answers: list[bytes]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench http")
    parser.add_argument("--sales", type=int, default=1500, help="sales a run")
    parser.add_argument("--pairs", type=int, default=5, help="runs of each side, in turn")
    args = parser.parse_args(argv)
    rates: dict[str, list[float]] = {"ours": [], "plain": [], "ours8": [], "plain8": []}
    medians: dict[str, list[float]] = {name: [] for name in rates}
    with tempfile.TemporaryDirectory(prefix="edge-http-") as name:
        for pair in range(args.pairs):
            for tills, suffix in ((1, ""), (TILLS, "8")):
                place = Path(name) / f"{pair}-{tills}"
                for side, run in zip(("ours", "plain"), _pair(place, args.sales, tills), strict=True):
                    rates[side + suffix].append(run.per_s)
                    medians[side + suffix].append(percentile(run.times_ms, 0.5))
            newest = ", ".join(f"{side} {seen[-1]:.0f}" for side, seen in rates.items())
            print(f"pair {pair + 1}: {newest} sales a second", flush=True)
    result(
        ratio=median_ratio(rates["ours"], rates["plain"]),
        ratio8=median_ratio(rates["ours8"], rates["plain8"]),
        **{f"{side}_per_s": percentile(seen, 0.5) for side, seen in rates.items()},
        **{f"{side}_ms": percentile(seen, 0.5) for side, seen in medians.items()},
    )
    return 0


def _pair(folder: Path, sales: int, tills: int) -> tuple[Run, Run]:
    """The appliance, then the plain server with the rows that it has left."""
    registers = [str(number) for number in range(1, tills + 1)]
    text = CONFIG.replace('registers = ["1", "2"]', f"registers = {msgspec.json.encode(registers).decode()}")
    port = free_port()
    config = bench_config(folder, text.replace("port = 0", f"port = {port}"))
    (folder / "config.toml").write_text(text.replace("port = 0", f"port = {port}"))
    ledger = Ledger(config)
    fill_products(ledger, PRODUCTS)
    before = read_head(ledger.db).seq
    ledger.close()
    with _serving([sys.executable, "-m", "edge", "--config", str(folder / "config.toml"), "run"], folder):
        ours = asyncio.run(_sell(port, registers, sales))
    ledger = Ledger(config)
    follow(ledger)  # also what was still behind when it was stopped
    ledger.close()
    rows = _rows(config, before, ours)
    (folder / "rows").write_bytes(msgspec.msgpack.encode(rows))
    port = free_port()
    plain = bench_config(folder / "plain", text)
    Ledger(plain).close()
    words = [sys.executable, "-m", "tests.bench.http_plain", str(plain.ledger), str(folder / "rows"), str(port)]
    with _serving(words, folder):
        return ours, asyncio.run(_sell(port, registers, sales))


@contextmanager
def _serving(command: list[str], folder: Path) -> Iterator[None]:
    process = Child("server", folder / "server.log")
    process.spawn(command, os.environ)
    try:
        yield
    finally:
        process.stop(signal.SIGTERM)


def _rows(config: Config, before: int, ours: Run) -> list[PlainSale]:
    """What each sale left, in the order of the journal: the n-th of each table, and twice so many of some."""
    db = open_reader(config.ledger)
    found: dict[str, list[Any]] = {name: db.execute(sql, (before,)).fetchall() for name, sql in TABLES.items()}
    sums = [(table, row) for table in SUMS for row in _by_register(db, table).items()]
    db.close()
    sales = []
    for number, receipt in enumerate(found["receipt"]):
        pair = slice(2 * number, 2 * number + 2)
        rows = [("journal", list(row)) for row in found["journal"][pair]]
        rows += [("receipt", list(receipt)), ("paper", list(found["paper"][number]))]
        products = found["paper_product"][LINES * number : LINES * (number + 1)]
        rows += [("paper_product", list(row)) for row in products]
        rows += [(table, list(row)) for table, (register, row) in sums if register == receipt[0]]
        rows += [("print_job", list(row)) for row in found["print_job"][pair]]
        sales.append(PlainSale(rows, [(sku, -1000) for sku in _skus(number)], ours.answers[number]))
    return sales


def _by_register(db: Connection, table: str) -> dict[str, Any]:
    names = [column[1] for column in db.execute(f"PRAGMA table_info({table})")]
    rows = db.execute(f"SELECT * FROM {table}").fetchall()
    return {row[names.index("register")]: row for row in rows}


def _skus(number: int) -> list[str]:
    return [product((number * 7 + place * 131) % PRODUCTS).sku for place in range(LINES)]


def _request(port: int, register: str, number: int) -> bytes:
    lines = [{"sku": sku} for sku in _skus(number)]
    body = msgspec.json.encode({"lines": lines, "tenders": [{"kind": "cash"}]})
    key = ids.show(ids.command_id(time.time_ns() // 1000, os.urandom(10)))
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nRegister: {register}\r\nIdempotency-Key: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _sell(port: int, registers: list[str], sales: int) -> Run:
    """All tills at once, each one sale after the other; those to warm up are not counted."""
    await _up(port)
    answers: list[bytes] = []
    await _tills(port, registers, range(WARM), [], answers)
    times: list[float] = []
    began = time.perf_counter()
    await _tills(port, registers, range(WARM, WARM + sales), times, answers)
    return Run(sales / (time.perf_counter() - began), times, answers)


async def _tills(port: int, registers: list[str], numbers: range, times: list[float], answers: list[bytes]) -> None:
    def mine(place: int) -> list[bytes]:
        return [_request(port, registers[place], number) for number in numbers[place :: len(registers)]]

    async def till(requests: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in requests:
            began = time.perf_counter()
            writer.write(request)
            answers.append(await _answer(reader))
            times.append((time.perf_counter() - began) * 1e3)
        writer.close()

    await asyncio.gather(*(till(mine(place)) for place in range(len(registers))))


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    body = await reader.readexactly(length)
    assert head.startswith(b"http/1.1 201"), (head, body)
    return body


async def _up(port: int) -> None:
    deadline = time.monotonic() + START_S
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(LOOK_S)
