"""`bench directive`: head office changes 60,000 prices while a cashier scans.

The whole way: `edge hub publish`, Postgres, broker, hub, the shop's job. p99 from a scan's last byte on the serial line
to its line at the cashier's page, idle and meanwhile (`till_ratio`); `landed_s` from publishing to the last
acknowledgement in the shop's journal. Head office has a processor of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from pathlib import Path

import aiohttp

from edge.core.storage.database import open_reader
from edge.operations.ledger import Ledger
from tests.bench.apart import head_office
from tests.bench.disturbed import WARM_SCANS
from tests.bench.fill import fill_products
from tests.bench.measure import percentile, result
from tests.bench.till import SEED, Cashier, page_of
from tests.stack import Store, store

BASKET = 20
PAUSE_MS = 20.0
SPREAD = 5.0
"""Pauses of 20 to 100 ms."""
LAND_S = 900.0


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench directive")
    parser.add_argument("--prices", type=int, default=60_000)
    parser.add_argument("--scans", type=int, default=600, help="idle, and at least as many meanwhile")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-directive-") as name:
        idle, busy, landed_s = asyncio.run(_measure(Path(name), args.prices, args.scans))
    idle_ms, busy_ms = percentile(idle, 0.99), percentile(busy, 0.99)
    print(f"{len(idle)} scans idle: p99 {idle_ms:.1f} ms; {len(busy)} meanwhile: p99 {busy_ms:.1f} ms")
    result(till_ratio=busy_ms / idle_ms, idle_p99_ms=idle_ms, busy_p99_ms=busy_ms, landed_s=landed_s)
    return 0


async def _measure(folder: Path, prices: int, scans: int) -> tuple[list[float], list[float], float]:
    file = folder / "prices.json"
    rows = [{"sku": f"sku{number}", "price_minor": 101 + number % 900} for number in range(prices)]
    file.write_text(json.dumps({"prices": rows}))
    async with head_office("directive", folder) as office, store(folder, office) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, prices)
        finally:
            ledger.close()
        await shop.start()
        await office.holds(shop, 300.0)
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            chance = random.Random(SEED)
            cashier = Cashier(shop, page, BASKET, SPREAD)
            await cashier.scan(chance.sample(range(prices), WARM_SCANS), PAUSE_MS)
            idle = await cashier.scan(chance.sample(range(prices), scans), PAUSE_MS)
            began = time.monotonic()
            published = await office.edge("hub", "publish", "demo/corner", "prices", file)
            assert published.status == 0, published
            parts = len(published.out.splitlines())
            busy: list[float] = []
            while _ended(shop) < parts:
                if len(busy) < scans:
                    busy += await cashier.scan(chance.sample(range(prices), BASKET), PAUSE_MS)
                else:  # enough was measured: let the till rest, and the job go on faster
                    await asyncio.sleep(0.5)
                assert time.monotonic() - began < LAND_S, f"{_ended(shop)} of {parts} parts after {LAND_S:.0f} s"
    return idle, busy, time.monotonic() - began


def _ended(shop: Store) -> int:
    db = open_reader(shop.config.ledger)
    try:
        return int(db.execute("SELECT count(*) FROM directive WHERE outcome = 'applied'").fetchone()[0])
    finally:
        db.close()
