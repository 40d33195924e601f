"""`bench whatif`: a month of 10,000 baskets priced again under other rules, and what a till notices of it.

`reprice_s` is processor time of one process, all of it; `difference_minor` what unchanged rules make of the same month
beside what was taken. `till_ratio`: p99 of scan to line while a month is priced again, against a till alone.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from contextlib import closing
from pathlib import Path

import aiohttp

from edge.analytics.whatif.comparing import compare
from edge.analytics.whatif.scenario import PriceRule, Scenario, TaxRule
from edge.core.storage.database import open_reader
from edge.counter.till.from_config import till_settings
from edge.goods.promotions.promotion import BuyGet, PercentOff, Promotion, SpendShare
from edge.operations.ledger import Ledger
from tests.bench.disturbed import BASKET, PAUSE_MS, WARM_SCANS
from tests.bench.fill import bench_config, fill_products, fill_sales, follow
from tests.bench.measure import percentile, result
from tests.bench.till import SEED, Cashier, page_of
from tests.stack import store

BASKETS, PRODUCTS, SCANS = 10_000, 2_000, 300
DAY = "2026-01-01"
"""Of all the sales that `fill_sales` writes."""
UNCHANGED = Scenario(DAY, DAY)
OTHERWISE = Scenario(
    DAY,
    DAY,
    prices=(PriceRule(percent=5_000),),
    promotions=(
        Promotion("third", {"en": "Three for two"}, BuyGet(2, 1)),
        Promotion("tenth", {"en": "A tenth off"}, PercentOff(10_000)),
        Promotion("big", {"en": "Big baskets"}, SpendShare(2_000, 5_000)),
    ),
    taxes=(TaxRule("standard", (19_000,)),),
)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench whatif")
    parser.add_argument("--baskets", type=int, default=BASKETS)
    parser.add_argument("--scans", type=int, default=SCANS, help="0: without a till")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-whatif-") as name:
        reprice_s, difference, changed = _priced_again(Path(name) / "month", args.baskets)
        print(f"{args.baskets} baskets priced again in {reprice_s:.1f} s of processor time, {changed} of them differ")
        figures = {"reprice_s": reprice_s * BASKETS / args.baskets, "difference_minor": float(difference)}
        if args.scans:
            (Path(name) / "till").mkdir()
            idle_ms, busy_ms = asyncio.run(_beside(Path(name) / "till", args.baskets, args.scans))
            print(f"a line after {idle_ms:.1f} ms (p99), {busy_ms:.1f} ms meanwhile")
            figures |= {"till_ratio": busy_ms / idle_ms, "idle_p99_ms": idle_ms, "busy_p99_ms": busy_ms}
    result(**figures)
    return 0


def _priced_again(folder: Path, baskets: int) -> tuple[float, int, int]:
    """Seconds, what unchanged rules are off by, and how many baskets others change."""
    config = bench_config(folder)
    ledger = Ledger(config)
    fill_products(ledger, PRODUCTS)
    fill_sales(ledger, config, baskets)
    ledger.close()
    with closing(open_reader(config.ledger)) as was, closing(open_reader(config.ledger)) as would:
        same = compare(was, would, UNCHANGED, till_settings(config))
    with closing(open_reader(config.ledger)) as was, closing(open_reader(config.ledger)) as would:
        began = time.process_time()
        other = compare(was, would, OTHERWISE, till_settings(config))
        seconds = time.process_time() - began
    assert same.papers == other.papers == baskets and not same.unsure and not other.unsure
    off = abs(same.sums.would.total - same.taken_minor) + same.changed
    return seconds, off, other.changed


async def _beside(folder: Path, baskets: int, scans: int) -> tuple[float, float]:
    """p99 of scan to line in ms, alone and while a month is priced again."""
    async with store(folder) as shop:
        ledger = Ledger(shop.config)
        try:
            fill_products(ledger, PRODUCTS)
            fill_sales(ledger, shop.config, baskets)
            follow(ledger)
        finally:
            ledger.close()
        await shop.start()
        async with aiohttp.ClientSession() as session, session.ws_connect(page_of(shop)) as page:
            await page.receive_str()
            numbers = random.Random(SEED).sample(range(PRODUCTS), min(PRODUCTS // 2, scans) * 2)
            cashier = Cashier(shop, page, BASKET)
            await cashier.scan(numbers[:WARM_SCANS], PAUSE_MS)
            idle = await cashier.scan(numbers[: len(numbers) // 2], PAUSE_MS)
            body = {"first": DAY, "last": DAY, "prices": [{"percent": 5_000}]}
            status, asked = await shop.api.post("/api/v1/whatif", body, Grant=shop.api.token)
            assert status == 202, asked
            busy = await cashier.scan(numbers[len(numbers) // 2 :], PAUSE_MS)
            _, state = await shop.api.get(f"/api/v1/whatif/{asked['id']}")
    assert state["state"] in ("running", "done"), state
    return percentile(idle, 0.99), percentile(busy, 0.99)
