"""`bench move`: the past of another system into a shop that sells: products with variants, customers, sold lines.

The files are as Square writes them, and have names that say nothing. Measured: how long looking at them and taking them
last (`move_s`), p99 from a scan to its line meanwhile (`till_ratio`, against the same till alone before, between and
after the files: the machine's own load is in both), what of the sums of money of the files is neither taken nor left
out (`differences`), and the share of files that are what they were written as (`recognised`).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from edge.backoffice.switching.looking import look_at_file
from edge.backoffice.switching.moved import FileKind, MovedFile
from edge.backoffice.switching.settings import switching_settings
from edge.goods.ingest.import_folders import bring
from edge.operations.ledger import Ledger
from tests.bench.disturbed import BASKET, PAUSE_MS, WARM_SCANS
from tests.bench.fill import fill_products
from tests.bench.measure import percentile, result
from tests.bench.till import SEED, Cashier, page_of
from tests.stack import Store, store

SIZES = ("Small", "Large")
DAYS = 730
FIRST = date(2024, 1, 1)
IDLE_SCANS, PRODUCTS_HERE = 400, 2_000
REST_S = 2.0
"""What follows an import has been written by then."""


def main(arguments: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(prog="./run bench move", description=__doc__)
    parser.add_argument("--products", type=int, default=10_000)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--lines", type=int, default=500_000)
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        figures = asyncio.run(_measure(Path(name), args.products, args.customers, args.lines))
    result(**figures)
    return 0


def write_files(folder: Path, products: int, customers: int, lines: int) -> list[tuple[FileKind, Path]]:
    """Files of a made-up past, the same each time."""
    chance = random.Random(SEED)
    goods = [
        (f"Good {number // 2}", SIZES[number % 2], f"SQ-{number}", 150 + number % 900) for number in range(products)
    ]
    files: list[tuple[FileKind, Path]] = []
    for kind, header, rows in (
        (
            "catalogue",
            "Token,Item Name,Variation Name,SKU,Category,Price,Option Name 1,Option Value 1,Default Unit Cost",
            (
                f"T{sku},{item},{size},{sku},Kind {price % 20},{_money(price)},Size,{size},{_money(price // 2)}"
                for item, size, sku, price in goods
            ),
        ),
        (
            "customers",
            "First Name,Last Name,Email Address,Phone Number,Email Subscription Status,Points Balance",
            (
                f"First{number},Last{number % 997},c{number}@example.com,+336{number:08d},subscribed,{number % 300}"
                for number in range(customers)
            ),
        ),
        (
            "sales_lines",
            "Date,Time,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type",
            (_line(number, lines, goods[chance.randrange(products)]) for number in range(lines)),
        ),
    ):
        path = folder / f"export-{len(files)}.csv"
        with path.open("w") as file:
            file.write(header + "\n")
            file.writelines(f"{row}\n" for row in rows)
        files.append((kind, path))  # type: ignore[arg-type]
    return files


def _line(number: int, lines: int, good: tuple[str, str, str, int]) -> str:
    item, size, sku, price = good
    day = FIRST + timedelta(days=number * DAYS // lines)
    back = number % 97 == 0
    sum_ = f"-{_money(price)}" if back else _money(price)
    kind = "Refund" if back else "Payment"
    return f"{day},12:00:00,{item},{-1 if back else 1},{size},{sku},{sum_},0.00,{sum_},0.00,R{number // 3},{kind}"


def _money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


async def _measure(folder: Path, products: int, customers: int, lines: int) -> dict[str, float | int]:
    files = write_files(folder, products, customers, lines)
    async with store(folder) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, PRODUCTS_HERE)
        finally:
            ledger.close()
        await shop.start()
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            cashier, chance = Cashier(shop, page, BASKET), random.Random(SEED)
            numbers = [chance.randrange(PRODUCTS_HERE) for _ in range(IDLE_SCANS)]
            await cashier.scan(numbers[:WARM_SCANS], PAUSE_MS)
            idle, busy = await cashier.scan(numbers, PAUSE_MS), list[float]()
            moving, seconds = _Moving(shop), 0.0
            for kind, path in files:
                began, scans = time.perf_counter(), len(busy)
                work = asyncio.create_task(moving.take(kind, path))
                while not work.done():
                    busy += await cashier.scan([chance.randrange(PRODUCTS_HERE) for _ in range(BASKET)], PAUSE_MS)
                work.result()
                lasted = time.perf_counter() - began
                print(
                    f"{kind}: {lasted:.0f} s, p99 {percentile(busy[scans:], 0.99):.1f} ms of {len(busy) - scans} scans"
                )
                seconds += lasted
                await asyncio.sleep(REST_S)
                idle += await cashier.scan(numbers, PAUSE_MS)
    idle_ms, busy_ms = percentile(idle, 0.99), percentile(busy, 0.99)
    print(
        f"moved in {seconds:.0f} s; a till: p99 {idle_ms:.1f} ms alone, {busy_ms:.1f} ms meanwhile, {len(busy)} scans"
    )
    print(f"p50 {percentile(idle, 0.5):.1f} ms alone, {percentile(busy, 0.5):.1f} ms meanwhile")
    return {"move_s": seconds, "till_ratio": busy_ms / idle_ms, **moving.figures}


class _Moving:
    """Looks at files as the page does and takes them, each as a job; what of their sums is missing."""

    def __init__(self, shop: Store) -> None:
        self._shop = shop
        self._files = self._known = self._missing = 0

    @property
    def figures(self) -> dict[str, float | int]:
        return {"differences": self._missing, "recognised": self._known / self._files}

    async def take(self, kind: FileKind, path: Path) -> None:
        shop, now_us = self._shop, time.time_ns() // 1000
        settings = switching_settings(shop.config)
        file = MovedFile(str(bring(shop.config.folder, path)), "unknown")
        found = await asyncio.to_thread(look_at_file, settings, file, now_us)
        assert found.look is not None, found
        self._files += 1
        self._known += found.look.kind == kind
        answers = {"member": "members"} if kind == "customers" else {}
        wanted: list[Any] = msgspec.to_builtins([MovedFile(file.path, found.look.kind, answers)])
        job = await shop.api.do("MoveIn", shop.api.token, files=wanted)
        while (done := await shop.api.query("job", job=job))["state"] in ("queued", "running"):  # noqa: ASYNC110
            await asyncio.sleep(0.5)
        assert done["state"] == "done", done
        print(f"{kind}: {done['counts']}")
        if kind == "sales_lines":
            notes = await shop.api.query("job_notes", job=job)
            sums = next(note["values"] for note in notes if note["reason"] == "moved_sales")
            whole = found.look.sums[0].file_minor - found.look.sums[0].left_minor
            self._missing += abs(whole - sum(sums.values()))
